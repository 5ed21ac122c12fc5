"""Import clients without what nothing here uses."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

UNUSED = ("aiohttp", "chardet", "charset_normalizer")
"""Optional modules. google-auth imports aiohttp for asynchronous REST transports (8 MiB in each process),
requests one of the others to guess the encoding of texts that name none (2 MiB). Without it the encoding is
UTF-8, which is right here."""
NOTHING_TO_GUESS_WITH = "Unable to find acceptable character detection dependency"


@contextmanager
def without_unused() -> Iterator[None]:
    """Let imports find none of them, as if they were not installed; keep what is imported already."""
    modules = cast("dict[str, Any]", sys.modules)
    hidden = dict.fromkeys(name for name in UNUSED if name not in modules)
    modules.update(hidden)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", NOTHING_TO_GUESS_WITH)
            yield
    finally:
        for name in hidden:
            modules.pop(name, None)
