"""Instances above the memory of their class are replaced."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.appengine.backends import Backend, a_backend
from tests.appengine.running import StartEngine, until

from gaelocal.appengine.instances.memory import memory_of, portable_memory_of, proportional_memory_of
from gaelocal.appengine.runtime_options import RuntimeOptions

F1_SOFT = "Exceeded soft memory limit of 384 MB with "
F1_HARD = "Exceeded hard memory limit of 384 MB with "
ADVICE = "requests total. Consider setting a larger instance class in app.yaml."
LIMITED = RuntimeOptions(memory_limits=True)


def instance_id(backend: Backend) -> str:
    return str(backend.running.instance("worker")["instance"])


def message(backend: Backend, beginning: str) -> str:
    found = [line for line in backend.messages().splitlines() if line.startswith(beginning)]
    return found[0] if found else ""


def test_an_instance_above_its_limit_is_logged_and_replaced_after_the_request(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, "", options=LIMITED)
    before = instance_id(backend)

    small, large = backend.status("/hold/10"), backend.status("/hold/400")
    until(lambda: instance_id(backend) != before and backend.states() == ["running"])

    assert (small, large, backend.status()) == (200, 200, 200)
    text = message(backend, F1_SOFT)
    assert 384 < int(text.removeprefix(F1_SOFT).split()[0]) < 576
    # The check after the first request may find what the second one has begun to hold.
    assert text.endswith((f"after servicing 1 {ADVICE}", f"after servicing 2 {ADVICE}"))
    entry = next(entry for entry in backend.running.engine.logs.entries(limit=50) if entry["message"] == text)
    assert (entry["severity"], entry["instance"]) == ("CRITICAL", before)


def test_a_request_under_way_is_finished_by_the_replaced_instance(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, "", options=LIMITED)
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(backend.status, "/wait/work")
        backend.saw("waiting-work")
        before = instance_id(backend)

        backend.status("/hold/400")
        until(lambda: instance_id(backend) != before and backend.states() == ["running"])
        meanwhile = backend.status()
        backend.touch("released-work")

        assert (meanwhile, working.result()) == (200, 200)
    until(lambda: backend.events()[-1] == "SIGTERM")


def test_an_instance_far_above_its_limit_is_killed_during_the_request(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    backend = a_backend(tmp_path, start_engine, "", options=LIMITED)
    before = instance_id(backend)

    status = backend.status("/hold/700/wait")
    until(lambda: instance_id(backend) != before and backend.states() == ["running"])

    assert status == 502
    logged = [entry for entry in backend.running.engine.logs.entries(limit=50) if F1_HARD in entry["message"]]
    assert [entry["instance"] for entry in logged] == [before]
    assert logged[0]["message"].endswith(f"after servicing 0 {ADVICE}")
    assert "SIGTERM" not in backend.events()
    assert backend.status() == 200


def test_the_request_that_needed_too_much_memory_is_not_repeated(
    tmp_path: Path, start_engine: StartEngine
) -> None:
    """A worker that frees much memory ends after its leader, when the next process has been launched."""
    backend = a_backend(tmp_path, start_engine, "", "forked", options=LIMITED)

    status = backend.status("/hold/700/wait")

    assert (status, backend.events().count("holding-700")) == (502, 1)


def test_a_larger_class_has_more_memory(tmp_path: Path, start_engine: StartEngine) -> None:
    backend = a_backend(tmp_path, start_engine, "instance_class: F2\n", options=LIMITED)
    instance = next(iter(backend.running.engine.registry)).instances[0]

    backend.status("/hold/400")
    until(lambda: not instance.has_answered())

    assert message(backend, "Exceeded") == ""


def test_limits_can_be_switched_off(tmp_path: Path, start_engine: StartEngine) -> None:
    backend = a_backend(tmp_path, start_engine, "", options=RuntimeOptions(memory_limits=False))
    before = instance_id(backend)

    backend.status("/hold/400")

    assert backend.running.instance("worker")["memory"] > 384 * 1024 * 1024
    assert instance_id(backend) == before


def test_memory_is_measured_without_proc() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        usual, portable = memory_of(os.getpid()), portable_memory_of(os.getpid())
        child.kill()

    assert portable == pytest.approx(usual, rel=0.1)
    assert 0 < proportional_memory_of(os.getpid()) <= usual
    assert memory_of(child.pid) == 0
