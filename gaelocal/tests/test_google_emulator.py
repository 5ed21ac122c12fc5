"""Google's emulators, started and stopped by gaelocal."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import psutil
import pytest

from gaelocal.cloud import LocalPlatform
from gaelocal.google_emulator import GoogleEmulator
from gaelocal.options import parse_options
from gaelocal.ports import free_port
from gaelocal.supervision import Health
from gaelocal.yaml_files import ConfigError
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
        killed = an_emulator(tmp_path, port)
        await killed.start()
        assert killed._watch
        killed._watch.cancel()  # a platform that was killed watches nothing any more
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


def test_an_emulator_that_ends_is_started_again(tmp_path: Path) -> None:
    health = Health()
    emulator = GoogleEmulator("google", tmp_path, free_port(0, "--port"), 1.0, "demo", health=health)

    async def kill_and_wait() -> None:
        await emulator.start()
        try:
            for process in processes_of(tmp_path):
                process.kill()
            async with asyncio.timeout(120):
                while health.as_json()["components"][0]["total_failures"] == 0 or emulator_is_failing(health):  # noqa: ASYNC110 - health is no event
                    await asyncio.sleep(0.05)
            assert processes_of(tmp_path)
        finally:
            await emulator.stop()

    asyncio.run(kill_and_wait())
    assert "ended with status" in health.as_json()["components"][0]["last_error"]


def emulator_is_failing(health: Health) -> bool:
    return bool(health.as_json()["status"] == "failing")


@pytest.mark.parametrize("kind", ["pubsub", "native-firestore", "bigtable", "spanner"])
def test_an_emulator_of_an_api_that_gaelocal_lacks_answers(kind: str, tmp_path: Path) -> None:
    port = free_port(0, "--port")
    emulator = GoogleEmulator(kind, tmp_path, port, 1.0, "photo-timeline")

    async def start_and_connect() -> None:
        try:
            await emulator.start()
        except ConfigError as missing:
            pytest.skip(str(missing))
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        await emulator.stop()

    asyncio.run(start_and_connect())
    eventually(lambda: not processes_of(tmp_path))


def test_the_services_get_the_address_of_each_emulator_that_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text("runtime: python311\nhandlers:\n- url: /\n  static_dir: .\n")
    options = parse_options([str(tmp_path), "--port", "0", "--emulator", "bigtable"])

    async def start() -> tuple[str, str]:
        platform = LocalPlatform(options)
        try:
            await platform.start()
        except ConfigError as missing:
            pytest.skip(str(missing))
        try:
            return str(platform.addresses["bigtable"]), platform.environment["BIGTABLE_EMULATOR_HOST"]
        finally:
            await platform.stop()

    address, variable = asyncio.run(start())

    assert address == variable
