"""The command line, and the variables that it passes to services."""

from pathlib import Path

import pytest

from gaelocal.__main__ import main
from gaelocal.appengine.project import read_project
from gaelocal.appengine.runtime_options import RuntimeOptions
from gaelocal.cloud import service_environment
from gaelocal.options import parse_options
from gaelocal.port_plan import PortPlan
from gaelocal.ports import Address


def test_a_variable_for_every_service_wins_over_the_local_clouds_own() -> None:
    options = parse_options(["--port", "0", "--env", "RATE_LIMIT_SCALE=0", "--env", "MEMCACHE_HOST="])

    with PortPlan(options, {}) as plan:
        environment = service_environment(options, plan)

    assert (environment["RATE_LIMIT_SCALE"], environment["MEMCACHE_HOST"]) == ("0", "")


@pytest.mark.parametrize("text", ["NAME", "=value", "A B=c", "1A=b"])
def test_what_is_no_variable_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parse_options(["--env", text])

    assert refused.value.code == 2
    assert "is not NAME=VALUE" in capsys.readouterr().err


def test_services_that_run_elsewhere_are_named_with_their_addresses() -> None:
    options = parse_options(["--services-at", "default=http://default:8080,api-backend=http://10.0.0.7:81/"])

    assert options.services_at == {
        "default": Address("default", 8080),
        "api-backend": Address("10.0.0.7", 81),
    }


@pytest.mark.parametrize("text", ["default", "default=default:8080", "default=http://x", "x=http://y:99999"])
def test_what_is_no_place_of_a_service_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parse_options(["--services-at", text])

    assert refused.value.code == 2
    assert "is not" in capsys.readouterr().err


def test_the_front_door_alone_takes_one_port() -> None:
    with PortPlan(parse_options(["--only", "front-door", "--port", "0"]), {}) as plan:
        assert list(plan.addresses()) == ["app"]


def test_emulators_alone_keep_the_front_doors_port_free_and_print_the_memcache_address() -> None:
    options = parse_options(["--only", "emulators", "--port", "0", "--memcache", "memcached:11211"])

    with PortPlan(options, {}) as plan:
        addresses = plan.addresses()

    assert "app" not in addresses
    assert addresses["memcache"] == "memcached:11211"


def test_the_issuer_is_the_address_that_everyone_uses() -> None:
    options = parse_options(["--port", "0", "--issuer", "http://identity.localhost:8085"])

    with PortPlan(options, {}) as plan:
        assert service_environment(options, plan)["OIDC_ISSUER"] == "http://identity.localhost:8085"


def test_services_are_chosen_by_their_yaml_files_next_to_the_files_of_the_project(tmp_path: Path) -> None:
    """As for `gcloud app deploy app.yaml dispatch.yaml tasks-backend.yaml`."""
    words = [str(tmp_path / name) for name in ("app.yaml", "dispatch.yaml", "tasks-backend.yaml")]
    for word, name in zip(words, ("default", None, "tasks-backend"), strict=True):
        Path(word).write_text(
            f"runtime: python313\nservice: {name}\n"
            if name
            else 'dispatch:\n  - url: "*/tasks/*"\n    service: tasks-backend\n'
        )
    (tmp_path / "other.yaml").write_text("runtime: python313\nservice: other\n")

    options = parse_options(words)
    project = read_project(options.app, chosen=options.files)

    assert sorted(project.services) == ["default", "tasks-backend"]
    assert project.dispatch.service_for("localhost", "/tasks/x") == "tasks-backend"


def test_instances_are_treated_as_in_production_unless_an_option_says_otherwise() -> None:
    usual = parse_options(["--installer", "pip"]).runtime
    words = [
        "--installer",
        "pip",
        "--scaling",
        "production",
        "--no-memory-limits",
        "--no-read-only",
        "--request-deadline",
        "60",
    ]
    changed = parse_options(words).runtime

    assert usual == RuntimeOptions(scaling="development", memory_limits=True, read_only=True)
    assert changed == RuntimeOptions(scaling="production", request_seconds=60)


@pytest.mark.parametrize("text", ["0", "-1", "soon", "1m"])
def test_a_deadline_is_a_number_of_seconds(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_options(["--request-deadline", text])

    assert "not a number of seconds" in capsys.readouterr().err or text == "-1"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("token", "Print an ID token of the local identity provider."),
        ("datastore", "Run the Datastore emulator alone."),
        ("run", "Start everything, print the addresses, stop everything at Ctrl-C."),
    ],
)
def test_the_help_of_a_command_keeps_capital_letters(
    command: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])

    assert sentence in capsys.readouterr().out.splitlines()
