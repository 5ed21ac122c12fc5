"""Google's own Datastore and Firestore emulators, instead of the embedded Datastore."""

import asyncio
import os
import shutil
import signal
from asyncio.subprocess import DEVNULL, Process, create_subprocess_exec
from functools import partial
from pathlib import Path
from uuid import uuid4

from gaelocal.appengine.instances.orphan_cleanup import MARK, OrphanCleanup
from gaelocal.ports import HOST
from gaelocal.state_files import make_folder
from gaelocal.supervision import Health, keep_running
from gaelocal.yaml_files import ConfigError

START_SECONDS = 60.0  # a cold start of Java on a busy machine; a warm one takes two
STOP_SECONDS = 10.0
POLL_SECONDS = 0.1


class EmulatorEnded(Exception):
    """The process ended unexpectedly."""


class GoogleEmulator:
    """Runs `gcloud … emulators … start` as long as the platform runs.

    `kind` is `google` (the Datastore emulator; keeps its state in `data`) or `firestore` (the Firestore
    emulator in Datastore mode; keeps nothing).
    """

    def __init__(  # noqa: PLR0913 - the whole configuration, said once
        self,
        kind: str,
        data: Path,
        port: int,
        consistency: float,
        project: str,
        *,
        health: Health | None = None,
    ) -> None:
        self._component = (health or Health()).component(f"{kind} emulator")
        self._watch: asyncio.Task[None] | None = None
        self.kind = kind
        self.address = f"{HOST}:{port}"
        self._data = data
        self._port = port
        self._consistency = consistency
        self._project = project
        self._process: Process | None = None
        self._orphans = OrphanCleanup(data)
        self._id = f"emulator-{uuid4().hex}"

    async def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            ConfigError: gcloud or the emulator is not installed, or it ended before it answered.
        """
        gcloud = shutil.which("gcloud")
        if gcloud is None:
            raise ConfigError(f"--datastore {self.kind} needs gcloud, which is not on the PATH")
        make_folder(self._data)
        self._orphans.kill_orphans()
        await self._launch(gcloud)
        self._watch = asyncio.create_task(keep_running(self._component, partial(self._stay_up, gcloud)))

    async def _stay_up(self, gcloud: str) -> None:
        """Start it again if it ended; raise when it ends."""
        if self._process is None or self._process.returncode is not None:
            await self._launch(gcloud)
        self._component.recovered()
        if self._process is not None:
            raise EmulatorEnded(f"ended with status {await self._process.wait()}")

    async def _launch(self, gcloud: str) -> None:
        log = (self._data / "emulator.log").open("wb")
        with log:
            self._process = await create_subprocess_exec(
                *(gcloud, *self._words()),
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {MARK: self._id},
                start_new_session=True,
            )
        self._orphans.record(self._id, self._process.pid)
        await self._until_it_answers(self._process)

    async def stop(self) -> None:
        if self._watch:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        await self._end()

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        _signal_all(process, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            pass
        finally:
            _signal_all(process, signal.SIGKILL)
            self._orphans.forget(self._id)

    def _words(self) -> list[str]:
        where = [f"--host-port={self.address}", "--quiet"]
        if self.kind == "firestore":
            return ["emulators", "firestore", "start", "--database-mode=datastore-mode", *where]
        kept = [
            f"--data-dir={self._data}",
            f"--consistency={self._consistency}",
            f"--project={self._project}",
        ]
        return ["beta", "emulators", "datastore", "start", *kept, *where]

    async def _until_it_answers(self, process: Process) -> None:
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while not await _answers(self._port):
            if process.returncode is not None or asyncio.get_running_loop().time() > deadline:
                await self._end()
                raise ConfigError(
                    f"--datastore {self.kind}: gcloud's emulator did not start: {self._complaint()}"
                )
            await asyncio.sleep(POLL_SECONDS)

    def _complaint(self) -> str:
        lines = (self._data / "emulator.log").read_text(errors="replace").split("\n")
        error_lines = [line.strip() for line in lines if "ERROR" in line or "xception" in line]
        return (error_lines or [line for line in lines if line.strip()] or ["it printed nothing"])[-1]


def _signal_all(process: Process, sign: signal.Signals) -> None:
    # gcloud starts Java as a grandchild; the session it was given holds all of them.
    try:
        os.killpg(process.pid, sign)
    except ProcessLookupError:
        return


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(f"GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.readline(), 2.0)
        writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in answer
