"""The decision pages; `python -m tests.docs.decisions` updates their list in docs/decisions/README.md."""

import re
import sys
from pathlib import Path

from tests.docs.reading import ROOT

FOLDER = ROOT / "docs" / "decisions"
LIST = FOLDER / "README.md"
STATUS = re.compile(r"^Date: \d{4}-\d{2}-\d{2}\. Status: ((?:accepted|superseded by)\b.*)\.$", re.MULTILINE)


def decisions() -> list[Path]:
    """Return the decision pages in the order of their numbers."""
    return sorted(FOLDER.glob("[0-9]*.md"))


def status_of(page: Path) -> str | None:
    """Return the status of a decision, or None if the line with date and status is missing."""
    found = STATUS.search(page.read_text())
    return found[1] if found else None


def list_entry(page: Path) -> str:
    """Return the line of the list for a decision; superseded decisions are marked."""
    title = page.read_text().splitlines()[0].removeprefix("# ")
    number, _, name = title.partition(" ")
    status = status_of(page) or ""
    mark = f" ({status})" if status.startswith("superseded") else ""
    return f"- [{number}]({page.name}) {name}{mark}"


def main() -> int:
    introduction = LIST.read_text().partition("\n- ")[0]
    LIST.write_text("\n".join([introduction, *map(list_entry, decisions())]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
