"""Decode untrusted images in a sandboxed child process, so that a crash or hang cannot harm the service."""

import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from typing import Any, Literal

from timeline.errors import (
    ImageBroken,
    ImageTooComplex,
    ImageTooManyPixels,
    ImageUnsupported,
    TimelineError,
    Unavailable,
)
from timeline.pictures import decoder_protocol
from timeline.pictures.memory_limits import MEMORY_LIMIT, SHORT_JOB_MEMORY_LIMIT
from timeline.pictures.priority_lock import PriorityLock
from timeline.pictures.rendered_photo import EncodedImage, RenderedPhoto

Output = Literal["jpeg", "webp"]

COMMAND = (sys.executable, "-m", "timeline.pictures.decoder_worker")
IMPORT_ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_SECONDS = 60.0
"""Wall-clock limit per image: six times the CPU limit, because the machine also serves requests."""

DECODING_CPU_SECONDS = 2.0
"""Per image until its JPEGs are made, three times as much for HEIC; real photos of 50 megapixels take less.

See docs/decisions/0067 and 0223.
"""

IMAGES_PER_WORKER = 200
"""Decoders leak a little memory; a new process costs 150 ms of CPU, so less than 1 ms per image."""

WEBP_WORK = 1e9
"""More than any image has pixels."""

INHERITED_VARIABLES = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONUSERBASE", "TMPDIR")
"""Secrets are not inherited: the process that decodes untrusted bytes does not need them."""

WORKER_VARIABLES = {
    "VIPS_CONCURRENCY": "1",
    "VIPS_WARNING": "0",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(2**30),
    "MALLOC_TRIM_THRESHOLD_": str(2**27),
}
"""libvips starts no more threads than it must and does not write to the log. One arena for all threads: each
further one reserves 64 MB of the address space that is limited. glibc keeps 128 MB between two
images instead of asking the kernel for zeroed pages again: a tenth of the CPU time of an image."""

CPU_SIGNALS = frozenset({signal.SIGXCPU, signal.SIGPROF})
"""The limits that decoder_worker.py sets."""

