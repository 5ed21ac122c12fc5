"""`make bench-peers`: install what benchmarks compare with; without it they compare with less.

libvips is a development requirement. memcached, wrk and Java are installed with apt-get, Google's emulators
with gcloud. If that is not possible here, the command to run is printed.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench import datastore_calls, warm_pages

PACKAGES = {"memcached": "memcached", "wrk": "wrk", "java": "default-jre-headless"}
"""The Debian package of each program."""
EMULATORS = ("cloud-datastore-emulator", "cloud-firestore-emulator")


def main() -> int:
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(f"Flask-Caching: {warm_pages.peer_python()}")
    return int(not (install_packages() & install_emulators()))


def install_packages() -> bool:
    missing = [package for program, package in PACKAGES.items() if shutil.which(program) is None]
    if not missing:
        print(f"{', '.join(PACKAGES)}: installed")
        return True
    rights = [] if os.geteuid() == 0 else ["sudo"]
    return ran([*rights, "apt-get", "install", "--yes", *missing])


def install_emulators() -> bool:
    platform = datastore_calls.gcloud_platform()
    if platform is None:
        print("Google's emulators: install gcloud first, https://cloud.google.com/sdk/docs/install")
        return False
    missing = [name for name in EMULATORS if not Path(platform, name).exists()]
    if not missing:
        print(f"{', '.join(EMULATORS)}: installed")
        return True
    return ran(["gcloud", "components", "install", "--quiet", *missing])


def ran(command: list[str]) -> bool:
    """Run a command; if it fails or does not exist, say what to run."""
    print(" ".join(command), flush=True)
    if shutil.which(command[0]) and subprocess.run(command, check=False).returncode == 0:
        return True
    print(f"this failed; run it yourself: {' '.join(command)}")
    return False


if __name__ == "__main__":
    sys.exit(main())
