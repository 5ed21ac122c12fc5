"""Platform headers that are sent to the port of an instance are not believed."""

import json
from typing import Any

import pytest
import requests
from tests.appengine.backends import BACKEND
from tests.appengine.running import ENTRYPOINT, PROGRAM, Running, StartEngine, a_service

from gaelocal.delivery import Delivery

FORGED = {
    "X-Appengine-Cron": "true",
    "x-appengine-queuename": "mail",
    "X-CloudScheduler": "true",
    "X-Google-Internal": "1",
    "X-Gaelocal-Secret": "0" * 32,
    "X-Own": "kept",
}
REMOVED = ("x-appengine", "x-google", "x-cloud", "x-gaelocal")
SERVED_BY = {
    "gunicorn": (ENTRYPOINT, PROGRAM),
    "http-server": ("entrypoint: python main.py\n", BACKEND),
    "werkzeug": (
        "entrypoint: python main.py\n",
        PROGRAM
        + "\n\nfrom werkzeug.serving import run_simple\n"
        + "run_simple('127.0.0.1', int(os.environ['PORT']), app, threaded=True)\n",
    ),
    "aiohttp": (
        "entrypoint: gunicorn -b :$PORT -k aiohttp.GunicornWebWorker --no-control-socket main:app\n",
        "from aiohttp import web\n\n\n"
        "async def seen(request):\n    return web.json_response({'headers': dict(request.headers)})\n\n\n"
        "app = web.Application()\napp.router.add_get('/{path:.*}', seen)\n",
    ),
    "asgi": (
        "entrypoint: gunicorn -b :$PORT --worker-class asgi --no-control-socket main:app\n",
        "import json\n\n\n"
        "async def app(scope, receive, send):\n"
        "    if scope['type'] == 'lifespan':\n        return\n"
        "    seen = {name.decode(): value.decode() for name, value in scope['headers']}\n"
        "    body = json.dumps({'headers': seen}).encode()\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': body})\n",
    ),
}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Running:
    """An engine whose services are served by different programs."""
    app = tmp_path_factory.mktemp("servers")
    for name, (entrypoint, program) in SERVED_BY.items():
        (a_service(app, name, "", entrypoint) / "main.py").write_text(program)
    return start_engine(app, {"NOTES": str(app)})


def seen_by(content: bytes) -> dict[str, str]:
    """Return the headers that a service has seen, by lower-case name."""
    found: dict[str, Any] = json.loads(content)
    headers = found.get("headers") or {
        name[5:]: value for name, value in found.items() if name.startswith("HTTP_")
    }
    return {name.lower().replace("_", "-"): value for name, value in headers.items()}


@pytest.mark.parametrize("service", sorted(SERVED_BY))
def test_forged_headers_at_the_port_of_an_instance_are_removed(servers: Running, service: str) -> None:
    url = servers.instance(service)["url"]

    seen = seen_by(requests.get(f"{url}/headers", headers=FORGED, timeout=60).content)

    assert seen["x-own"] == "kept"
    assert not [
        name for name in seen if name.startswith(("x-appengine", "x-google", "x-cloud", "x-gaelocal"))
    ]


@pytest.mark.parametrize("service", sorted(SERVED_BY))
def test_the_headers_of_the_platform_arrive_and_the_secret_does_not(servers: Running, service: str) -> None:
    task = Delivery(path="/headers", service=service, headers={"X-AppEngine-QueueName": "mail"})

    delivered = seen_by(servers.run(servers.engine.send(task)).body)
    through_the_front_door = seen_by(
        servers.ask("/headers", Host=f"{service}.localhost", X_Gaelocal_Secret="0").body
    )

    assert delivered["x-appengine-queuename"] == "mail"
    assert through_the_front_door["x-appengine-country"] == "ZZ"
    assert "x-gaelocal-secret" not in {*delivered, *through_the_front_door}


def test_each_process_has_a_secret_of_its_own(servers: Running) -> None:
    environment = servers.ask("/env", Host="gunicorn.localhost").json

    reply = requests.get(
        f"{servers.instance('werkzeug')['url']}/headers",
        headers={**FORGED, "X-Gaelocal-Secret": environment["GAELOCAL_SECRET"]},
        timeout=60,
    )

    assert "x-appengine-cron" not in seen_by(reply.content)
