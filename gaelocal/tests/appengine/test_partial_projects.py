"""Projects that can run only in part: the other services answer with the reason."""

from pathlib import Path

import pytest
from tests.appengine.running import ENTRYPOINT, Running, StartEngine, a_service

from gaelocal.appengine import Layout

HANDLERS = """
handlers:
  - url: /
    static_dir: dist
    require_matching_file: true
  - url: /secure
    script: auto
    secure: always
    redirect_http_response_code: 301
  - url: /.*
    script: auto
"""


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Running:
    """A Python service, a Node.js service with static files, and a rule for a service that is not here."""
    app = tmp_path_factory.mktemp("mixed")
    folder = a_service(app, "api", HANDLERS)
    (folder / "dist").mkdir()
    (folder / "dist" / "a.html").write_text("<p>a")
    web = app / "web"
    web.mkdir()
    (web / "app.yaml").write_text(
        "runtime: nodejs22\nhandlers:\n- {url: /logo.txt, static_files: logo.txt, upload: logo.txt}\n"
        "- {url: /.*, script: auto}\n"
    )
    (web / "logo.txt").write_text("logo")
    (app / "dispatch.yaml").write_text(
        "dispatch:\n- {url: '*/api/*', service: api}\n- {url: '*/old/*', service: gone}\n"
    )
    return start_engine(app, layout=Layout(https_redirects=True))


def test_the_python_service_answers(mixed: Running) -> None:
    assert mixed.ask("/api/whoami").status == 200


def test_the_other_runtime_answers_503_with_its_reason(mixed: Running) -> None:
    reply = mixed.ask("/")

    assert reply.status == 503
    assert "the runtime `nodejs22` is not supported" in reply.json["detail"]


def test_static_files_of_the_other_runtime_are_served(mixed: Running) -> None:
    assert mixed.ask("/logo.txt").body == b"logo"


def test_a_rule_for_a_missing_service_answers_503_with_the_services_there_are(mixed: Running) -> None:
    reply = mixed.ask("/old/x")

    assert reply.status == 503
    assert "there is no service `gone` in this project; there are: api, default" in reply.json["detail"]


def test_a_missing_file_falls_through_to_the_next_handler(mixed: Running) -> None:
    assert mixed.ask("/a.html", Host="api.localhost").body == b"<p>a"
    assert mixed.ask("/whoami", Host="api.localhost").status == 200


def test_a_secure_handler_redirects_to_https_unless_a_proxy_has_used_it(mixed: Running) -> None:
    redirected = mixed.ask("/secure?x=1", Host="api.localhost:8080")
    secured = mixed.ask("/secure", Host="api.localhost", X_Forwarded_Proto="https")

    assert (redirected.status, redirected.headers["Location"]) == (301, "https://api.localhost/secure?x=1")
    assert secured.status != 301


def test_a_static_file_says_when_it_expires(mixed: Running) -> None:
    assert mixed.ask("/logo.txt").headers["Expires"].endswith("GMT")


def test_a_project_of_static_files_alone_is_served(tmp_path: Path, start_engine: StartEngine) -> None:
    (tmp_path / "index.html").write_text("<p>home")
    (tmp_path / "app.yaml").write_text(
        "runtime: python312\nhandlers:\n- {url: /, static_files: index.html, upload: index.html}\n"
        "- {url: /(.*), static_files: \\1, upload: .*}\n"
    )
    running = start_engine(tmp_path)

    assert running.ask("/").body == b"<p>home"
    assert running.ask("/nothing.txt").status == 404


def test_the_only_service_gets_all_requests_under_any_name(tmp_path: Path, start_engine: StartEngine) -> None:
    a_service(tmp_path, "api", entrypoint=ENTRYPOINT)
    running = start_engine(tmp_path)

    assert running.ask("/whoami").status == 200
