"""All objects of Cloud Storage as files, with a list of their names and settings."""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from gaelocal.data_transfer.export_folder import CHECKSUM, checksum, file_of
from gaelocal.data_transfer.http import ask, send

SETTINGS = (
    "contentType",
    "contentEncoding",
    "contentDisposition",
    "contentLanguage",
    "cacheControl",
    "customTime",
    "metadata",
)
"""Fields of an object that its owner sets. Times, generations and access lists are not exported."""
FOLDER = "objects"
_PLAIN = re.compile(r"[\w.,@=+-][\w.,@=+ -]{0,120}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Storage:
    """Cloud Storage over its JSON API."""

    url: str
    project: str

    def buckets(self) -> list[str]:
        return [item["name"] for item in self._pages("/storage/v1/b", {"project": self.project})]

    def download(self, folder: Path) -> Iterator[dict[str, Any]]:
        """Write each live object below the folder, and yield its description."""
        for bucket in self.buckets():
            for item in self._pages(f"/storage/v1/b/{quote(bucket)}/o", {}):
                file = _file_for(folder, bucket, item["name"])
                file.parent.mkdir(parents=True, exist_ok=True)
                query = urlencode({"alt": "media", "generation": item["generation"]})
                content = send(f"{self._object(bucket, item['name'])}?{query}")
                file.write_bytes(content)
                settings = {name: item[name] for name in SETTINGS if name in item}
                relative = file.relative_to(folder).as_posix()
                own = {"bucket": bucket, "name": item["name"], "file": relative}
                yield {**own, **settings, CHECKSUM: checksum(content)}

    def create_buckets(self, names: Iterable[str]) -> None:
        """Create the buckets that do not exist."""
        existing = set(self.buckets())
        for name in names:
            if name not in existing:
                ask(f"{self.url}/storage/v1/b?{urlencode({'project': self.project})}", {"name": name})

    def upload(self, description: dict[str, Any], folder: Path) -> None:
        """Create or overwrite one object.

        Raises:
            ConfigError: its file is missing, or outside the folder.
        """
        file = file_of(folder, description)
        fields = {name: description[name] for name in ("name", *SETTINGS) if name in description}
        boundary = uuid.uuid4().hex
        kind = description.get("contentType", "application/octet-stream")
        parts = (
            f"--{boundary}\r\nContent-Type: application/json\r\n\r\n{json.dumps(fields)}\r\n".encode(),
            f"--{boundary}\r\nContent-Type: {kind}\r\n\r\n".encode(),
            file.read_bytes(),
            f"\r\n--{boundary}--\r\n".encode(),
        )
        url = f"{self.url}/upload/storage/v1/b/{quote(description['bucket'])}/o?uploadType=multipart"
        send(url, b"".join(parts), f"multipart/related; boundary={boundary}")

    def _object(self, bucket: str, name: str) -> str:
        return f"{self.url}/storage/v1/b/{quote(bucket)}/o/{quote(name, safe='')}"

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        while True:
            page = ask(f"{self.url}{path}?{urlencode(query)}")
            yield from page.get("items", [])
            if "nextPageToken" not in page:
                return
            query = {**query, "pageToken": page["nextPageToken"]}


def _file_for(folder: Path, bucket: str, name: str) -> Path:
    """Return the path that the object's name spells, or a digest where no file can have that path."""
    parts = name.split("/")
    file = folder / FOLDER / bucket / name
    is_plain = all(_PLAIN.fullmatch(part) and set(part) != {"."} for part in parts)
    if is_plain and not file.exists() and not any(parent.is_file() for parent in file.parents):
        return file
    return folder / FOLDER / bucket / "@" / hashlib.sha256(name.encode()).hexdigest()
