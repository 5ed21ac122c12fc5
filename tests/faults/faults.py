"""The faults that a proxy injects, and the plans that decide which call gets one."""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """`ERROR`: refused before the server sees it. `LOST`: the server did it, but the client gets an error.

    `DROP`: the connection is closed. `GARBAGE`: the reply is replaced by random bytes. `HANG`: no reply.
    """

    DELAY = "delay"
    ERROR = "error"
    LOST = "lost"
    DROP = "drop"
    GARBAGE = "garbage"
    HANG = "hang"


@dataclass(frozen=True, slots=True)
class Fault:
    """`seconds` is the length of a delay; `status` names a gRPC status or is the number of an HTTP status.

    Clients repeat calls that fail, unless the fault `is_final`: the request then ends at this call.
    """

    kind: Kind
    seconds: float = 0.0
    status: str = ""
    is_final: bool = False

    @property
    def grpc_status(self) -> str:
        return self.status or ("PERMISSION_DENIED" if self.is_final else "UNAVAILABLE")

    @property
    def http_status(self) -> int:
        if self.status.isdigit():
            return int(self.status)
        return 403 if self.is_final else 503

    @property
    def closes_connection(self) -> bool:
        """Return whether the client of a lost HTTP reply gets no reply at all."""
        return self.kind is Kind.DROP or (self.kind is Kind.LOST and not self.status and not self.is_final)


Plan = Callable[[str], Fault | None]
"""Takes the name of a call, such as `Commit` or `POST /b/photos/o`, and returns its fault, or None."""


def no_faults(_call: str) -> None:
    return None


class RandomFaults:
    """Make a share of all calls have a random fault; the same seed gives the same sequence of decisions."""

    def __init__(self, seed: int, share: float, faults: Sequence[Fault]) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._share = share
        self._faults = faults
        self.injected = 0

    def __call__(self, _call: str) -> Fault | None:
        with self._lock:
            if self._random.random() >= self._share:
                return None
            self.injected += 1
            return self._random.choice(self._faults)


class NthCall:
    """Apply one fault to the n-th call (from 1) of several proxies together, and count all calls."""

    def __init__(self, number: int, fault: Fault) -> None:
        self._number = number
        self._fault = fault
        self._lock = threading.Lock()
        self.calls: list[str] = []

    def __call__(self, call: str) -> Fault | None:
        with self._lock:
            self.calls.append(call)
            return self._fault if len(self.calls) == self._number else None


class Switch:
    """Apply to every call the fault that is set now, or none."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.calls = 0

    def __call__(self, _call: str) -> Fault | None:
        self.calls += 1
        return self.fault
