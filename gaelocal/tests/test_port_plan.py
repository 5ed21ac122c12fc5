"""Which port each server gets: the named one or a clear refusal; with 0 the last one again, or a free one."""

import socket

import pytest

from gaelocal.options import DEFAULT_PORTS, Options
from gaelocal.port_plan import PortPlan
from gaelocal.ports import SERVER_PORTS, free_port
from gaelocal.yaml_files import ConfigError
from tests.waiting import eventually


def taken() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_free_ports_are_all_different() -> None:
    with PortPlan(Options(port=0), {}) as plan:
        addresses = plan.addresses().values()

    assert len({address.rsplit(":", 1)[1] for address in addresses}) == len(addresses)


def test_free_ports_are_not_those_of_outgoing_connections() -> None:
    ports = [free_port(0, "--port") for _ in range(20)]

    assert set(ports) <= set(SERVER_PORTS)
    assert len(set(ports)) == len(ports)


def test_the_ports_of_the_last_run_are_taken_again() -> None:
    def two_runs() -> bool:
        with PortPlan(Options(port=0), {}) as first:
            ports = {name: first.port(name) for name in ("app", "oidc", "smtp")}
        with PortPlan(Options(port=0), ports) as second:
            return ports == {name: second.port(name) for name in ports}

    assert eventually(two_runs)  # between the two, somebody else on this machine may be given one of them


def test_a_port_of_the_last_run_that_is_taken_now_is_replaced() -> None:
    with taken() as other:
        port = other.getsockname()[1]

        with PortPlan(Options(port=0), {"oidc": port}) as plan:
            assert plan.port("oidc") != port


def test_a_named_port_that_is_taken_is_refused_and_nothing_stays_open() -> None:
    with taken() as other:
        port = other.getsockname()[1]
        options = Options(port=0, ports=(("smtp", port),))

        with (
            pytest.raises(ConfigError, match=f"port {port} is already in use.*--smtp-port"),
            PortPlan(options, {}),
        ):
            pass


def test_a_default_port_in_use_is_replaced_by_a_free_one_and_reported() -> None:
    with PortPlan(Options(), {}) as first, PortPlan(Options(), {}) as second:
        assert second.port("app") != first.port("app")
        assert second.moved()["app"] == DEFAULT_PORTS["app"]


def test_a_default_port_is_not_replaced_where_containers_know_it_by_its_number() -> None:
    assert not Options(host="0.0.0.0").may_move("app")
    assert not Options(only="front-door").may_move("app")
    assert not Options(port=8080).may_move("app")


def test_a_remote_datastore_keeps_its_own_address() -> None:
    with PortPlan(Options(port=0, datastore="db.example:8081"), {}) as plan:
        assert plan.addresses()["datastore"] == "db.example:8081"
