"""The child process that decodes untrusted images; decoder_sandbox.py starts it.

It reads requests from its standard input until that closes, within limits that the kernel enforces.
"""

import math
import os
import resource
import select
import sys
import threading
from pathlib import Path
from typing import Any

from timeline.errors import ImageBroken, TimelineError
from timeline.pictures import decoder_protocol
from timeline.pictures.decoder import MEMORY_LIMIT
from timeline.pictures.rendered_photo import RenderedPhoto
from timeline.pictures.renderer import render, render_as_webp

CPU_SECONDS = 10
"""Per image. The slowest valid one takes 2 on a laptop; an instance may be four times as slow."""

TOO_MUCH_MEMORY = "Decoding this picture takes more memory than one picture may have."
THREAD_STACK_BYTES = 256 * 1024
RENDERERS = {"jpeg": render, "webp": render_as_webp}


def main() -> None:
    """Serve requests; standard output is moved so that nothing a library prints reaches the reply pipe."""
    replies = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    requests = sys.stdin.fileno()
    _exit_with_parent(requests)
    _limit_memory()
    _lower_limit(resource.RLIMIT_CORE, 0)
    decoder_protocol.send(replies, {"ready": True})
    while True:
        try:
            header, parts = decoder_protocol.receive(requests)
        except EOFError:
            return
        _limit_cpu()
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


def _limit_memory() -> None:
    """Limit the address space, which Linux can enforce; macOS cannot, and App Engine does not run on it."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        used = int(statm.read_text().split()[0]) * resource.getpagesize()
        _lower_limit(resource.RLIMIT_AS, used + MEMORY_LIMIT + decoder_protocol.MAX_PAYLOAD_BYTES)


def _limit_cpu() -> None:
    """The kernel counts from the start of the process, so the limit is raised before each image."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _lower_limit(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime) + CPU_SECONDS)


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
