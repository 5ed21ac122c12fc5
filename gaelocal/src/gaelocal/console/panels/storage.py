"""The Storage panel: buckets, folders, previews, metadata; upload, download, delete."""

from typing import Any

from aiohttp import BodyPartReader, web

from gaelocal.console.bodies import LARGEST_SHOWN, decoded
from gaelocal.console.formatting import size
from gaelocal.console.pages import Pages, address_of, attachment_disposition, back_to, form_of
from gaelocal.console.parts import ConsoleParts
from gaelocal.console.problems import ConsoleError
from gaelocal.loopback_server import FORM_ERRORS
from gaelocal.storage.state.errors import StorageError
from gaelocal.storage.state.records import Fields, StoredObject

PANEL = "storage"
BUCKET = "/storage/{bucket}"
PAGE = 100
LONGEST_FIELD = 4096
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml", "image/bmp")
MEDIA = ("audio/", "video/")
# Stored bytes are never a page of the console: they run nothing and load nothing.
CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
TEXT_FIELDS = ("contentType", "cacheControl", "contentDisposition", "contentEncoding", "contentLanguage")
EDITED = {
    "contentType": "Content type",
    "cacheControl": "Cache control",
    "contentDisposition": "Content disposition",
    "contentEncoding": "Content encoding",
    "contentLanguage": "Content language",
}


class StoragePanel:
    def __init__(self, parts: ConsoleParts, pages: Pages) -> None:
        self._storage = parts.storage
        self._pages = pages

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/storage", self._buckets),
            web.post("/storage", self._create_bucket),
            web.get(BUCKET, self._folder),
            web.post(f"{BUCKET}/upload", self._upload),
            web.post(f"{BUCKET}/delete", self._delete),
            web.post(f"{BUCKET}/delete-bucket", self._delete_bucket),
            web.get(f"{BUCKET}/object", self._object),
            web.post(f"{BUCKET}/metadata", self._change),
            web.get(f"{BUCKET}/content", self._content),
        ]

    async def _buckets(self, request: web.Request) -> web.Response:
        return self._pages.render(request, PANEL, "storage.html", buckets=self._storage.browser.buckets())

    async def _create_bucket(self, request: web.Request) -> web.Response:
        name = str((await form_of(request)).get("name", "")).strip()
        with StorageErrors():
            self._storage.browser.create_bucket(name)
        return self._pages.done(f"/storage/{name}", f"The bucket {name} was created.")

    async def _delete_bucket(self, request: web.Request) -> web.Response:
        name = request.match_info["bucket"]
        with StorageErrors():
            self._storage.browser.delete_bucket(name)
        return self._pages.done("/storage", f"The bucket {name} was deleted.")

    async def _folder(self, request: web.Request) -> web.Response:
        name, prefix = request.match_info["bucket"], request.query.get("prefix", "")
        with StorageErrors():
            bucket = self._storage.browser.bucket(name)
            page = self._storage.browser.list_folder(name, prefix, request.query.get("after", ""), PAGE)
        return self._pages.render(
            request,
            PANEL,
            "storage_folder.html",
            bucket=bucket,
            prefix=prefix,
            crumbs=_crumbs(name, prefix),
            folders=[(folder, folder.removeprefix(prefix)) for folder in page.prefixes],
            objects=[_row(found, prefix) for found in page.objects],
            more=page.next_after[0] if page.next_after else "",
            after=request.query.get("after", ""),
        )

    async def _object(self, request: web.Request) -> web.Response:
        found = self._found(request)
        prefix = found.name.rpartition("/")[0]
        resource = self._storage.browser.describe(found)
        return self._pages.render(
            request,
            PANEL,
            "storage_object.html",
            found=found,
            name=found.name,
            short=found.name.rpartition("/")[2] or found.name,
            crumbs=_crumbs(found.bucket, f"{prefix}/" if prefix else "", is_complete=True),
            kind=_preview_kind(found),
            text=self._text(found),
            resource={key: value for key, value in resource.items() if isinstance(value, str | int | bool)},
            json=resource,
            fields=found.fields,
            edited=EDITED,
            metadata="\n".join(
                f"{key}: {value}" for key, value in (found.fields.get("metadata") or {}).items()
            ),
        )

    def _text(self, found: StoredObject) -> Any:
        """Return the beginning of an object, decoded, unless the browser shows it itself."""
        if _preview_kind(found) != "text":
            return None
        content = self._storage.browser.beginning(found, LARGEST_SHOWN + 1)
        return decoded(content, found.content_type)

    async def _content(self, request: web.Request) -> web.StreamResponse:
        """Send the bytes: pictures and films as what they are, anything else as a file to save."""
        found = self._found(request)
        headers = {"Content-Security-Policy": CONTENT_POLICY, "Cross-Origin-Resource-Policy": "same-origin"}
        is_shown = _preview_kind(found) in ("image", "audio", "video") and "download" not in request.query
        if not is_shown:
            headers["Content-Disposition"] = attachment_disposition(found.name.rpartition("/")[2] or "object")
            headers["Content-Type"] = "application/octet-stream"
        return await self._storage.browser.send(request, found, headers)

    async def _upload(self, request: web.Request) -> web.Response:
        name = request.match_info["bucket"]
        try:
            with StorageErrors():
                prefix, count = await self._store_parts(name, await request.multipart())
        except FORM_ERRORS:
            raise ConsoleError(400, "invalid_form", "The form that was sent cannot be read.") from None
        if not count:
            raise ConsoleError(400, "nothing_selected", "Choose the files to upload first.")
        said = "1 file was uploaded." if count == 1 else f"{count} files were uploaded."
        return self._pages.done(address_of(f"/storage/{name}", {"prefix": prefix}), said)

    async def _store_parts(self, bucket: str, reader: Any) -> tuple[str, int]:
        """Store each file of the form below the prefix that precedes it."""
        prefix, count = "", 0
        async for part in reader:
            if not isinstance(part, BodyPartReader):
                raise ConsoleError(400, "invalid_form", "The form has nested parts.")
            if part.filename:
                kind = part.headers.get("Content-Type", "application/octet-stream")
                await self._storage.browser.upload(bucket, prefix + part.filename, kind, part)
                count += 1
            elif part.name == "prefix":
                folder = (await part.read_chunk(LONGEST_FIELD)).decode("utf-8", "replace")
                prefix = f"{folder}/" if folder and not folder.endswith("/") else folder
        return prefix, count

    async def _delete(self, request: web.Request) -> web.Response:
        bucket, form = request.match_info["bucket"], await form_of(request)
        names, folders = form.getall("name", []), form.getall("folder", [])
        if not names and not folders:
            raise ConsoleError(400, "nothing_selected", "Select the objects to delete first.")
        with StorageErrors():
            for name in names:
                self._storage.browser.delete(bucket, str(name))
            count = len(names) + sum(
                self._storage.browser.delete_folder(bucket, str(folder)) for folder in folders
            )
        said = "1 object was deleted." if count == 1 else f"{count} objects were deleted."
        return self._pages.done(back_to(form, f"/storage/{bucket}"), said)

    async def _change(self, request: web.Request) -> web.Response:
        bucket, form = request.match_info["bucket"], await form_of(request)
        name = str(form.get("name", ""))
        changes: Fields = {field: str(form[field]).strip() or None for field in TEXT_FIELDS if field in form}
        with StorageErrors():
            before = self._storage.browser.find(bucket, name).fields.get("metadata") or {}
            metadata = _metadata(str(form.get("metadata", "")))
            changes["metadata"] = {**dict.fromkeys(before), **metadata}
            self._storage.browser.change(bucket, name, changes)
        return self._pages.done(
            address_of(f"/storage/{bucket}/object", {"name": name}), "The metadata was saved."
        )

    def _found(self, request: web.Request) -> StoredObject:
        with StorageErrors():
            return self._storage.browser.find(request.match_info["bucket"], request.query.get("name", ""))


