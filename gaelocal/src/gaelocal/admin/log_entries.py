"""`entries:list` of Cloud Logging v2, which `gcloud logging read` and `gcloud app logs read` call."""

from aiohttp import web

from gaelocal.admin.bodies import Resource, number_of, resource_of
from gaelocal.admin.log_filter import parse_filter
from gaelocal.admin.parts import Logs

MAX_SEARCHED = 5000  # the entries that the log buffer keeps
MAX_RETURNED = 1000
REQUEST_LOG = "appengine.googleapis.com%2Frequest_log"
LOG_IDS = {"request": REQUEST_LOG, "platform": "appengine.googleapis.com%2Fcrash.log"}
LOGGING = "logging.googleapis.com/"
SPECIAL_FIELDS = {
    "httpRequest": "httpRequest",
    f"{LOGGING}insertId": "insertId",
    f"{LOGGING}labels": "labels",
    f"{LOGGING}operation": "operation",
    f"{LOGGING}sourceLocation": "sourceLocation",
    f"{LOGGING}spanId": "spanId",
    f"{LOGGING}trace_sampled": "traceSampled",
}
"""Fields of a JSON line that Cloud Logging keeps beside the payload (https://cloud.google.com/logging/docs/structured-logging)."""
REQUEST_TYPE = "type.googleapis.com/google.appengine.logging.v1.RequestLog"


class LogViews:
    """Lists the entries of `logs`. All belong to `project`; a filter on another project matches none."""

    def __init__(self, logs: Logs, project: str) -> None:
        self._logs = logs
        self._project = project

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v2/entries:list", self._list)]

    async def _list(self, request: web.Request) -> web.Response:
        query = await resource_of(request)
        terms = parse_filter(str(query.get("filter") or ""))
        log_entries = [log_entry(row, self._project) for row in self._logs.entries(limit=MAX_SEARCHED)]
        found = [entry for entry in log_entries if all(term.matches(entry) for term in terms)]
        if not str(query.get("orderBy", "")).endswith("desc"):
            found.reverse()
        return web.json_response({"entries": found[: _limit(query)]})


def log_entry(row: Resource, project: str) -> Resource:
    """Convert a row of the log buffer to a LogEntry; a request becomes an entry of the request log."""
    labels = {"project_id": project, "module_id": row["service"], "version_id": row.get("version") or "-"}
    entry: Resource = {
        "insertId": f"{row['timestamp']}-{row['service']}",
        "logName": f"projects/{project}/logs/{LOG_IDS.get(row['log'], row['log'])}",
        "timestamp": row["timestamp"],
        "receiveTimestamp": row["timestamp"],
        "severity": row["severity"],
        "resource": {"type": "gae_app", "labels": labels},
        "labels": {"clone_id": row["instance"]} if row.get("instance") else {},
    }
    if row.get("trace"):
        entry["trace"] = f"projects/{project}/traces/{row['trace']}"
    if "httpRequest" in row:
        return entry | _request_payload(row)
    return _with_special_fields(entry, row) | _payload(row)


def _with_special_fields(entry: Resource, row: Resource) -> Resource:
    fields = row.get("fields", {})
    found = {name: fields[field] for field, name in SPECIAL_FIELDS.items() if field in fields}
    if isinstance(labels := found.pop("labels", None), dict):
        found["labels"] = entry["labels"] | labels
    return entry | found


def _payload(row: Resource) -> Resource:
    """Return the payload as in Cloud Logging: text if there is only a message, otherwise JSON."""
    fields = {name: value for name, value in row.get("fields", {}).items() if name not in SPECIAL_FIELDS}
    if not fields:
        return {"textPayload": row["message"]}
    return {"jsonPayload": {"message": row["message"], **fields} if row["message"] else fields}


def _request_payload(row: Resource) -> Resource:
    http_request = row["httpRequest"]
    return {
        "protoPayload": {
            "@type": REQUEST_TYPE,
            "requestId": row.get("request_id", ""),
            "method": http_request["requestMethod"],
            "resource": http_request["requestUrl"],
            "httpVersion": "HTTP/1.1",
            "status": http_request["status"],
            "ip": http_request["remoteIp"],
            "userAgent": http_request["userAgent"],
            "latency": f"{http_request['latencyMs'] / 1000:.6f}s",
            "responseSize": str(http_request["responseSize"]),
        }
    }


def _limit(query: Resource) -> int:
    size = int(number_of(query.get("pageSize") or MAX_RETURNED, "pageSize"))
    return max(1, min(size, MAX_RETURNED))
