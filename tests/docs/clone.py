"""A clone of the repository that includes uncommitted changes and can read the history."""

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
    subprocess.run(["git", "init", "-q"], cwd=target, check=True, timeout=60)
    _share_history_with(target)
    author = ["-c", "user.name=reader", "-c", "user.email=reader@example.com"]
    for words in (["add", "-A"], [*author, "commit", "-qm", "the tree"]):
        subprocess.run(["git", *words], cwd=target, check=True, timeout=60)


def _share_history_with(target: Path) -> None:
    """Let the clone use the objects of this repository, which `git apply --3way` needs."""
    asked = ["git", "rev-parse", "--path-format=absolute", "--git-common-dir"]
    ours = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    (target / ".git/objects/info/alternates").write_text(f"{ours.stdout.strip()}/objects\n")
