"""The files of a deployment: found in the staging bucket and checked against the manifest."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gaelocal.admin.bodies import Resource, section
from gaelocal.admin.problems import invalid, unsupported

Uploaded = Callable[[str, str], Path]
"""Gives the file of an object, by bucket and name; raises LookupError for one that is not there."""

HOST = "storage.googleapis.com"


async def uploaded_files(version: Resource, uploaded: Uploaded) -> dict[str, Path]:
    """Return the local file of each path of the version.

    Raises:
        AdminError: the manifest is invalid, or a file is missing or has another checksum.
    """
    deployment = section(version, "deployment")
    manifest = section(deployment, "files")
    if not manifest:
        sent = ", ".join(deployment) or "nothing"
        raise unsupported(f"gaelocal takes a version's `deployment.files`; this one has {sent}.")
    found = {path: _file(path, section(manifest, path), uploaded) for path in manifest}
    await asyncio.to_thread(_check, manifest, found)
    return found


def _file(path: str, entry: Resource, uploaded: Uploaded) -> Path:
    bucket, name = _place(path, str(entry.get("sourceUrl", "")))
    try:
        return uploaded(bucket, name)
    except LookupError:
        raise invalid(f"{path} was not uploaded: gs://{bucket}/{name} is not there.") from None


def _place(path: str, url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    bucket, _, name = unquote(parts.path).removeprefix("/").partition("/")
    if parts.hostname != HOST or not bucket or not name:
        raise invalid(f"{path}: `{url}` is not a sourceUrl such as https://{HOST}/BUCKET/OBJECT.")
    return bucket, name


def _check(manifest: Resource, found: Mapping[str, Path]) -> None:
    for path, file in found.items():
        wanted = str(manifest[path].get("sha1Sum", "")).replace("_", "")
        if wanted and hashlib.sha1(file.read_bytes(), usedforsecurity=False).hexdigest() != wanted:
            raise invalid(
                f"{path}: the uploaded file does not match the checksum in the manifest ({wanted})."
            )
