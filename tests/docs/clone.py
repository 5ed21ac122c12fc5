"""A clone of the tree as it lies here, with what is not committed yet."""

import shutil
import subprocess
from pathlib import Path

from tests.docs.reading import ROOT


def clone_to(target: Path) -> None:
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, timeout=60).stdout
    for name in filter(None, names.decode().split("\0")):
        if (ROOT / name).is_symlink() or (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name, follow_symlinks=False)
    who = ["-c", "user.name=reader", "-c", "user.email=reader@example.com"]
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "the tree"]):
        subprocess.run(["git", *words], cwd=target, check=True, timeout=60)
