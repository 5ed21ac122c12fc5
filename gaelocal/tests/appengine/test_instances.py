"""Processes: their environment, exits and restarts."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from tests.appengine.running import ENTRYPOINT, Running, StartEngine, a_service, until

from gaelocal.appengine.instances.command import command_line
from gaelocal.appengine.project import read_project

PLATFORM = """
import asyncio, sys
from pathlib import Path
import uvloop
from gaelocal.appengine import AppEngine

async def main() -> None:
    engine = AppEngine(Path(sys.argv[1]), 0, "demo", {}, Path(sys.argv[1]) / "data", terminal=None)
    await engine.start()
    print(engine.instances()[0]["pid"], engine.url.rpartition(":")[2], flush=True)
    await asyncio.Event().wait()

uvloop.run(main())
"""

DEAF = """entrypoint: trap '' TERM; gunicorn -b :$PORT --threads 4 --no-control-socket main:app; true\n"""


@pytest.fixture(scope="module")
def killable_engine(tmp_path_factory: pytest.TempPathFactory, start_engine: StartEngine) -> Running:
    """An engine whose processes may be killed."""
    app = tmp_path_factory.mktemp("mortal")
    a_service(app, "default")
    a_service(app, "workers", "manual_scaling:\n  instances: 2\n")
    return start_engine(app)


def is_alive(pid: int) -> bool:
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def test_an_instance_has_app_engines_environment_in_its_own_folder(front_door: Running) -> None:
    seen = front_door.ask("/env", Host="api.localhost").json

    assert {name: seen[name] for name in ("GAE_ENV", "GAE_SERVICE", "GAE_RUNTIME", "GAE_MEMORY_MB")} == {
        "GAE_ENV": "standard",
        "GAE_SERVICE": "api",
        "GAE_RUNTIME": "python313",
        "GAE_MEMORY_MB": "384",
    }
    assert (seen["GOOGLE_CLOUD_PROJECT"], seen["GAE_APPLICATION"]) == ("demo", "s~demo")
    assert seen["GAE_INSTANCE"] == front_door.instance("api")["instance"]
    assert (seen["GREETING"], seen["WINS"]) == ("hello", "environment")
    assert Path(seen["cwd"]).name == "api"


def test_credentials_of_this_machine_are_not_inherited(front_door: Running) -> None:
    seen = front_door.ask("/env").json

    assert not {name for name in seen if name.startswith(("GOOGLE_APPLICATION", "AWS_", "PYTEST"))}


def test_grpc_is_silent_unless_the_app_wants_it_to_speak(front_door: Running) -> None:
    voices = [
        front_door.ask("/env", Host=host).json["GRPC_VERBOSITY"] for host in ("localhost", "api.localhost")
    ]

    assert voices == ["NONE", "debug"]


def test_an_instance_listens_on_this_machine_only(front_door: Running) -> None:
    process = psutil.Process(front_door.instance()["pid"])

    listening = {
        each.laddr.ip for each in process.net_connections("tcp") if each.status == psutil.CONN_LISTEN
    }

    assert listening == {"127.0.0.1"}


def test_the_console_sees_each_instance(front_door: Running) -> None:
    before = front_door.instance()["requests"]
    for _ in range(3):
        front_door.ask("/text/1")

    instance = front_door.instance()

    assert instance["state"] == "running"
    assert instance["memory"] > 10_000_000
    assert instance["cpu"] > 0
    assert instance["requests"] == before + 3
    assert set(instance) >= {"service", "version", "instance", "pid", "url", "started"}


def test_a_killed_instance_is_replaced_without_failed_requests(killable_engine: Running) -> None:
    before = killable_engine.instance()

    os.kill(before["pid"], signal.SIGKILL)
    replies = [killable_engine.ask("/text/1").status for _ in range(20)]

    assert replies == [200] * 20
    until(lambda: killable_engine.instance()["state"] == "running")
    assert killable_engine.instance()["pid"] != before["pid"]
    assert killable_engine.instance()["instance"] != before["instance"]


def test_the_workers_of_a_killed_master_finish_their_requests(killable_engine: Running) -> None:
    folder = killable_engine.data.parent / "services" / "default"
    until(lambda: killable_engine.instance()["state"] == "running")
    with ThreadPoolExecutor(1) as pool:
        posted = pool.submit(killable_engine.ask, "/wait/orphan", "POST", b"x")
        until((folder / "waiting-orphan").exists)

        os.kill(killable_engine.instance()["pid"], signal.SIGKILL)
        killable_engine.ask("/release/orphan")

        assert posted.result().body == b"waited"


def test_a_killed_master_takes_its_workers_with_it(killable_engine: Running) -> None:
    until(lambda: killable_engine.instance()["state"] == "running")
    worker = int(killable_engine.ask("/env").json["pid"])

    os.kill(killable_engine.instance()["pid"], signal.SIGKILL)

    until(lambda: not is_alive(worker))


def test_a_killed_worker_is_replaced_without_failed_requests(killable_engine: Running) -> None:
    worker = int(killable_engine.ask("/env").json["pid"])

    os.kill(worker, signal.SIGKILL)
    until(lambda: not is_alive(worker))
    replies = [killable_engine.ask("/text/1", "POST").status for _ in range(5)]

    assert replies == [200] * 5


def deaths(killable_engine: Running) -> int:
    file = killable_engine.data.parent / "services" / "default" / "deaths"
    count = len(file.read_text().splitlines()) if file.exists() else 0
    file.unlink(missing_ok=True)
    return count


def test_a_request_that_kills_its_worker_is_sent_again_only_when_safe_and_not_forever(
    killable_engine: Running,
) -> None:
    deaths(killable_engine)

    read = killable_engine.ask("/die"), deaths(killable_engine)
    written = killable_engine.ask("/die", "POST", b"x"), deaths(killable_engine)

    assert read[0].status == written[0].status == 502
    assert 1 < read[1] <= 3
    assert written[1] <= 1
    assert "closed the connection" in written[0].json["detail"]


def test_manual_scaling_has_its_instances_and_takes_turns(killable_engine: Running) -> None:
    pids = {killable_engine.ask("/env", Host="workers.localhost").json["PORT"] for _ in range(4)}
    first = {
        killable_engine.ask("/env", Host="0-dot-dev-dot-workers.localhost").json["PORT"] for _ in range(4)
    }

    assert len(pids) == 2
    assert len(first) == 1
    assert first < pids


def test_a_request_for_a_missing_instance_fails_at_once(killable_engine: Running) -> None:
    response = killable_engine.ask("/", Host="7-dot-dev-dot-workers.localhost")

    assert response.status == 503
    assert response.json["detail"] == "workers has no instance `7`"


def test_many_at_once_are_all_answered(killable_engine: Running) -> None:
    with ThreadPoolExecutor(20) as pool:
        sizes = list(pool.map(lambda size: len(killable_engine.ask(f"/text/{size}").body), range(200)))

    assert sizes == list(range(200))


def test_a_failed_service_shows_the_reason_and_restarts_after_the_fix(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    folder = a_service(tmp_path, "default")
    program = (folder / "main.py").read_text()
    (folder / "main.py").write_text("raise RuntimeError('the oven is cold')\n")
    broken = start_engine(tmp_path)

    page = broken.ask("/", Accept="text/html")
    (folder / "main.py").write_text(program)

    assert "did not start: it exited with status" in broken.engine.failing()["default"]
    assert page.status == 503
    assert b"the service default does not start" in page.body
    assert b"the oven is cold" in page.body
    assert page.headers["Retry-After"]
    until(lambda: not broken.engine.failing(), 60)
    assert broken.ask("/text/1").status == 200


def test_a_program_that_is_not_installed_is_the_reason_and_the_other_services_run(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_service(tmp_path, "default", entrypoint="entrypoint: no-such-program $PORT\n")
    a_service(tmp_path, "api")

    running = start_engine(tmp_path)

    page = running.ask("/")
    assert page.status == 503
    assert "the program `no-such-program` of the entrypoint is not installed in" in page.json["detail"]
    assert running.ask("/", Host="api.localhost").status == 200


def test_an_entrypoint_may_need_a_shell(tmp_path: Path, start_engine: StartEngine) -> None:
    shell = 'entrypoint: export SAID=yes && exec gunicorn -b 0.0.0.0:$PORT --no-control-socket "main:app"\n'
    a_service(tmp_path, "default", entrypoint=shell)

    assert start_engine(tmp_path).ask("/env").json["SAID"] == "yes"


def test_an_entrypoint_may_have_a_default_for_the_port(tmp_path: Path, start_engine: StartEngine) -> None:
    a_service(
        tmp_path,
        "default",
        entrypoint="entrypoint: gunicorn -b :${PORT:-8080} --no-control-socket main:app\n",
    )

    assert start_engine(tmp_path).ask("/text/2").body == b"aa"


def test_a_default_entrypoint_serves_main_app(tmp_path: Path, start_engine: StartEngine) -> None:
    a_service(tmp_path, "default", entrypoint="")

    assert start_engine(tmp_path).ask("/text/2").body == b"aa"


def test_stopping_ends_every_process(tmp_path: Path, start_engine: StartEngine) -> None:
    a_service(tmp_path, "default")
    running = start_engine(tmp_path)
    leader = psutil.Process(running.instance()["pid"])
    family = [leader.pid, *(child.pid for child in leader.children(recursive=True))]

    running.run(running.engine.stop())

    assert not any(is_alive(pid) for pid in family)


def test_requests_under_way_are_answered_before_the_engine_stops(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    folder = a_service(tmp_path, "default")
    running = start_engine(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(running.ask, "/wait/here")
        until((folder / "waiting-here").exists)

        running.ask("/release/here")
        running.run(running.engine.stop())

        assert waiting.result().body == b"waited"


def test_a_killed_platform_leaves_nothing_running_not_even_a_worker_with_work(tmp_path: Path) -> None:
    folder = a_service(tmp_path, "default", entrypoint=DEAF)
    with subprocess.Popen(
        [sys.executable, "-c", PLATFORM, str(tmp_path)], stdout=subprocess.PIPE
    ) as platform:
        assert platform.stdout
        leader, port = (int(word) for word in platform.stdout.readline().split())
        family = psutil.Process(platform.pid).children(recursive=True)
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(b"POST /wait/work HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
            until((folder / "waiting-work").exists)

            platform.kill()

    assert leader in [process.pid for process in family]
    assert len(family) > 3
    until(lambda: not any(is_alive(process.pid) for process in family), seconds=2)


def test_the_sockets_of_instances_are_their_own_and_go_with_the_platform(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    plain = ENTRYPOINT.replace(" --no-control-socket", "")
    for name in ("default", "api"):
        a_service(tmp_path, name, entrypoint=plain)
    running = start_engine(tmp_path)

    hosts = ("localhost", "api.localhost")
    folders = [Path(running.ask("/env", Host=host).json["XDG_RUNTIME_DIR"]) for host in hosts]
    until(lambda: all((folder / "gunicorn.ctl").exists() for folder in folders))
    running.run(running.engine.stop())

    assert len(set(folders)) == 2
    assert not any(folder.parent.exists() for folder in folders)


def test_instances_of_a_killed_platform_are_ended_at_the_next_start(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    a_service(tmp_path, "default")
    stray = subprocess.Popen(["sleep", "600"], env={"GAE_INSTANCE": "abc"}, start_new_session=True)
    (tmp_path / ".gaelocal").mkdir()
    (tmp_path / ".gaelocal" / "instances.json").write_text(f'{{"abc": {stray.pid}, "other": {os.getpgrp()}}}')

    start_engine(tmp_path)

    assert stray.wait(90) == -signal.SIGKILL


@pytest.mark.parametrize(
    ("written", "filled_in"),
    [
        ("gunicorn -b :$PORT main:app", "gunicorn -b 127.0.0.1:9 main:app"),
        ("gunicorn -b:$PORT main:app", "gunicorn -b127.0.0.1:9 main:app"),
        ("gunicorn --bind=0.0.0.0:${PORT} main:app", "gunicorn --bind=127.0.0.1:9 main:app"),
        ("waitress-serve --listen=*:$PORT main:app", "waitress-serve --listen=127.0.0.1:9 main:app"),
        ("waitress-serve --listen 127.0.0.1:$PORT main:app", "waitress-serve --listen 127.0.0.1:9 main:app"),
        ("serve localhost:$PORT", "serve localhost:9"),
        ("serve [::1]:$PORT", "serve [::1]:9"),
        ("gunicorn -b 0.0.0.0:8080 main:app", "gunicorn -b 127.0.0.1:9 main:app"),
        ("uvicorn main:app --host 0.0.0.0 --port 8080", "uvicorn main:app --host 0.0.0.0 --port 9"),
        ("streamlit run app.py --server.port=8080", "streamlit run app.py --server.port=9"),
        ("serve --limit 18080 --page /8080", "serve --limit 18080 --page /8080"),
    ],
)
def test_an_entrypoint_listens_at_this_machine_only(tmp_path: Path, written: str, filled_in: str) -> None:
    a_service(tmp_path, "default", entrypoint=f"entrypoint: {written}\n")
    service = read_project(tmp_path).services["default"]

    assert " ".join(command_line(service, {"PORT": "9"})) == filled_in
