"""`make bench`: every measured claim of the README, one after the other; each also runs alone."""

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PARTS = {"__main__", "likeness", "metering", "operations", "real_photos"}
OWN_WORDS = {"costs", "hostile", "kill_campaign", "mail_campaign", "mail_growth"}
"""Minutes each, or no measurement: `make` has a word for each."""


def main() -> int:
    names = sorted(file.stem for file in FOLDER.glob("*.py") if file.stem not in PARTS | OWN_WORDS)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"any of {', '.join(names)}; all of them without one")
    chosen = parser.parse_args().names or names
    status = 0
    for name in chosen:
        print(f"\n== {name}", flush=True)
        status |= subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
