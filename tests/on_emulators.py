"""`make test-emulators`: run the suite on each of Google's emulators and print a table of results."""

import re
import shutil
import subprocess
import sys

SUMMARY = re.compile(r"\d+ (?:passed|failed|skipped|errors?|deselected)")


def main(words: list[str]) -> int:
    if shutil.which("gcloud") is None:
        print("gcloud is not installed: the suite on Google's emulators is skipped")
        return 0
    rows = [(name, *run_on(name, words)) for name in ("google", "google-stale", "firestore")]
    print("\nThe suite on Google's emulators")
    for name, _, summary in rows:
        print(f"  {name:14} {summary}")
    return max(status for _, status, _ in rows)


def run_on(datastore: str, words: list[str]) -> tuple[int, str]:
    """Run pytest on one emulator; return its exit status and counts."""
    command = [sys.executable, "-m", "pytest", f"--datastore={datastore}", *words]
    print(f"\n$ pytest --datastore={datastore}", flush=True)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    last = ""
    for line in process.stdout:
        print(line, end="", flush=True)
        last = line if SUMMARY.search(line) else last
    return process.wait(), ", ".join(SUMMARY.findall(last))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
