"""`google.logging.v2`: entries that a client writes are shown with those of the services."""

import time
from collections.abc import Callable
from typing import Any

from google.protobuf.json_format import MessageToDict

from gaelocal.appengine.logs import Entry, Source
from gaelocal.google_api import Method, Service
from gaelocal.protobuf import logging_pb2 as messages
from gaelocal.protobuf import logging_type_pb2 as types

DIAGNOSTIC = "logging.googleapis.com/diagnostic"
"""The field of an entry in which a client tells Google its own version."""


def logging_service(keep: Callable[[Entry], None]) -> Service:
    """Return the service that passes every written entry to `keep`."""

    def write(request: messages.WriteLogEntriesRequest) -> messages.WriteLogEntriesResponse:
        if not request.dry_run:
            for entry in request.entries:
                if DIAGNOSTIC not in entry.json_payload.fields:
                    keep(_entry(entry, request))
        return messages.WriteLogEntriesResponse()

    method = Method("WriteLogEntries", messages.WriteLogEntriesRequest, write)
    return Service("google.logging.v2.LoggingServiceV2", (method,))


def _entry(entry: messages.LogEntry, request: messages.WriteLogEntriesRequest) -> Entry:
    labels = entry.resource.labels or request.resource.labels
    source = Source(labels.get("module_id", "default"), labels.get("version_id", ""))
    at = entry.timestamp.ToNanoseconds() / 1e9 if entry.HasField("timestamp") else time.time()
    fields = _fields(entry)
    message = entry.text_payload or str(fields.pop("message", ""))
    log = (entry.log_name or request.log_name).rpartition("/")[2]
    severity = types.LogSeverity.Name(entry.severity)
    return Entry(at, severity, source, log, message, entry.trace.rpartition("/")[2], fields or None)


def _fields(entry: messages.LogEntry) -> dict[str, Any]:
    if entry.HasField("json_payload"):
        return dict(MessageToDict(entry.json_payload))
    return {}
