"""Google's own emulators, run by `gcloud`: Datastore, Firestore, Pub/Sub and Bigtable."""

import asyncio
import os
import shutil
import signal
from asyncio.subprocess import DEVNULL, Process, create_subprocess_exec
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

from gaelocal.appengine.instances.orphan_cleanup import MARK, OrphanCleanup
from gaelocal.ports import HOST, free_port
from gaelocal.state_files import make_folder
from gaelocal.supervision import Health, keep_running
from gaelocal.yaml_files import ConfigError

START_SECONDS = 60.0  # a cold start of Java on a busy machine; a warm one takes two
STOP_SECONDS = 10.0
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Kind:
    """An emulator of gcloud, and the command that starts it.

    `option` is the option of gaelocal that asks for it, `command` the words after `gcloud` with the
    placeholders `{data}`, `{project}`, `{consistency}` and `{spare_port}`. `folder` is where the Cloud SDK
    has it. An emulator without HTTP counts as started when it accepts a connection.
    """

    option: str
    command: tuple[str, ...]
    folder: str
    speaks_http: bool = True


KINDS: Mapping[str, Kind] = {
    "google": Kind(
        "--datastore google",
        (
            *("beta", "emulators", "datastore", "start", "--data-dir={data}"),
            *("--consistency={consistency}", "--project={project}"),
        ),
        "platform/cloud-datastore-emulator",
    ),
    "firestore": Kind(
        "--datastore firestore",
        ("emulators", "firestore", "start", "--database-mode=datastore-mode"),
        "platform/cloud-firestore-emulator",
    ),
    "native-firestore": Kind(
        "--emulator firestore", ("emulators", "firestore", "start"), "platform/cloud-firestore-emulator"
    ),
    "pubsub": Kind(
        "--emulator pubsub",
        ("beta", "emulators", "pubsub", "start", "--data-dir={data}", "--project={project}"),
        "platform/pubsub-emulator",
    ),
    "bigtable": Kind(
        "--emulator bigtable",
        ("beta", "emulators", "bigtable", "start"),
        "platform/bigtable-emulator",
        speaks_http=False,
    ),
    "spanner": Kind(
        "--emulator spanner",
        ("emulators", "spanner", "start", "--rest-port={spare_port}"),
        "bin/cloud_spanner_emulator",
        speaks_http=False,
    ),
}


class EmulatorEnded(Exception):
    """The process ended unexpectedly."""


class GoogleEmulator:
    """Runs `gcloud … emulators … start` as long as the platform runs.

    `kind` is a key of `KINDS`. Only the Datastore and Pub/Sub emulators keep their state, in `data`.
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
        self._kind = KINDS[kind]
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
            raise ConfigError(f"{self._kind.option} needs gcloud, which is not on the PATH")
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
        values = {
            "data": self._data,
            "project": self._project,
            "consistency": self._consistency,
            "spare_port": free_port(0, self._kind.option),
        }
        command = [word.format(**values) for word in self._kind.command]
        return [*command, f"--host-port={self.address}", "--quiet"]

    async def _until_it_answers(self, process: Process) -> None:
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while not await self._answers():
            if process.returncode is not None or asyncio.get_running_loop().time() > deadline:
                await self._end()
                raise ConfigError(
                    f"{self._kind.option}: gcloud's emulator did not start: {self._complaint()}"
                )
            await asyncio.sleep(POLL_SECONDS)

    async def _answers(self) -> bool:
        return await _answers(self._port, in_http=self._kind.speaks_http)

    def _complaint(self) -> str:
        lines = (self._data / "emulator.log").read_text(errors="replace").split("\n")
        error_lines = [line.strip() for line in lines if "ERROR" in line or "xception" in line]
        return (error_lines or [line for line in lines if line.strip()] or ["it printed nothing"])[-1]


def google_emulator(api: str, data: Path, project: str, port: int, health: Health) -> GoogleEmulator:
    """Return the emulator of `--emulator API`, which is to listen at `port`."""
    return GoogleEmulator(_kind(api), data / f"emulator-{api}", port, 1.0, project, health=health)


def is_installed(api: str) -> bool:
    """Return whether gcloud has the emulator of `--emulator API`; gcloud itself needs a second to tell."""
    gcloud = shutil.which("gcloud")
    return gcloud is not None and (Path(gcloud).resolve().parents[1] / KINDS[_kind(api)].folder).is_dir()


def _kind(api: str) -> str:
    return "native-firestore" if api == "firestore" else api


def _signal_all(process: Process, sign: signal.Signals) -> None:
    # gcloud starts Java as a grandchild; the session it was given holds all of them.
    try:
        os.killpg(process.pid, sign)
    except ProcessLookupError:
        return


async def _answers(port: int, *, in_http: bool) -> bool:
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
        if not in_http:
            writer.close()
            return True
        writer.write(f"GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.readline(), 2.0)
        writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in answer
