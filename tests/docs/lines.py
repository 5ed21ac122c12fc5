"""Links to a name in a file carry its line: `python -m tests.docs.lines` sets them anew."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.reading import pages

LINK = re.compile(r"\[`(\w+)`\]\(([^)#\s]+\.py)(?:#L(\d+))?\)")


@dataclass(frozen=True, slots=True)
class Named:
    """A link whose text is the name of something in a Python file."""

    page: Path
    text: str
    name: str
    target: Path
    line: int | None

    @property
    def defined(self) -> int | None:
        return lines_of(self.target).get(self.name)


def links() -> Iterator[Named]:
    for page in pages():
        for match in LINK.finditer(page.read_text()):
            line = int(match[3]) if match[3] else None
            yield Named(page, match[0], match[1], (page.parent / match[2]).resolve(), line)


def lines_of(file: Path) -> dict[str, int]:
    """Where each class, function and method of a file begins; the outermost wins."""
    found: dict[str, int] = {}
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.setdefault(node.name, node.lineno)
    return found


def main() -> int:
    for link in links():
        target = link.text.split("](")[1].rstrip(")").partition("#")[0]
        text = link.page.read_text()
        link.page.write_text(text.replace(link.text, f"[`{link.name}`]({target}#L{link.defined})"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
