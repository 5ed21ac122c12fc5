"""The process in which untrusted pictures are decoded, started by lab.py.

It reads orders from its standard input until that ends, within limits that the kernel keeps.
"""

import math
import os
import resource
import select
import sys
import threading
from pathlib import Path
from typing import Any

from timeline.errors import ImageBroken, Refusal
from timeline.pictures import lab_wire
from timeline.pictures.darkroom import MEMORY_CEILING, Development, develop, develop_as_webp

CPU_SECONDS = 10
"""For one picture. The slowest honest one takes 2 on a laptop; an instance may be four times as slow."""

TOO_MUCH_MEMORY = "Decoding this picture takes more memory than one picture may have."
STACK = 256 * 1024
WAYS = {"jpeg": develop, "webp": develop_as_webp}


def main() -> None:
    """Nothing but answers may reach the pipe, whatever a library prints."""
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    orders = sys.stdin.fileno()
    _end_with_the_service(orders)
    _limit_memory()
    _lower(resource.RLIMIT_CORE, 0)
    lab_wire.send(answers, {"ready": True})
    while True:
        try:
            head, parts = lab_wire.receive(orders)
        except EOFError:
            return
        _limit_cpu()
        answer, contents = _answer(head, *parts)
        lab_wire.send(answers, answer, *contents)


def _end_with_the_service(orders: int) -> None:
    """A service that was killed closes no pipe by hand, yet its end of ours is gone: also in mid-picture."""
    threading.stack_size(STACK)
    threading.Thread(target=_exit_at_hangup, args=(orders,), daemon=True).start()


def _exit_at_hangup(orders: int) -> None:
    watch = select.poll()
    watch.register(orders, 0)
    watch.poll()
    os._exit(0)


def _limit_memory() -> None:
    """Address space, because that is what the kernel can refuse; a Mac cannot, and is no instance."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        taken = int(statm.read_text().split()[0]) * resource.getpagesize()
        _lower(resource.RLIMIT_AS, taken + MEMORY_CEILING + lab_wire.MOST_BYTES)


def _limit_cpu() -> None:
    """The kernel counts from the start of the process, so the limit moves on with every picture."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime) + CPU_SECONDS)


def _lower(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _answer(head: dict[str, Any], image: bytes) -> tuple[dict[str, Any], list[bytes]]:
    try:
        return _told(WAYS[head["way"]](image))
    except Refusal as refusal:
        return {"refused": refusal.code, "message": str(refusal)}, []
    except MemoryError:
        return {"refused": ImageBroken.code, "message": TOO_MUCH_MEMORY}, []


def _told(development: Development) -> tuple[dict[str, Any], list[bytes]]:
    prints = development.prints
    head = {
        "width": development.width,
        "height": development.height,
        "placeholder": development.placeholder.hex(),
        "prints": [[each.name, each.width, each.height, each.type] for each in prints],
    }
    return head, [each.content for each in prints]


if __name__ == "__main__":
    main()
