"""`make drill NAME=slow-storage`: run one drill, or list them."""

import argparse
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from bench.drills.scripts import DRILLS, small_disk
from bench.drills.stage import a_stage


def main() -> int:
    parser = argparse.ArgumentParser(prog="make drill", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(DRILLS), metavar="NAME")
    parser.add_argument("--pause", action="store_true", help="wait for Enter while the failure lasts")
    arguments = parser.parse_args()
    if arguments.name is None:
        for name, (title, _) in DRILLS.items():
            print(f"  make drill NAME={name:14} {title}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return run_drill(arguments.name, Path(folder), pauses=arguments.pause)


def run_drill(name: str, folder: Path, *, pauses: bool = False) -> int:
    """Run a drill; return the number of checks that failed."""
    title, script = DRILLS[name]
    print(f"Drill: {title}", flush=True)
    with small_disk(folder / "disk") if name == "full-disk" else nullcontext(folder) as data:
        if data is None:
            print("  This drill mounts a small disk and needs root: run it with sudo.")
            return 0
        with a_stage(folder, pauses=pauses, data=data) as stage:
            script(stage)
    result = f"{stage.failed} checks failed." if stage.failed else "Everything held."
    print(f"  {result} See docs/drills.md.")
    return stage.failed


if __name__ == "__main__":
    sys.exit(main())
