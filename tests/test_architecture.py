"""Yaml files and routes agree; settings and make targets are documented."""

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from flask import Flask

from timeline.settings import DEVELOPMENT_KEY, SecretKeyMissing, Settings

ROOT = Path(__file__).resolve().parent.parent
SERVICES = {"default": "web_frontend", "api-backend": "api_backend", "tasks-backend": "tasks_backend"}
LINK = r"\]\((?!https?:|#|mailto:)([^)#]+)"
SETTINGS = Settings(secret_key="a key of at least 32 bytes for these tests")
IN_EVERY_SERVICE = ["SECRET_KEY", "PUBLIC_URL", "TASKS_LOCATION", "PHOTO_BUCKET", "MEMCACHE_HOST"]
OF_THE_ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_"}
"""Read by glibc, not by the services."""
# Set by App Engine or by gaelocal for every service; app.yaml has nothing to say about them.
GIVEN_BY_THE_PLATFORM = {
    "GOOGLE_CLOUD_PROJECT",
    "GAE_SERVICE",
    "GAE_VERSION",
    "GAE_INSTANCE",
    "DATASTORE_EMULATOR_HOST",
    "STORAGE_EMULATOR_HOST",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "CLOUD_TASKS_EMULATOR_HOST",
}


def app_of(service: str, settings: Settings = SETTINGS) -> Flask:
    import importlib

    from timeline.backends import connect

    package = importlib.import_module(SERVICES[service])
    app: Flask = package.create_app(connect(settings))
    return app


def variables_of(service: str) -> dict[str, str]:
    config = yaml.safe_load((ROOT / "services" / service / "app.yaml").read_text())
    variables: dict[str, str] = config["env_variables"]
    return variables


def routes(app: Flask, path: str, method: str) -> bool:
    adapter = app.url_map.bind("localhost")
    return adapter.test(path, method)


def import_contract(name: str) -> dict[str, list[str]]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return next(contract for contract in contracts if contract["name"] == name)


def modules_of_timeline() -> set[str]:
    found = (ROOT / "timeline").glob("[a-z]*")
    return {f"timeline.{path.stem}" for path in found if path.suffix in ("", ".py")}


def yaml_of(name: str) -> dict[str, list[dict[str, str]]]:
    loaded: dict[str, list[dict[str, str]]] = yaml.safe_load((ROOT / name).read_text())
    return loaded


def test_every_cron_job_has_a_route_in_its_target() -> None:
    for job in yaml_of("cron.yaml")["cron"]:
        assert routes(app_of(job["target"]), job["url"], "GET"), job


def test_every_task_route_is_reached_by_a_queue_or_by_cron() -> None:
    app = app_of("tasks-backend")
    known = {job["url"].split("/<")[0] for job in yaml_of("cron.yaml")["cron"]}
    folders = tuple(f"/tasks/{queue['name'].replace('-', '_')}/" for queue in yaml_of("queue.yaml")["queue"])

    found = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/tasks/")}

    assert found
    for rule in found:
        is_job = any(re.fullmatch(re.sub(r"<[^>]+>", "[^/]+", rule), url) for url in known)
        assert is_job or rule.startswith(folders), rule


def test_every_queue_has_a_route_in_its_target() -> None:
    for queue in yaml_of("queue.yaml")["queue"]:
        path = f"/tasks/{queue['name'].replace('-', '_')}/"
        assert routes(app_of(queue["target"]), path, "POST"), queue["name"]


def test_every_dispatch_rule_names_a_service_with_matching_routes() -> None:
    for rule in yaml_of("dispatch.yaml")["dispatch"]:
        prefix = rule["url"].removeprefix("*").removesuffix("*")
        rules = app_of(rule["service"]).url_map.iter_rules()
        assert any(route.rule.startswith(prefix) for route in rules), rule


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_carries_the_domain_as_a_symlink(service: str) -> None:
    link = ROOT / "services" / service / "timeline"

    assert link.is_symlink()
    assert link.readlink() == Path("../../timeline")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_named_in_its_app_yaml_as_its_folder(service: str) -> None:
    config = yaml.safe_load((ROOT / "services" / service / "app.yaml").read_text())

    assert config["service"] == service
    assert config["runtime"] == "python313"


@pytest.mark.parametrize("service", SERVICES)
def test_app_yaml_sets_only_what_settings_reads(service: str) -> None:
    config = yaml.safe_load((ROOT / "services" / service / "app.yaml").read_text())
    known = {field.name.upper() for field in dataclasses.fields(Settings)} - GIVEN_BY_THE_PLATFORM

    assert set(config.get("env_variables", {})) <= known | OF_THE_ALLOCATOR


@pytest.mark.parametrize("service", SERVICES)
def test_an_app_yaml_deployed_unchanged_does_not_start(service: str) -> None:
    variables = variables_of(service)

    for key in (variables["SECRET_KEY"], "", DEVELOPMENT_KEY):
        with pytest.raises(SecretKeyMissing, match="SECRET_KEY"):
            app_of(service, Settings.from_environment(variables | {"SECRET_KEY": key}))


@pytest.mark.parametrize("service", SERVICES)
def test_an_app_yaml_starts_with_what_every_service_shares(service: str) -> None:
    assert list(variables_of(service))[: len(IN_EVERY_SERVICE)] == IN_EVERY_SERVICE


def test_a_variable_of_several_services_has_one_value_and_one_comment() -> None:
    told: dict[str, set[str]] = {}
    for service in SERVICES:
        text = (ROOT / "services" / service / "app.yaml").read_text()
        for comment, name, value in re.findall(r"((?:  # .*\n)*)  ([A-Z_]+):(.*)\n?", text):
            told.setdefault(name, set()).add(comment + value)

    assert set(IN_EVERY_SERVICE) <= set(told)
    assert {name: ways for name, ways in told.items() if len(ways) > 1} == {}


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()

    missing = [f.name.upper() for f in dataclasses.fields(Settings) if f"`{f.name.upper()}`" not in page]

    assert not missing


def test_every_make_target_has_a_description() -> None:
    makefile = (ROOT / "Makefile").read_text()
    words = set(" ".join(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)).split())

    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))

    assert words == explained


def test_every_requirement_is_pinned_with_hashes() -> None:
    files = [
        *ROOT.glob("requirements-*.txt"),
        *ROOT.glob("*/requirements.txt"),
        *ROOT.glob("services/*/requirements.txt"),
        *ROOT.glob("labs/*/requirements.txt"),
    ]
    for file in files:
        text = file.read_text().replace("\\\n", " ")
        lines = [line.strip() for line in text.splitlines()]
        loose = [line for line in lines if line and not re.match(r"#|\S+==\S+ +--hash=sha256:", line)]
        assert not loose, file


def test_every_link_between_documents_is_valid() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    links = [(page, target) for page in pages for target in re.findall(LINK, page.read_text())]

    broken = [f"{page.name} -> {target}" for page, target in links if not (page.parent / target).exists()]

    assert links
    assert not broken


def test_every_module_of_timeline_is_in_a_layer() -> None:
    layers = import_contract("the layers of the timeline")["layers"]
    listed = {module for layer in layers for module in layer.split(" | ")}

    assert modules_of_timeline() - listed == set()


def test_every_module_of_the_domain_may_import_neither_flask_nor_google() -> None:
    sources = import_contract("the domain knows neither flask nor google")["source_modules"]
    outside = {"timeline.serving", "timeline.backends", "timeline.gcp"}

    assert modules_of_timeline() - outside - set(sources) == set()
