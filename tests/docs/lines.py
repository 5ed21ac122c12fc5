"""Links to a name in a Python file include its line; `python -m tests.docs.lines` updates the numbers."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.reading import pages

MAXIMUM_DISTANCE = 15
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
    def defined(self) -> range:
        """The lines of the definition; empty if there is none."""
        return definitions_in(self.target).get(self.name, range(0))

    @property
    def is_near_definition(self) -> bool:
        """Tell whether the line is in the definition or a few lines above it."""
        near = range(self.defined.start - MAXIMUM_DISTANCE, self.defined.stop)
        return self.line is not None and self.line in near


def links() -> Iterator[Named]:
    for page in pages():
        for match in LINK.finditer(page.read_text()):
            line = int(match[3]) if match[3] else None
            yield Named(page, match[0], match[1], (page.parent / match[2]).resolve(), line)


def definitions_in(file: Path) -> dict[str, range]:
    """Return the lines of each class, function and method of a file; of equal names, the outermost."""
    found: dict[str, range] = {}
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.setdefault(node.name, range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return found


def main() -> int:
    for link in links():
        if not link.defined:
            print(f"{link.page.name}: {link.name} is not in {link.target.name}")
            continue
        target = link.text.split("](")[1].rstrip(")").partition("#")[0]
        text = link.page.read_text()
        link.page.write_text(text.replace(link.text, f"[`{link.name}`]({target}#L{link.defined.start})"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
