"""Usage logs: one row per request to a bucket whose `logging` setting names a bucket for them.

The format is that of cloud.google.com/storage/docs/access-logs. Rows are written as an object each hour.
"""

import csv
import io
import secrets
from collections import defaultdict
from datetime import UTC, datetime

from aiohttp import web

from gaelocal.storage.state.errors import StorageError
from gaelocal.storage.state.records import Upload
from gaelocal.storage.state.store import Store

COLUMNS = (
    *("time_micros", "c_ip", "c_ip_type", "c_ip_region", "cs_method", "cs_uri", "sc_status", "cs_bytes"),
    *("sc_bytes", "time_taken_micros", "cs_host", "cs_referer", "cs_user_agent", "s_request_id"),
    *("cs_operation", "cs_bucket", "cs_object"),
)
MOST_ROWS = 10_000
IPV4 = "1"
Row = tuple[object, ...]


class UsageLogs:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[tuple[str, str], list[Row]] = defaultdict(list)

    def note(
        self, request: web.BaseRequest, response: web.StreamResponse, bucket_name: str, object_name: str
    ) -> None:
        """Keep a row for a request, if its bucket has usage logs."""
        bucket = self._store.database.bucket(bucket_name)
        to = bucket.setting("logging", "logBucket") if bucket else None
        if not to:
            return
        prefix = (bucket.setting("logging", "logObjectPrefix") if bucket else None) or bucket_name
        now = self._store.clock()
        asked = (int(now * 1e6), request.remote or "", IPV4, "", request.method, request.raw_path)
        answered = (response.status, request.content_length or 0, response.content_length or 0, 0)
        headers = tuple(request.headers.get(name, "") for name in ("Host", "Referer", "User-Agent"))
        rows = self._rows[to, prefix]
        rows.append((*asked, *answered, *headers, secrets.token_hex(8), "", bucket_name, object_name))
        if len(rows) >= MOST_ROWS:
            self.write()

    def write(self) -> None:
        """Write the rows as objects; they are lost if their bucket was deleted."""
        rows, self._rows = self._rows, defaultdict(list)
        for (bucket, prefix), found in rows.items():
            try:
                self._write(bucket, prefix, found)
            except StorageError:
                continue

    def _write(self, bucket: str, prefix: str, rows: list[Row]) -> None:
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
        now = self._store.clock()
        hour = datetime.fromtimestamp(now, UTC).strftime("%Y_%m_%d_%H_00_00")
        with self._store.blobs.drafted() as draft:
            draft.write(text.getvalue().encode())
            new = Upload(
                id="",
                bucket=bucket,
                name=f"{prefix}_usage_{hour}_{secrets.token_hex(6)}_v0",
                created=now,
                total=None,
                fields={"contentType": "text/csv"},
                conditions={},
            )
            self._store.add(new, draft.finish())
