"""Name the package of the operating system that compiling a Python package needs."""

import re
from collections.abc import Iterable

RUST = "rustc and cargo"
NEEDED = {
    r"mysql_config|mariadb_config|mysql\.h\b|MYSQLCLIENT_CFLAGS": "default-libmysqlclient-dev and pkg-config",
    r"pg_config|libpq-fe\.h\b": "libpq-dev",
    r"\bPython\.h\b": "python3-dev",
    r"\bffi\.h\b": "libffi-dev",
    r"\bopenssl/\w+\.h\b": "libssl-dev",
    r"xml2-config|xslt-config|\blibxml/\w+\.h\b": "libxml2-dev and libxslt1-dev",
    r"xmlsec1": "libxmlsec1-dev",
    r"gdal-config": "libgdal-dev",
    r"\bzlib\.h\b": "zlib1g-dev",
    r"\bcmake\b": "cmake",
    r"\bcargo\b|[Rr]ust compiler": RUST,
    r"\b(?:gcc|cc|g\+\+|c\+\+|clang)\b": "build-essential",
}
"""What a message says is missing, and the packages of Debian and Ubuntu that have it."""
IS_MISSING = re.compile(
    r"not found|No such file|[Cc]an ?not find|[Cc]an't find|unable to execute|is not (?:available|installed)"
    r"|[Ff]ailed to find|not on PATH"
)


def missing_package(output: Iterable[str]) -> str:
    """Return one line that says what to install; empty if the output of pip or uv shows nothing of it."""
    failed = [line for line in output if IS_MISSING.search(line)]
    for pattern, packages in NEEDED.items():
        if found := next(filter(None, (re.search(pattern, line) for line in failed)), None):
            return (
                f"hint: compiling it needs `{found[0]}`; install the package of your operating system "
                f"that has it (Debian, Ubuntu: {packages})"
            )
    return ""


def is_for_every_release(hint: str) -> bool:
    """Return whether older releases need it, too; packages written in Rust often were not in former times."""
    return bool(hint) and RUST not in hint