class StorageErrors:
    """A context in which an error of the storage becomes one of the console."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, StorageError):
            raise ConsoleError(error.status, error.code.lower(), error.message) from error


def _preview_kind(found: StoredObject) -> str:
    """Return image, audio, video or text; empty if the object has no preview."""
    kind = found.content_type.partition(";")[0].strip().lower()
    if found.fields.get("customerEncryption"):
        return ""
    if kind in IMAGES:
        return "image"
    if kind.startswith(MEDIA):
        return kind.partition("/")[0]
    return "text"


def _row(found: StoredObject, prefix: str) -> dict[str, Any]:
    return {
        "name": found.name,
        "short": found.name.removeprefix(prefix) or found.name,
        "size": size(found.blob.size),
        "type": found.content_type,
        "updated": found.updated,
        "is_image": _preview_kind(found) == "image",
    }


def _crumbs(bucket: str, prefix: str, *, is_complete: bool = False) -> list[tuple[str, str]]:
    """Return the links to the bucket and the folders above; `is_complete` includes the last folder."""
    links = [("Storage", "/storage"), (bucket, f"/storage/{bucket}")]
    parts = prefix.split("/")[:-1]
    for depth, part in enumerate(parts, 1):
        links.append(
            (part or "(empty)", address_of(f"/storage/{bucket}", {"prefix": "/".join(parts[:depth]) + "/"}))
        )
    return links if is_complete else links[:-1]


def _metadata(text: str) -> dict[str, str]:
    """Parse lines of `name: value`.

    Raises:
        ConsoleError: a line is not of this form.
    """
    pairs = [line.partition(":") for line in text.splitlines() if line.strip()]
    if any(not mark or not name.strip() for name, mark, _ in pairs):
        raise ConsoleError(400, "invalid_metadata", "Write metadata as lines of the form name: value.")
    return {name.strip(): value.strip() for name, _, value in pairs}
