"""deploy/environments.toml: development and production as two projects."""

import tomllib

import pytest
import yaml

from deploy.environments import FILE, dispatch_with_hosts, read_environment
from deploy.errors import DeploymentError
from deploy.release import read_services
from gaelocal.appengine.project.dispatch import read_dispatch
from tests.deploy.conftest import KEY, ROOT, Checkout, Versions
from tests.deploy.test_deploying import healthy

ENVIRONMENT = """
[production]
project = "my-photos"

[production.values]
SECRET_NAME = "x"

[production.hosts]
"api.photos.example" = "api-backend"
"""


def test_the_environments_of_the_repository_are_valid_and_name_the_same_settings() -> None:
    sections = tomllib.loads((ROOT / FILE).read_text())
    services = {service.name: service for service in read_services(ROOT, {})}
    variables = {name for service in services.values() for name in service.variables}

    found = [read_environment(ROOT, section["project"]) for section in sections.values()]

    assert len({section["project"] for section in sections.values()}) == 2
    assert set(found[0].values) == set(found[1].values) <= variables
    assert {service for each in found for service in each.hosts.values()} <= set(services)


def test_a_host_is_dispatched_before_the_paths() -> None:
    written = dispatch_with_hosts(
        (ROOT / "dispatch.yaml").read_text(),
        {"api.photos.example": "api-backend", "*.dev.example": "default"},
    )

    rules = yaml.safe_load(written)["dispatch"]

    assert rules[0] == {"url": "api.photos.example/*", "service": "api-backend"}
    assert rules[1:] == [
        {"url": "*.dev.example/*", "service": "default"},
        *yaml.safe_load((ROOT / "dispatch.yaml").read_text())["dispatch"],
    ]


def test_gaelocal_follows_the_rules_for_hosts(checkout: Checkout) -> None:
    checkout.write(
        "dispatch.yaml",
        dispatch_with_hosts('dispatch:\n  - url: "*/x/*"\n    service: b\n', {"api.localhost": "a"}),
    )

    rules = read_dispatch(checkout.project / "dispatch.yaml", ["a", "b", "default"], [])

    assert rules.service_for("api.localhost", "/x/") == "a"
    assert rules.service_for("localhost", "/x/") == "b"


def test_values_and_hosts_of_the_environment_are_deployed(checkout: Checkout, versions: Versions) -> None:
    name, _, rest = ENVIRONMENT.partition("SECRET_NAME")
    checkout.write(str(FILE), f"{name}RATE_LIMIT_SCALE{rest}")
    checkout.write("dispatch.yaml", 'dispatch:\n  - url: "*/api/*"\n    service: api-backend\n')
    checkout.commit()
    healthy(checkout, versions)

    ran = checkout.run("deploy", "my-photos")

    assert ran.returncode == 0, ran.stderr
    assert checkout.changes()[-1] == "app deploy .deploy/my-photos/dispatch.yaml"
    staged = checkout.project / ".deploy" / "my-photos"
    assert '\n  RATE_LIMIT_SCALE: "x"\n' in (staged / "default" / "app.yaml").read_text()
    assert f'\n  SECRET_KEY: "{KEY}"\n' in (staged / "default" / "app.yaml").read_text()
    assert "api.photos.example/*" in (staged / "dispatch.yaml").read_text()


def test_a_secret_in_the_file_is_refused(checkout: Checkout) -> None:
    checkout.write(str(FILE), ENVIRONMENT)

    with pytest.raises(DeploymentError, match="SECRET_NAME is a secret"):
        read_environment(checkout.project, "my-photos")


def test_another_project_has_no_values_here(checkout: Checkout) -> None:
    checkout.write(str(FILE), ENVIRONMENT)

    assert read_environment(checkout.project, "other-photos").values == {}


@pytest.mark.parametrize("host", ["api.photos.example/x", "API.example", "a b", "http://x"])
def test_what_is_no_host_is_refused(checkout: Checkout, host: str) -> None:
    checkout.write(str(FILE), f'[a]\nproject = "my-photos"\n[a.hosts]\n"{host}" = "default"\n')

    with pytest.raises(DeploymentError, match="is not a host name"):
        read_environment(checkout.project, "my-photos")
