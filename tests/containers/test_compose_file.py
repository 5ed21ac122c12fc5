"""docker-compose.yml agrees with every app.yaml and hardens every container."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gaelocal.appengine.project import read_project
from gaelocal.options import DEFAULT_PORTS, Options, parse_options
from gaelocal.port_plan import PortPlan
from gaelocal.ports import Address
from tests.containers.health_module import health

ROOT = Path(__file__).resolve().parent.parent.parent
SERVICES = read_project(ROOT).services
PARTS = {"front-door", "emulators"}
OUTSIDE_IMAGES = {"memcached", "datastore"}
CPUS = {384: 0.25, 768: 0.5, 1536: 1.0, 3072: 1.0}
"""App Engine's classes have 0.6, 1.2 and 2.4 GHz: parts of one current core."""


def with_defaults(text: str) -> str:
    """Replace `${NAME:-default}` by the default, as Compose does without settings."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


COMPOSE: dict[str, Any] = yaml.safe_load(with_defaults((ROOT / "docker-compose.yml").read_text()))
CONTAINERS: dict[str, Any] = COMPOSE["services"]


def options_of(part: str) -> Options:
    words = [word.replace("--key-file=/keys/", "--key-file=/tmp/") for word in CONTAINERS[part]["command"]]
    return parse_options(words)


def test_every_service_and_every_part_is_a_container() -> None:
    assert set(CONTAINERS) == set(SERVICES) | PARTS | OUTSIDE_IMAGES


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_limited_like_its_instance_class(name: str) -> None:
    memory = SERVICES[name].scaling.memory_mb
    container = CONTAINERS[name]

    assert container["mem_limit"] == container["memswap_limit"] == f"{memory}m"
    assert container["environment"]["GAE_MEMORY_MB"] == str(memory)
    assert container["cpus"] == CPUS[memory]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_every_variable_of_its_app_yaml_and_of_the_platform(name: str) -> None:
    given = set(CONTAINERS[name]["environment"])
    platform = {"GOOGLE_CLOUD_PROJECT", "GAE_SERVICE", "GAE_VERSION", "DATASTORE_EMULATOR_HOST"}
    platform |= {"STORAGE_EMULATOR_HOST", "CLOUD_TASKS_EMULATOR_HOST", "GOOGLE_APPLICATION_CREDENTIALS"}

    assert set(SERVICES[name].env_variables) | platform <= given
    assert CONTAINERS[name]["environment"]["GAE_SERVICE"] == name
    assert CONTAINERS[name]["environment"]["GAE_RUNTIME"] == SERVICES[name].runtime


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_built_from_its_own_folder(name: str) -> None:
    assert CONTAINERS[name]["build"]["args"]["SERVICE"] == SERVICES[name].folder.name == name
    assert CONTAINERS[name]["build"]["target"] == "service"


@pytest.mark.parametrize("part", sorted(PARTS))
def test_a_part_of_gaelocal_has_the_address_of_every_service(part: str) -> None:
    places = options_of(part).services_at

    assert {name: place.host for name, place in places.items()} == {name: name for name in SERVICES}
    assert {place.port for place in places.values()} == {8080}


def test_services_have_the_addresses_of_the_emulators() -> None:
    options = options_of("emulators")
    known = {"emulators", "memcached"}

    for name in SERVICES:
        given = CONTAINERS[name]["environment"]
        told = {
            "datastore": given["DATASTORE_EMULATOR_HOST"],
            "tasks": given["CLOUD_TASKS_EMULATOR_HOST"],
            "storage": given["STORAGE_EMULATOR_HOST"].removeprefix("http://"),
        }
        assert {address.split(":")[0] for address in told.values()} <= known
        assert {server: int(address.split(":")[1]) for server, address in told.items()} == {
            server: options.port_of(server) for server in told
        }
        assert given["MEMCACHE_HOST"] == options.memcache
        assert given.get("OIDC_ISSUER", options.issuer) == options.issuer


@pytest.mark.parametrize("part", sorted(PARTS))
def test_a_part_of_gaelocal_has_the_project_of_the_services(part: str) -> None:
    projects = {CONTAINERS[name]["environment"]["GOOGLE_CLOUD_PROJECT"] for name in SERVICES}

    assert {options_of(part).project} == projects


def test_the_emulators_run_on_the_ports_that_compose_gives_them() -> None:
    with PortPlan(Options(only="emulators", port=0, memcache="memcached:11211"), {}) as plan:
        run_here = set(plan.addresses()) & set(DEFAULT_PORTS)

    assert run_here == {"console", "datastore", "tasks", "storage", "memcache", "smtp", "oidc", "metadata"}
    assert CONTAINERS["tasks-backend"]["environment"]["SMTP_PORT"] == str(DEFAULT_PORTS["smtp"])


def test_only_the_parts_of_gaelocal_are_published_and_only_to_this_machine() -> None:
    for name, container in CONTAINERS.items():
        published = container.get("ports", [])
        assert bool(published) == (name in PARTS), name
        for port in published:
            assert re.fullmatch(r"127\.0\.0\.1:(\d+):\1", port), f"{port}: the same inside and outside"


def test_services_have_no_access_to_the_internet() -> None:
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert COMPOSE["networks"]["tasks"]["internal"] is True
    for name in [*SERVICES, *OUTSIDE_IMAGES]:
        assert "outside" not in CONTAINERS[name]["networks"], name


def test_only_gaelocal_can_send_platform_headers_to_tasks_backend() -> None:
    """Containers connect only within a network, and neither of the other two starts connections."""
    networks = {name: set(container["networks"]) for name, container in CONTAINERS.items()}
    reaches = {name for name, joined in networks.items() if joined & networks["tasks-backend"]}

    assert networks["tasks-backend"] == {"tasks"}
    assert reaches - {"tasks-backend"} == {*PARTS, *OUTSIDE_IMAGES}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_is_hardened(name: str) -> None:
    container = CONTAINERS[name]

    assert container["read_only"] is True
    assert container["tmpfs"] == ["/tmp"]
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["mem_limit"] == container["memswap_limit"]
    assert container["restart"] == "unless-stopped"
    assert container["init"] is True
    assert not container.get("privileged")
    if name in OUTSIDE_IMAGES:
        assert int(container["user"].split(":")[0]) > 0


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_has_a_health_check(name: str) -> None:
    assert CONTAINERS[name]["healthcheck"]["retries"] >= 20


def test_each_image_is_built_once() -> None:
    """Compose v2 builds in parallel, and the second build of a name fails: "already exists"."""
    built = [container["image"] for container in CONTAINERS.values() if "build" in container]
    ours = {
        container["image"] for container in CONTAINERS.values() if "photo-timeline/" in container["image"]
    }

    assert sorted(built) == sorted(ours)


def test_a_container_whose_image_is_built_for_another_starts_after_it() -> None:
    """Compose 1.29 builds when it starts a container, so the container that builds must start first."""
    assert "build" in CONTAINERS["emulators"]
    assert CONTAINERS["front-door"]["image"] == CONTAINERS["emulators"]["image"]
    for service in CONTAINERS["front-door"]["depends_on"]:
        assert "emulators" in CONTAINERS[service]["depends_on"]


def test_addresses_for_browsers_are_not_below_localhost() -> None:
    """Safari does not resolve such names."""
    text = with_defaults((ROOT / "docker-compose.yml").read_text())

    assert not re.search(r"[a-z]\.localhost", text)
    for name in ("default", "api-backend"):
        given = CONTAINERS[name]["environment"]
        assert given["OIDC_ISSUER"] == "http://localhost:8085"
        assert given["OIDC_DISCOVERY_URL"] == "http://emulators:8085/.well-known/openid-configuration"
    for name in SERVICES:
        assert CONTAINERS[name]["environment"]["STORAGE_PUBLIC_URL"] == "http://localhost:9023"


def test_services_and_the_front_door_report_to_the_console() -> None:
    console = f"emulators:{DEFAULT_PORTS['console']}"

    for name in SERVICES:
        assert f"--report={console}" in CONTAINERS[name]["healthcheck"]["test"]
    assert options_of("front-door").console_at == Address("emulators", DEFAULT_PORTS["console"])


@pytest.mark.parametrize("name", [*SERVICES, *sorted(PARTS)])
def test_the_timeout_of_a_check_allows_two_requests(name: str) -> None:
    """Docker kills a check at its timeout, before it can kill a container that hangs."""
    seconds = int(CONTAINERS[name]["healthcheck"]["timeout"].removesuffix("s"))

    assert seconds > 3 * health.ANSWER_SECONDS


def test_containers_start_in_order() -> None:
    waits = {name: container.get("depends_on", {}) for name, container in CONTAINERS.items()}

    assert set(waits["front-door"]) == set(SERVICES)
    for name in SERVICES:
        assert set(waits[name]) == {"emulators", "memcached"}
    for each in waits.values():
        assert all(how == {"condition": "service_healthy"} for how in each.values())


def test_data_is_stored_in_named_volumes() -> None:
    assert "state:/data" in CONTAINERS["emulators"]["volumes"]
    assert options_of("emulators").data == Path("/data")
    for name in SERVICES:
        assert CONTAINERS[name]["volumes"] == ["keys:/keys:ro"]
    assert set(COMPOSE["volumes"]) == {"state", "keys", "datastore"}


def test_the_google_profile_changes_only_the_datastore() -> None:
    lines = (ROOT / "containers" / "google.env").read_text().splitlines()
    settings = dict(line.split("=") for line in lines if not line.startswith("#"))

    assert [name for name, each in CONTAINERS.items() if each.get("profiles")] == ["datastore"]
    assert settings == {
        "TIMELINE_DATASTORE": "datastore:8081",
        "TIMELINE_DATASTORE_ADDRESS": "datastore:8081",
    }
    assert "--host-port=0.0.0.0:8081" in CONTAINERS["datastore"]["command"][-1]


def test_compose_1_29_can_read_the_file() -> None:
    """It does not support `name`, `develop`, `start_interval`, `required`, `include`, and `!reset`."""
    text = (ROOT / "docker-compose.yml").read_text()

    assert not re.search(
        r"^(name|include|version):|start_interval|required:|develop:|!reset|!override", text, re.M
    )
