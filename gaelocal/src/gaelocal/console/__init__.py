"""The page that shows what the local cloud is doing, and the same as JSON."""

from gaelocal.console.parts import ConsoleParts
from gaelocal.console.server import Console

__all__ = ["Console", "ConsoleParts"]
