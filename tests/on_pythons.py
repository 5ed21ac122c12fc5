"""`make test-pythons`: run the suite on Python 3.13 (production) and on the newest installed version."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
PRINT_VERSION = "import ssl, sys, venv; print(*sys.version_info[:3])"

Version = tuple[int, ...]


def main(arguments: list[str]) -> int:
    """Run pytest with these arguments on each Python; return 0 where all passed or none is installed."""
    pythons = installed()
    production = production_version()
    chosen = wanted(list(pythons), production)
    if production not in [sys.version_info[:2], *(version[:2] for version in chosen)]:
        print(f"Python {written(production)}, which production runs, is not installed here: skipped")
    results = {version: run_on(version, pythons[version], arguments) for version in chosen}
    print("\nThe suite on other Pythons")
    for version, result in results.items():
        print(f"  {written(version):8} {'passed' if result == 0 else 'failed'}")
    if not results:
        print(f"  none: only Python {written(sys.version_info[:3])} is installed, and `make test` runs on it")
    return max(results.values(), default=0)


def wanted(
    found: list[Version], production: Version, current: Version = sys.version_info[:2]
) -> list[Version]:
    """Return the latest release of production's Python and the newest version, except the current one."""
    of_production = [version for version in found if version[:2] == production]
    newest = [version for version in found if version >= OLDEST]
    chosen = {max(versions) for versions in (of_production, newest) if versions}
    return sorted(version for version in chosen if version[:2] != current)


def installed() -> dict[Version, str]:
    """Return the path of each Python found, by its version; alphas and those without `ssl` are left out."""
    found: dict[Version, str] = {}
    for path in candidates():
        asked = subprocess.run([path, "-c", PRINT_VERSION], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            found.setdefault(tuple(map(int, asked.stdout.split())), path)
    return found


def candidates() -> Iterator[str]:
    """Yield pyenv's versions, then those in the PATH."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from sorted(str(path) for path in versions.glob("3.*/bin/python3"))
    for minor in range(OLDEST[1], 30):
        path = shutil.which(f"python3.{minor}")
        if path:
            yield path


def production_version() -> Version:
    text = (ROOT / "services" / "default" / "app.yaml").read_text()
    found = re.search(r"^runtime: python(\d)(\d+)$", text, re.MULTILINE)
    assert found, "app.yaml names no Python"
    return int(found[1]), int(found[2])


def run_on(version: Version, python: str, arguments: list[str]) -> int:
    """Return the environment of a Python, which is kept for the next run."""
    environment = f".venv-{written(version)}"
    command = ["make", "test", f"VENV={environment}", f"PYTHON={python}", f"ARGS={shlex.join(arguments)}"]
    print(f"\n$ {' '.join(command)}", flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def written(version: Version) -> str:
    return ".".join(map(str, version))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
