"""The console: a page with the state of the platform, and the same as JSON."""

from gaelocal.console.parts import ConsoleParts
from gaelocal.console.server import Console

__all__ = ["Console", "ConsoleParts"]
