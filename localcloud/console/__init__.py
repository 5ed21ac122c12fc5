"""The page that shows what the local cloud is doing, and the same as JSON."""

from localcloud.console.parts import ConsoleParts
from localcloud.console.server import Console

__all__ = ["Console", "ConsoleParts"]
