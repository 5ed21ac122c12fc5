"""Engines for the tests of one run; all are stopped at the end, also after failures."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.appengine.running import Running, StartEngine, a_service

from gaelocal.appengine import AppEngine, Layout
from gaelocal.testing import BackgroundLoop


@pytest.fixture(scope="session")
def start_engine() -> Iterator[StartEngine]:
    """Return a function that starts an engine; all are stopped at the end."""
    background = BackgroundLoop()
    started: list[Running] = []

    def start(
        app: Path,
        environment: Mapping[str, str] | None = None,
        layout: Layout | None = None,
        **options: Any,
    ) -> Running:
        data = app / ".gaelocal"
        engine = AppEngine(
            app,
            0,
            "demo",
            environment or {},
            data,
            terminal=None,
            layout=layout,
            **options,
        )
        running = Running(engine, background.loop, data)
        started.append(running)
        running.run(engine.start())
        return running

    try:
        yield start
    finally:
        for running in started:
            running.close()
            running.run(running.engine.stop())
        background.close()


@pytest.fixture(scope="session")
def front_door(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Running:
    """A shared engine for tests that do not change it: two services, dispatch.yaml, static files."""
    app = tmp_path_factory.mktemp("project")
    (app / "dispatch.yaml").write_text('dispatch:\n  - url: "*/api/*"\n    service: api\n')
    folder = a_service(app, "default", HANDLERS)
    (folder / "static").mkdir()
    (folder / "static" / "style.css").write_text("body { color: teal }\n" * 100)
    (folder / "static" / "dot.png").write_bytes(b"\x89PNG\r\n")
    (folder / "secret.txt").write_text("nobody may read this")
    a_service(
        app,
        "api",
        "env_variables: {GREETING: hello, GRPC_VERBOSITY: debug, WINS: yaml}\ninbound_services: [warmup]\n",
    )
    return start_engine(app, {"WINS": "environment"})


HANDLERS = """
default_expiration: 1h
handlers:
  - url: /static
    static_dir: static
    http_headers: {X-Own: "yes"}
  - url: /pictures/(.*\\.png)
    static_files: static/\\1
    upload: static/.*\\.png
    expiration: 2d
    mime_type: image/x-dot
  - url: /.*
    script: auto
"""
