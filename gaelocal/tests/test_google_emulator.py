"""Google's emulators, started and ended by the local cloud."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import psutil
import pytest

from gaelocal.google_emulator import GoogleEmulator
from gaelocal.ports import free_port
from tests.waiting import eventually

pytestmark = pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not installed")


def an_emulator(folder: Path, port: int) -> GoogleEmulator:
    return GoogleEmulator("google", folder, port, 1.0, "photo-timeline")


def processes_of(folder: Path) -> list[psutil.Process]:
    def mentions(process: psutil.Process) -> bool:
        try:
            return str(folder) in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    return [process for process in psutil.process_iter() if mentions(process)]


def test_an_emulator_that_is_stopped_leaves_no_process(tmp_path: Path) -> None:
    emulator = an_emulator(tmp_path, free_port(0, "--port"))

    async def start_and_stop() -> int:
        await emulator.start()
        running = len(processes_of(tmp_path))
        await emulator.stop()
        return running

    assert asyncio.run(start_and_stop()) > 0
    eventually(lambda: not processes_of(tmp_path))


def test_the_next_start_ends_an_emulator_whose_platform_was_killed(tmp_path: Path) -> None:
    port = free_port(0, "--port")

    async def start_twice() -> None:
        await an_emulator(tmp_path, port).start()
        left = processes_of(tmp_path)
        again = an_emulator(tmp_path, port)
        await again.start()
        try:
            assert not [
                process for process in left if process.is_running() and process in processes_of(tmp_path)
            ]
        finally:
            await again.stop()

    try:
        asyncio.run(start_twice())
    finally:
        for process in processes_of(tmp_path):
            os.kill(process.pid, signal.SIGKILL)
