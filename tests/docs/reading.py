"""The pages of the documentation and the commands in them."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FENCE = re.compile(r"^( *)```(\S*) ?(.*?)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a block; `mark` is the word after `sh` in the fence."""

    page: Path
    text: str
    mark: str

    @property
    def words(self) -> list[str]:
        """The words of the command without the variables that are set before it."""
        return re.sub(r"^(\w+=\S* )+", "", self.text).split()


def pages() -> list[Path]:
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    return sorted(page for page in found if page.name != "CHANGELOG.md")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def commands_of(page: Path) -> list[Command]:
    blocks = [match for match in FENCE.finditer(page.read_text()) if match[2] == "sh"]
    return [Command(page, text, block[3].strip()) for block in blocks for text in _commands(block[4])]


def languages() -> set[str]:
    return {match[2] for page in pages() for match in FENCE.finditer(page.read_text())}


def _commands(block: str) -> list[str]:
    """Split a block into commands; lines are joined until bash can parse them."""
    commands: list[str] = []
    waiting = ""
    for line in block.splitlines():
        waiting += f"{line}\n"
        if waiting.strip().startswith("#") and "\n" not in waiting.strip():
            waiting = ""
        elif waiting.strip() and not line.endswith("\\") and _is_whole(waiting):
            commands.append(waiting.strip())
            waiting = ""
    assert not waiting.strip(), f"bash cannot read: {waiting}"
    return commands


def _is_whole(text: str) -> bool:
    read = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, timeout=10, check=False)
    return read.returncode == 0 and "here-document" not in read.stderr
