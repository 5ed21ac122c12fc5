"""Decoding at arm's length: a picture that kills its decoder, or never ends, ends a process made for that."""

import atexit
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any, Literal

from timeline.errors import ImageBroken, ImageTooManyPixels, ImageUnsupported, Refusal, Unavailable
from timeline.pictures import lab_wire
from timeline.pictures.darkroom import Development
from timeline.pictures.prints import Print
from timeline.pictures.turns import Turns

Way = Literal["jpeg", "webp"]

COMMAND = (sys.executable, "-m", "timeline.pictures.lab_process")
PACKAGES = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds on the wall for one picture: six times its CPU limit, for a machine that has others to serve."""

PICTURES_EACH = 200
"""Decoders leak a little; a new process costs 150 ms of CPU, so less than one for each picture."""

NEEDED_TO_START = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONUSERBASE", "TMPDIR")
"""Handed on; secrets are not: what decodes a stranger's bytes has no use for them."""

FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""No decoder ends like this by itself: the machine is short of memory, or is stopping."""

TOO_SLOW = "Decoding this picture takes longer than one picture may take."
CRASHED = "The picture is damaged: decoding it does not end well."
REFUSALS = {refusal.code: refusal for refusal in (ImageBroken, ImageTooManyPixels, ImageUnsupported)}


class Ended(Exception):
    """The process is gone, and with it the picture it had in hand."""

    def __init__(self, status: int, *, was_too_slow: bool = False) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.was_too_slow = was_too_slow or status == -signal.SIGXCPU

    @property
    def is_from_outside(self) -> bool:
        return not self.was_too_slow and -self.status in FROM_OUTSIDE


class Lab:
    """One process at work and one that is ready to take over; started by the first picture."""

    def __init__(self, patience: float = PATIENCE, pictures_each: int = PICTURES_EACH) -> None:
        self._patience = patience
        self._pictures_each = pictures_each
        self._turns = Turns()
        self._at_work: _Process | None = None
        self._spare: _Process | None = None

    def develop(self, image: bytes, way: Way = "jpeg") -> Development:
        """As darkroom.develop and develop_as_webp, one picture at a time; WebP waits for all that are urgent.

        Raises:
            ImageUnsupported, ImageTooManyPixels, ImageBroken: what is wrong with the picture.
            Unavailable: nothing is wrong with it, but no process could be kept.
        """
        with self._turns.taken(can_wait=way == "webp"):
            try:
                return self._attempt(image, way)
            except Ended as end:
                if not end.is_from_outside:
                    raise ImageBroken(TOO_SLOW if end.was_too_slow else CRASHED) from end
            return self._last_attempt(image, way)

    def close(self) -> None:
        """End both processes; the next picture would start new ones."""
        with self._turns.taken():
            for process in (self._at_work, self._spare):
                if process is not None:
                    process.end()
            self._at_work = self._spare = None

    @property
    def process_ids(self) -> list[int]:
        return [process.id for process in (self._at_work, self._spare) if process is not None]

    def _last_attempt(self, image: bytes, way: Way) -> Development:
        try:
            return self._attempt(image, way)
        except Ended as end:
            raise Unavailable("Pictures cannot be decoded right now.") from end

    def _attempt(self, image: bytes, way: Way) -> Development:
        process = self._ready_process()
        try:
            return process.develop(image, way, self._patience)
        finally:
            if process.has_ended or process.developed >= self._pictures_each:
                self._replace(process)

    def _replace(self, process: "_Process") -> None:
        process.end()
        self._at_work, self._spare = self._spare, None

    def _ready_process(self) -> "_Process":
        """Nothing that goes wrong in here is the picture's fault."""
        if self._at_work is not None and self._at_work.has_ended:
            self._replace(self._at_work)
        self._at_work = self._at_work or _Process()
        self._spare = self._spare or _Process()
        try:
            self._at_work.await_ready(self._patience)
        except Ended as end:
            self._replace(self._at_work)
            raise Unavailable("Pictures cannot be decoded right now.") from end
        return self._at_work


class _Process:
    """Started by exec, never by fork alone: the service has threads, and gRPC's do not survive one."""

    def __init__(self) -> None:
        self._popen = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
            cwd=PACKAGES,
            start_new_session=True,  # a Ctrl-C is for the service, which still wants its picture
        )
        self._is_ready = False
        self._is_late = False
        self.developed = 0

    @property
    def id(self) -> int:
        return self._popen.pid

    @property
    def has_ended(self) -> bool:
        return self._popen.poll() is not None

    def await_ready(self, patience: float) -> None:
        """Raises Ended."""
        if not self._is_ready:
            self._ask(patience, None)
            self._is_ready = True

    def develop(self, image: bytes, way: Way, patience: float) -> Development:
        """Raises Ended, and what the process has to say against the picture."""
        self.developed += 1
        head, contents = self._ask(patience, image, way=way)
        try:
            return _development(head, contents)
        except (KeyError, TypeError, ValueError) as error:
            raise self._ended() from error

    def end(self) -> None:
        self._popen.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                pipe.close()

    def _ask(self, patience: float, image: bytes | None, **head: str) -> tuple[dict[str, Any], list[bytes]]:
        assert self._popen.stdin is not None  # noqa: S101 - both are pipes, which its type does not know
        assert self._popen.stdout is not None  # noqa: S101
        deadline = Timer(patience, self._end_late)
        deadline.start()
        try:
            if image is not None:
                lab_wire.send(self._popen.stdin.fileno(), head, image)
            return lab_wire.receive(self._popen.stdout.fileno())
        except (EOFError, BrokenPipeError, lab_wire.Nonsense) as error:
            raise self._ended(was_whole=not isinstance(error, BrokenPipeError)) from error
        finally:
            deadline.cancel()

    def _end_late(self) -> None:
        self._is_late = True
        self._popen.kill()

    def _ended(self, *, was_whole: bool = True) -> Ended:
        """Whoever talks nonsense or has closed its pipe is made to end; nobody decodes half a picture."""
        try:
            status = self._popen.wait(1)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
            status = 1
        return Ended(status if was_whole else -signal.SIGKILL, was_too_slow=self._is_late)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in NEEDED_TO_START if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _development(head: dict[str, Any], contents: list[bytes]) -> Development:
    if "refused" in head:
        raise _refusal(head)
    prints = tuple(
        Print(str(name), int(width), int(height), str(kind), content)
        for (name, width, height, kind), content in zip(head["prints"], contents, strict=True)
    )
    return Development(int(head["width"]), int(head["height"]), bytes.fromhex(head["placeholder"]), prints)


def _refusal(head: dict[str, Any]) -> Refusal:
    return REFUSALS.get(str(head["refused"]), ImageBroken)(str(head.get("message", "")))


_LAB = Lab()
atexit.register(_LAB.close)


def develop(image: bytes, way: Way = "jpeg") -> Development:
    """As Lab.develop, by the one lab here: two large pictures at once would not fit an instance."""
    return _LAB.develop(image, way)
