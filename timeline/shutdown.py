"""Tell whether this instance is about to stop, so that long work can save a checkpoint and end in time."""

import signal
import threading
from types import FrameType

_requested = threading.Event()


def install() -> None:
    """Note SIGTERM and then do what the web server does at SIGTERM. Only the main thread may call this."""
    if threading.current_thread() is not threading.main_thread():
        return
    previous = signal.getsignal(signal.SIGTERM)
    if isinstance(previous, _Handler):
        return
    signal.signal(signal.SIGTERM, _Handler(previous))


def request() -> None:
    """Note that the instance stops: the platform has sent /_ah/stop."""
    _requested.set()


def is_requested() -> bool:
    """Tell whether long work should end now; App Engine ends the process 30 seconds later."""
    return _requested.is_set()


def clear() -> None:
    """Forget the request; an instance that is started again would otherwise stop its work at once."""
    _requested.clear()


class _Handler:
    """A signal handler that notes the signal and calls the one that was installed before."""

    def __init__(self, previous: object) -> None:
        self._previous = previous

    def __call__(self, number: int, frame: FrameType | None) -> None:
        _requested.set()
        if callable(self._previous):
            self._previous(number, frame)
        elif self._previous == signal.SIG_DFL:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
