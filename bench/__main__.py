"""`make bench`: run the benchmarks one after the other, or only the named ones."""

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PARTS = {"__main__", "image_similarity", "metering", "operations", "real_photos"}
WITH_OWN_TARGET = {"costs", "hostile", "kill_campaign", "mail_campaign", "mail_growth"}
"""They take minutes or measure nothing; each has its own target of make."""


def main() -> int:
    names = sorted(file.stem for file in FOLDER.glob("*.py") if file.stem not in PARTS | WITH_OWN_TARGET)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"any of {', '.join(names)}; default: all")
    chosen = parser.parse_args().names or names
    status = 0
    for name in chosen:
        print(f"\n== {name}", flush=True)
        status |= subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
