"""The diffs of the book are made anew for the code of today: `python -m tests.docs.diffs`."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.docs.clone import clone_to
from tests.docs.reading import ROOT

APPLY = ("git", "apply", "--3way", "--whitespace=error")
MEND = (
    "it no longer fits: `python -m tests.docs.diffs` mends it, or mend it in a clone and write `git diff -U1`"
)
AS_DIFF = ("git", "diff", "--cached", "--full-index", "-U1")


def main() -> int:
    failed = [diff.name for diff in sorted((ROOT / "docs" / "diffs").glob("*.diff")) if not _mend(diff)]
    if failed:
        print(f"to be mended by hand: {', '.join(failed)}")
    return 1 if failed else 0


def _mend(diff: Path) -> bool:
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
