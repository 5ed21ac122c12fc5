"""dispatch.yaml: hosts, paths, wildcards where they may stand, and the first match."""

from pathlib import Path

import pytest

from gaelocal.appengine.project.dispatch import Dispatch, read_dispatch
from gaelocal.yaml_files import ConfigError

RULES = """
dispatch:
  - url: "*/api/*"
    service: api
  - url: "m.example.com/*"
    service: mobile
  - url: "*.images.example.com/only"
    service: images
  - url: "*/api/never"
    service: mobile
  - url: "*/star*/x"
    service: images
  - url: "shop.example.com/"
    service: mobile
"""


def dispatch(folder: Path, text: str) -> Dispatch:
    (folder / "dispatch.yaml").write_text(text)
    return read_dispatch(folder / "dispatch.yaml", ["api", "images", "mobile"])


@pytest.mark.parametrize(
    ("host", "path", "service"),
    [
        ("localhost", "/api/", "api"),
        ("localhost", "/api/x/y", "api"),
        ("localhost", "/api", None),
        ("localhost", "/API/x", None),
        ("localhost", "/apis/x", None),
        ("localhost", "/x/api/y", None),
        ("localhost", "/api/never", "api"),
        ("m.example.com", "/anything", "mobile"),
        ("m.example.com", "/api/x", "api"),
        ("x.m.example.com", "/anything", None),
        ("a.images.example.com", "/only", "images"),
        ("images.example.com", "/only", None),
        ("a.images.example.com", "/only/x", None),
        ("localhost", "/star*/x", "images"),
        ("localhost", "/starry/x", None),
        ("shop.example.com", "/", "mobile"),
        ("shop.example.com", "/x", None),
        ("m.example.com", "/_ah/warmup", None),
    ],
)
def test_the_first_matching_rule_routes_a_request(
    tmp_path: Path, host: str, path: str, service: str | None
) -> None:
    assert dispatch(tmp_path, RULES).service_for(host, path) == service


def test_a_project_without_the_file_has_no_rules(tmp_path: Path) -> None:
    assert read_dispatch(tmp_path / "dispatch.yaml", []).service_for("localhost", "/") is None


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("/api/*", "must be a host and a path"),
        ("*", "must be a host and a path"),
        ("Example.com/*", "must be in lower case"),
        ("example.com:8080/*", "without a port"),
        ("a_b.example.com/*", "is not the name of a host"),
        ("-a.example.com/*", "is not the name of a host"),
        ("a..example.com/*", "is not the name of a host"),
        ("*.a-/x", "is not the name of a host"),
        ("*./x", "is not the name of a host"),
        ("*-/x", "is not the name of a host"),
        ("127.0.0.1/*", "is not the name of a host"),
        ("**/x", "is allowed only at the start of the host"),
        ("a.*.com/*", "is allowed only at the start of the host"),
        ("*/" + "a" * 99, "at most 100 characters, this one has 101"),
    ],
)
def test_a_rule_that_app_engine_refuses_is_refused_with_its_line(
    tmp_path: Path, url: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=rf"dispatch\.yaml:2: .*{message}"):
        dispatch(tmp_path, f'dispatch:\n  - url: "{url}"\n    service: api\n')


@pytest.mark.parametrize("url", ["*-a.b/x", "*.b/x", "*b.c/x", "1.2.3/x", "1.2.3.444/x", "a--b/x"])
def test_a_host_that_gcloud_accepts_is_accepted(tmp_path: Path, url: str) -> None:
    assert dispatch(tmp_path, f'dispatch:\n  - url: "{url}"\n    service: api\n').rules[0].url == url


@pytest.mark.parametrize(("url", "warned"), [("*/a/*/b", True), ("*/a/**", True), ("*/a/*", False)])
def test_a_wildcard_within_a_path_is_warned_of_with_its_line(tmp_path: Path, url: str, warned: bool) -> None:
    file, warnings = tmp_path / "dispatch.yaml", []
    file.write_text(f'dispatch:\n  - service: api\n    url: "{url}"\n')

    read_dispatch(file, ["api"], warnings)

    assert [("dispatch.yaml:3: " in one, f"`{url}`" in one) for one in warnings] == [(True, True)] * warned


def test_a_twenty_first_rule_is_refused(tmp_path: Path) -> None:
    rule = '  - {url: "*/x/*", service: api}\n'

    assert len(dispatch(tmp_path, "dispatch:\n" + rule * 20).rules) == 20
    with pytest.raises(ConfigError, match=r"dispatch\.yaml:22: .*at most 20"):
        dispatch(tmp_path, "dispatch:\n" + rule * 21)
