"""The uploaded files on disk: a folder for each deployment with its files and app.yaml."""

import shutil
import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from gaelocal.appengine.releases.app_yaml import app_yaml
from gaelocal.appengine.releases.errors import InvalidVersion
from gaelocal.appengine.releases.version import Contents, NewVersion

READ_ONLY = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
MOST_FILES = 10_000
"""What App Engine takes for one version."""
LONGEST_PATH, LONGEST_NAME = 1024, 255
"""In bytes: what every file system takes, below a data folder with a name of its own."""


class DeploymentFiles:
    """`DATA/deployments/DEPLOYMENT/files` and `…/app.yaml`."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "deployments"

    def files(self, deployment: str) -> Path:
        return self._folder / deployment / "files"

    def app_yaml(self, deployment: str) -> Path:
        return self._folder / deployment / "app.yaml"

    def put(self, deployment: str, new: NewVersion) -> int:
        """Write everything and return the size of the files in bytes.

        Raises:
            InvalidVersion: a path leads out of the folder, or there are too many.
        """
        check_paths(new.files)
        root = self.files(deployment)
        root.mkdir(parents=True)
        self.app_yaml(deployment).write_text(app_yaml(new.service, new.resource), encoding="utf-8")
        return sum(_write(root / path, contents) for path, contents in new.files.items())

    def remove(self, deployment: str) -> None:
        shutil.rmtree(self._folder / deployment, ignore_errors=True)

    def keep_only(self, deployments: Iterable[str]) -> None:
        """Remove files that no version needs: of interrupted and replaced deployments."""
        kept = set(deployments)
        for folder in self._folder.glob("*"):
            if folder.name not in kept:
                self.remove(folder.name)


def check_paths(files: Iterable[str]) -> None:
    paths = list(files)
    if len(paths) > MOST_FILES:
        raise InvalidVersion(f"a version has at most {MOST_FILES:,} files, this one has {len(paths):,}")
    for path in paths:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or set("\0\\") & set(path):
            raise InvalidVersion(f"`{path}` is not a path below the service's folder")
        if len(path.encode()) > LONGEST_PATH or any(len(part.encode()) > LONGEST_NAME for part in parts):
            raise InvalidVersion(f"the path `{path[:100]}…` is too long")


def _write(file: Path, contents: Contents) -> int:
    """Write a file read-only, as on App Engine; folders stay writable, so that they can be removed."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(contents, bytes):
            file.write_bytes(contents)
        else:
            shutil.copyfile(contents, file)
    except (FileExistsError, IsADirectoryError, NotADirectoryError):
        raise InvalidVersion(f"`{file.name}` is both a file and a folder") from None
    file.chmod(READ_ONLY)
    return file.stat().st_size