EXTERNAL_SIGNALS = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""No decoder ends this way by itself: the machine is out of memory, or is shutting down."""

CRASHED = "The picture is damaged: decoding it does not end well."
UNAVAILABLE = "Pictures cannot be decoded right now."
REFUSALS = {
    refusal.code: refusal for refusal in (ImageBroken, ImageTooComplex, ImageTooManyPixels, ImageUnsupported)
}


class WorkerExited(Exception):
    """The worker process ended before it replied."""

    def __init__(self, status: int, *, was_too_slow: bool = False) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.was_too_slow = was_too_slow or -status in CPU_SIGNALS

    @property
    def was_killed_externally(self) -> bool:
        return not self.was_too_slow and -self.status in EXTERNAL_SIGNALS


class DecoderSandbox:
    """One active worker and one spare that takes over; both start with the first image.

    In the background there is no spare, and the worker leaves the CPU to every other process.
    """

    def __init__(
        self,
        timeout: float = TIMEOUT_SECONDS,
        images_per_worker: int = IMAGES_PER_WORKER,
        *,
        memory_limit: int = MEMORY_LIMIT,
        cpu_seconds: float = DECODING_CPU_SECONDS,
        is_background: bool = False,
    ) -> None:
        self._timeout = timeout
        self._images_per_worker = images_per_worker
        self._arguments = (str(memory_limit), str(cpu_seconds), *(["background"] if is_background else []))
        self._has_spare = not is_background
        self._lock = PriorityLock()
        self._active: _Worker | None = None
        self._spare: _Worker | None = None

    def render(self, image: bytes, output: Output = "jpeg", work: float = 0) -> RenderedPhoto:
        """Render one image at a time as renderer.render or render_as_webp do, those with less work first.

        Raises:
            ImageUnsupported, ImageTooManyPixels, ImageTooComplex, ImageBroken: the image is at fault.
            Unavailable: no worker could be started or kept alive; the image is not at fault.
        """
        with self._lock.hold(work):
            try:
                return self._attempt(image, output)
            except WorkerExited as error:
                if error.was_too_slow:
                    raise ImageTooComplex from error
                if not error.was_killed_externally:
                    raise ImageBroken(CRASHED) from error
            return self._last_attempt(image, output)

    def close(self) -> None:
        """End both workers; the next image starts new ones."""
        with self._lock.hold():
            for worker in (self._active, self._spare):
                if worker is not None:
                    worker.end()
            self._active = self._spare = None

    @property
    def worker_pids(self) -> list[int]:
        return [worker.pid for worker in (self._active, self._spare) if worker is not None]

    def _last_attempt(self, image: bytes, output: Output) -> RenderedPhoto:
        try:
            return self._attempt(image, output)
        except WorkerExited as error:
            raise Unavailable(UNAVAILABLE) from error

    def _attempt(self, image: bytes, output: Output) -> RenderedPhoto:
        worker = self._ready_worker()
        try:
            return worker.render(image, output, self._timeout)
        finally:
            if worker.has_exited or worker.images_decoded >= self._images_per_worker:
                self._replace(worker)

    def _replace(self, worker: "_Worker") -> None:
        worker.end()
        self._active, self._spare = self._spare, None

    def _ready_worker(self) -> "_Worker":
        """Raises Unavailable: no failure in here is caused by the image."""
        if self._active is not None and self._active.has_exited:
            self._replace(self._active)
        self._active = self._active or _Worker(self._arguments)
        if self._has_spare:
            self._spare = self._spare or _Worker(self._arguments)
        try:
            self._active.await_ready(self._timeout)
        except WorkerExited as error:
            self._replace(self._active)
            raise Unavailable(UNAVAILABLE) from error
        return self._active


class _Worker:
    """Started by exec, not by fork alone: the service has threads, and gRPC's do not survive a fork."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._popen = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*COMMAND, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
            cwd=IMPORT_ROOT,
            start_new_session=True,  # Ctrl-C is for the service, which may still need this image
        )
        for pipe in (self._popen.stdin, self._popen.stdout):
            assert pipe is not None  # noqa: S101 - both are pipes, which its type does not know
            decoder_protocol.enlarge(pipe.fileno())
        self._is_ready = False
        self._timed_out = False
        self.images_decoded = 0

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def has_exited(self) -> bool:
        return self._popen.poll() is not None

    def await_ready(self, timeout: float) -> None:
        """Raises WorkerExited."""
        if not self._is_ready:
            self._request(timeout, None)
            self._is_ready = True

    def render(self, image: bytes, output: Output, timeout: float) -> RenderedPhoto:
        """Raises WorkerExited, and the refusals that the worker reports."""
        self.images_decoded += 1
        header, contents = self._request(timeout, image, output=output)
        try:
            return _rendered_photo(header, contents)
        except (KeyError, TypeError, ValueError) as error:
            raise self._exit_error() from error

    def end(self) -> None:
        self._popen.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                pipe.close()

    def _request(
        self, timeout: float, image: bytes | None, **header: str
    ) -> tuple[dict[str, Any], list[bytes]]:
        assert self._popen.stdin is not None  # noqa: S101 - both are pipes, which its type does not know
        assert self._popen.stdout is not None  # noqa: S101
        deadline = Timer(timeout, self._time_out)
        deadline.start()
        try:
            if image is not None:
                decoder_protocol.send(self._popen.stdin.fileno(), header, image)
            return decoder_protocol.receive(self._popen.stdout.fileno())
        except (EOFError, BrokenPipeError, decoder_protocol.ProtocolError) as error:
            raise self._exit_error(was_sent=not isinstance(error, BrokenPipeError)) from error
        finally:
            deadline.cancel()

    def _time_out(self) -> None:
        self._timed_out = True
        self._popen.kill()

    def _exit_error(self, *, was_sent: bool = True) -> WorkerExited:
        """End a worker that misbehaves. An image it never received whole cannot have been the reason."""
        try:
            status = self._popen.wait(1)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
            status = 1
        return WorkerExited(status if was_sent else -signal.SIGKILL, was_too_slow=self._timed_out)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in INHERITED_VARIABLES if name in os.environ}
    return {**kept, **WORKER_VARIABLES, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _rendered_photo(header: dict[str, Any], contents: list[bytes]) -> RenderedPhoto:
    if "refused" in header:
        raise _refusal(header)
    images = tuple(
        EncodedImage(str(name), int(width), int(height), str(kind), content)
        for (name, width, height, kind), content in zip(header["images"], contents, strict=True)
    )
    placeholder = bytes.fromhex(header["placeholder"])
    return RenderedPhoto(int(header["width"]), int(header["height"]), placeholder, images)


def _refusal(header: dict[str, Any]) -> TimelineError:
    return REFUSALS.get(str(header["refused"]), ImageBroken)(str(header.get("message", "")))


_SHORT_JOBS = DecoderSandbox(memory_limit=SHORT_JOB_MEMORY_LIMIT)
_LONG_JOBS = DecoderSandbox(is_background=True)
atexit.register(_SHORT_JOBS.close)
atexit.register(_LONG_JOBS.close)


def render(image: bytes, work: int = 0) -> RenderedPhoto:
    """Make the JPEGs of an image that takes little work; long jobs never delay it."""
    return _SHORT_JOBS.render(image, work=work)


def render_in_background(image: bytes, output: Output, work: int) -> RenderedPhoto:
    """Render in the only process that may decode large images: two of them would not fit an instance.

    WebP comes last, because the photo can be seen without it.
    """
    return _LONG_JOBS.render(image, output, work if output == "jpeg" else WEBP_WORK + work)
