"""The diffs of docs/change-it.md; `python -m tests.docs.diffs` updates them for the current code."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.docs.clone import clone_to
from tests.docs.reading import ROOT

APPLY = ("git", "apply", "--3way", "--whitespace=error")
HOW_TO_UPDATE = (
    "the diff no longer applies: run `python -m tests.docs.diffs`,"
    " or make the change in a clone and save `git diff -U1`"
)
AS_DIFF = ("git", "diff", "--cached", "--full-index", "-U1")


def main() -> int:
    failed = [diff.name for diff in sorted((ROOT / "docs" / "diffs").glob("*.diff")) if not _update(diff)]
    if failed:
        print(f"update these by hand: {', '.join(failed)}")
    return 1 if failed else 0


def _update(diff: Path) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        clone_to(clone)
        if subprocess.run([*APPLY, str(diff)], cwd=clone, check=False, timeout=60).returncode:
            return False
        made = subprocess.run(AS_DIFF, cwd=clone, capture_output=True, check=True, timeout=60)
        diff.write_bytes(made.stdout)
        return True


if __name__ == "__main__":
    sys.exit(main())
