"""Backends: long work in /_ah/start, and the steps of a shutdown."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.appengine.backends import a_backend
from tests.appengine.running import StartEngine, a_service, until

from gaelocal.appengine.instances import Reaper, RunningVersion
from gaelocal.appengine.instances.process import Process
from gaelocal.appengine.logs import LineReader, LogBuffer, Source
from gaelocal.appengine.logs.file import LogFile
from gaelocal.appengine.logs.terminal import Terminal
from gaelocal.appengine.project import read_project
from gaelocal.supervision import Health

MANUAL = "manual_scaling:\n  instances: 1\n"
PROGRAM_THAT_WAITS_FOR_STOP = """
import threading

IS_WORKING, IS_STOPPING = threading.Event(), threading.Event()


def app(environ, start_response):
    path, status, body = environ["PATH_INFO"], "200 OK", b""
    if path == "/_ah/stop":
        IS_STOPPING.set()
    if path == "/work":
        IS_WORKING.set()
        body = b"stopped" if IS_STOPPING.wait(60) else b"not told"
    if path == "/is-working" and not IS_WORKING.is_set():
        status = "503 Service Unavailable"
    start_response(status, [("Content-Length", str(len(body)))])
    return [body]
"""
BASIC = "basic_scaling:\n  max_instances: 1\n"


def test_the_platform_does_not_wait_for_a_backend_that_works_in_its_start_request(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, MANUAL, "work-in-start")
    engine = backend.running.engine

    meanwhile = backend.states(), engine.failing(), backend.events(), "working" in backend.messages()
    backend.touch("work-is-done")
    until(lambda: backend.states() == ["running"])

    assert meanwhile == (["starting"], {}, ["/_ah/start"], True)
    assert backend.status() == 200


def test_a_backend_in_its_start_request_gets_no_other_request(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, MANUAL, "work-in-start")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(backend.status)
        until(lambda: sum(version.pending for version in backend.running.engine.registry) == 1)
        is_answered = waiting.done()

        backend.touch("work-is-done")

        assert waiting.result() == 200
    assert not is_answered


def test_a_stopped_backend_is_told_finishes_its_requests_and_then_gets_sigterm(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, MANUAL)
    control = backend.running.engine.control
    with ThreadPoolExecutor(2) as pool:
        working = pool.submit(backend.status, "/wait/work")
        backend.saw("waiting-work")
        stopping = pool.submit(backend.running.run, control.stop_version("worker", "dev"))
        backend.saw("/_ah/stop")
        while_stopping = backend.states(), backend.status()
        backend.touch("released-work")

        assert working.result() == 200
        stopping.result()

    assert while_stopping == (["stopping"], 404)
    assert backend.events() == ["/_ah/start", "waiting-work", "/_ah/stop", "SIGTERM"]
    assert (backend.states(), backend.status()) == (["stopped"], 404)


def test_a_stopping_instance_answers_404_and_the_others_serve(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, MANUAL.replace("1", "2"))
    with ThreadPoolExecutor(2) as pool:
        working = pool.submit(backend.status, "/wait/work", "0.dev.worker.localhost")
        backend.saw("waiting-work")
        stop = backend.running.engine.control.stop_instance("worker", "dev", "0")
        stopping = pool.submit(backend.running.run, stop)
        backend.saw("/_ah/stop")

        statuses = backend.status(), backend.status(host="0.dev.worker.localhost")
        backend.touch("released-work")
        stopping.result()

        assert statuses == (200, 404)
        assert working.result() == 200
    assert backend.status(host="0.dev.worker.localhost") == 404


def test_a_backend_that_sleeps_again_is_told_too(tmp_path: Path, start_engine: StartEngine) -> None:
    backend = a_backend(tmp_path, start_engine, BASIC + "  idle_timeout: 0.3s\n")

    first = backend.status()
    until(lambda: backend.states() == ["asleep"])

    assert first == 200
    assert backend.events() == ["/_ah/start", "/_ah/stop", "SIGTERM"]
    assert backend.status() == 200


def test_an_instance_that_ignores_sigterm_is_killed(tmp_path: Path, start_engine: StartEngine) -> None:
    backend = a_backend(tmp_path, start_engine, MANUAL, "deaf")
    instance = next(iter(backend.running.engine.registry)).instances[0]

    backend.running.run(instance.stop(0.3))

    assert backend.events()[-1] == "SIGTERM"
    assert (instance.state, instance.pid) == ("stopped", 0)


def test_the_platform_ends_at_once_although_a_backend_works_in_its_start_request(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, MANUAL, "work-in-start")

    backend.running.run(backend.running.engine.stop())

    assert backend.events() == ["/_ah/start", "/_ah/stop", "SIGTERM"]


def test_a_backend_that_dies_in_a_long_start_request_has_not_failed_to_start(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, MANUAL, "work-in-start")
    instance = next(iter(backend.running.engine.registry)).instances[0]
    before = instance.id

    os.kill(instance.pid, signal.SIGKILL)
    until(lambda: instance.id != before and instance.is_starting_long)

    assert (instance.failures, instance.failure) == (0, "")
    assert "the instance exited unexpectedly (status -9) while it handled /_ah/start" in backend.messages()
    backend.touch("work-is-done")


@pytest.mark.parametrize(("scaling", "timeout"), [(MANUAL, True), (BASIC, True), ("", False)])
def test_the_supplied_gunicorn_has_no_deadline_of_its_own_for_a_backend(
    tmp_path: Path, start_engine: StartEngine, scaling: str, timeout: bool
) -> None:
    a_service(tmp_path, "default", scaling, entrypoint="")

    arguments = start_engine(tmp_path).ask("/env").json["GUNICORN_CMD_ARGS"]

    assert ("--timeout 0" in arguments) == timeout


def test_the_supplied_gunicorn_tells_a_backend_of_its_shutdown_during_a_request(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    folder = a_service(tmp_path, "default", MANUAL, entrypoint="")
    (folder / "main.py").write_text(PROGRAM_THAT_WAITS_FOR_STOP)
    running = start_engine(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(running.ask, "/work")
        until(lambda: running.ask("/is-working").status == 200)

        running.run(running.engine.control.stop_version("default", "dev"))

        assert working.result().body == b"stopped"


def test_a_configuration_file_of_gunicorn_keeps_its_workers(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    folder = a_service(tmp_path, "default", entrypoint="")
    (folder / "gunicorn.conf.py").write_text("threads = 3\n")

    assert "--threads" not in start_engine(tmp_path).ask("/env").json["GUNICORN_CMD_ARGS"]


def test_the_platform_does_not_wait_for_a_shutdown_that_takes_longer(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, MANUAL, "deaf")
    engine, loop = backend.running.engine, backend.running.loop
    stopping = asyncio.run_coroutine_threadsafe(engine.control.stop_version("worker", "dev"), loop)
    backend.saw("SIGTERM")

    backend.running.run(asyncio.wait_for(engine.stop(0.3), 20))

    assert stopping.result(20).status == "STOPPED"
    assert [row["pid"] for row in engine.control.list_instances()] == [0]


def test_a_replaced_instance_finishes_its_requests_although_the_next_one_fails(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, "")
    backend.status()
    instance = next(iter(backend.running.engine.registry)).instances[0]
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(backend.status, "/wait/work")
        backend.saw("waiting-work")
        backend.touch("broken")

        backend.running.loop.call_soon_threadsafe(instance.retire)
        until(lambda: instance.failures > 0)
        backend.touch("released-work")

        assert working.result() == 200


def test_stopping_ends_although_the_process_cannot_be_launched(tmp_path: Path) -> None:
    folder = a_service(tmp_path, "default")
    service = read_project(tmp_path).services["default"]

    async def start_and_stop() -> str:
        logs = LogBuffer(LogFile(tmp_path / "logs"), Terminal(None, "info"))
        running = RunningVersion(service, {}, logs, Reaper(tmp_path), Health())
        shutil.rmtree(folder)
        running.start()
        await asyncio.sleep(0)
        await asyncio.wait_for(running.stop(0), 20)
        return running.instances[0].state

    assert asyncio.run(start_and_stop()) == "stopped"


def test_a_process_that_has_just_ended_is_not_an_error() -> None:
    with subprocess.Popen(["true"]) as child:
        child.wait()

    async def end() -> int:
        reader = LineReader(Source("default"), "stdout", lambda _: None)
        process = Process(reader, reader)
        process.pid = child.pid
        ending = asyncio.create_task(process.end(5))
        await asyncio.sleep(0)
        process.exited.set_result(0)
        await ending
        return process.exited.result()

    assert asyncio.run(end()) == 0


def test_a_version_that_is_being_restarted_is_not_stored_as_stopped(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, MANUAL)
    engine, loop = backend.running.engine, backend.running.loop
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(backend.status, "/wait/work")
        backend.saw("waiting-work")
        restarting = asyncio.run_coroutine_threadsafe(engine.control.restart_version("worker", "dev"), loop)
        until(lambda: backend.states() == ["stopping"])
        stored = json.loads((backend.running.data / "releases.json").read_text())
        backend.touch("released-work")
        working.result()

    assert stored["stopped"] == []
    assert restarting.result(60).status == "SERVING"
    assert backend.states() == ["running"]
