"""The child process that decodes untrusted images; decoder_sandbox.py starts it.

It reads requests from its standard input until that closes, within limits that the kernel enforces.
"""

import math
import os
import resource
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from timeline.errors import ImageBroken, TimelineError
from timeline.pictures import decoder_protocol
from timeline.pictures.header import format_of
from timeline.pictures.rendered_photo import RenderedPhoto
from timeline.pictures.renderer import render, render_as_webp

CPU_SECONDS = 10
"""Per image with all that is made of it; as WebP that takes several times as long as decoding."""

CPU_FACTORS = {"HEIF": 3.0}
"""libde265 takes 2.5 seconds for an iPhone's 48 megapixels, and twice that for ten bits or fine detail."""

TOO_MUCH_MEMORY = "Decoding this picture takes more memory than one picture may have."
NICENESS = 5
"""A quarter of the CPU at the least: more would let slow images run into the time limit of the service."""
THREAD_STACK_BYTES = 256 * 1024
RENDERERS = {"jpeg": render, "webp": render_as_webp}


def main() -> None:
    """Serve requests; standard output is moved so that nothing a library prints reaches the reply pipe."""
    replies = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    requests = sys.stdin.fileno()
    _exit_with_parent(requests)
    _limit_memory(int(sys.argv[1]))
    if "background" in sys.argv:
        _yield_cpu()
    _lower_limit(resource.RLIMIT_CORE, 0)
    decoder_protocol.send(replies, {"ready": True})
    while True:
        try:
            header, parts = decoder_protocol.receive(requests)
        except EOFError:
            return
        _limit_cpu()
        with _decoding_limit(header, allowed_seconds(parts[0], float(sys.argv[2]))):
            reply, contents = _handle(header, *parts)
        decoder_protocol.send(replies, reply, *contents)


def _exit_with_parent(requests: int) -> None:
    """Exit even while decoding: the kernel closes a killed parent's end of the pipe."""
    threading.stack_size(THREAD_STACK_BYTES)
    threading.Thread(target=_exit_on_hangup, args=(requests,), daemon=True).start()


def _exit_on_hangup(requests: int) -> None:
    watch = select.poll()
    watch.register(requests, 0)
    watch.poll()
    os._exit(0)


def _limit_memory(limit: int) -> None:
    """Limit the address space, which Linux can enforce; macOS cannot, and App Engine does not run on it."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        used = int(statm.read_text().split()[0]) * resource.getpagesize()
        _lower_limit(resource.RLIMIT_AS, used + limit + decoder_protocol.MAX_PAYLOAD_BYTES)


def _yield_cpu() -> None:
    """Let every other process go first, also where the kernel groups processes by session (man 7 sched)."""
    os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICENESS))


def _limit_cpu() -> None:
    """The kernel counts from the start of the process, so the limit is raised before each image."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _lower_limit(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime) + CPU_SECONDS)


def allowed_seconds(image: bytes, seconds: float) -> float:
    """Return the limit for an image; `seconds` is that for most formats."""
    try:
        return seconds * CPU_FACTORS.get(format_of(image).name, 1.0)
    except TimelineError:
        return seconds


@contextmanager
def _decoding_limit(header: dict[str, Any], seconds: float) -> Iterator[None]:
    """Let the kernel end the process by SIGPROF after so much CPU time.

    What is decoded again for WebP has kept to the limit before, and encoding takes longer than that.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds if header.get("output") == "jpeg" else 0)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)


def _lower_limit(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _handle(header: dict[str, Any], image: bytes) -> tuple[dict[str, Any], list[bytes]]:
    try:
        return _reply(RENDERERS[header["output"]](image))
    except TimelineError as refusal:
        return {"refused": refusal.code, "message": str(refusal)}, []
    except MemoryError:
        return {"refused": ImageBroken.code, "message": TOO_MUCH_MEMORY}, []


def _reply(photo: RenderedPhoto) -> tuple[dict[str, Any], list[bytes]]:
    header = {
        "width": photo.width,
        "height": photo.height,
        "placeholder": photo.placeholder.hex(),
        "images": [[each.name, each.width, each.height, each.type] for each in photo.images],
    }
    return header, [each.content for each in photo.images]


if __name__ == "__main__":
    main()
