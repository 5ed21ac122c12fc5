"""Send the request of a job: to the app, or to an address outside it."""

import re
from datetime import UTC, datetime
from typing import Any

from gaelocal.credentials import Credentials
from gaelocal.delivery import Deliver, Delivery
from gaelocal.google_api.http_requests import METHODS, HttpCall, authorization, own_headers
from gaelocal.http_sender import HttpSender
from gaelocal.protobuf import scheduler_v1beta1_pb2
from gaelocal.scheduler.job import Job

APP_ENGINE_AGENT = "AppEngine-Google; (+http://code.google.com/appengine)"
HTTP_AGENT = "Google-Cloud-Scheduler"


class JobSender:
    def __init__(self, deliver: Deliver, credentials: Credentials | None = None) -> None:
        self._deliver = deliver
        self._credentials = credentials
        self._http = HttpSender()

    async def close(self) -> None:
        await self._http.close()

    async def send(self, job: Job, job_id: str, scheduled: float) -> int:
        """Send one attempt and return the HTTP status.

        Raises:
            DeliveryFailed: there was no response.
        """
        if job.is_cron:
            return (await self._deliver(cron_delivery(job, scheduled))).status
        message = scheduler_v1beta1_pb2.Job.FromString(job.request)
        if message.HasField("http_target"):
            delivery = http_delivery(job, job_id, message.http_target, scheduled, self._credentials)
            return (await self._http.send(delivery)).status
        delivery = app_engine_delivery(job, job_id, message.app_engine_http_target, scheduled)
        return (await self._deliver(delivery)).status


def cron_delivery(job: Job, scheduled: float) -> Delivery:
    """Return the GET of a job of cron.yaml; without a target dispatch.yaml decides where it goes.

    The target can name a version, as `VERSION.SERVICE` or `VERSION-dot-SERVICE`.
    """
    service, version = _parts(job.target)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", job.url).strip("-") or "root"
    headers = {"User-Agent": APP_ENGINE_AGENT, "X-Appengine-Cron": "true"}
    return Delivery(
        path=job.url,
        service=service,
        version=version,
        headers=headers | _scheduler_headers(name, scheduled),
        deadline=job.attempt_deadline,
    )


def app_engine_delivery(job: Job, job_id: str, target: Any, scheduled: float) -> Delivery:
    routing = target.app_engine_routing
    headers = own_headers(target.headers)
    if target.body:
        headers.setdefault("Content-Type", "application/octet-stream")
    agent = headers.pop("User-Agent", "")
    headers["User-Agent"] = f"{agent} {APP_ENGINE_AGENT}".lstrip()
    return Delivery(
        path=target.relative_uri,
        service=routing.service or None,
        version=routing.version or None,
        instance=routing.instance or None,
        method=METHODS[target.http_method],
        headers=headers | _scheduler_headers(job_id, scheduled),
        body=target.body,
        deadline=job.attempt_deadline,
    )


def http_delivery(
    job: Job, job_id: str, target: Any, scheduled: float, credentials: Credentials | None
) -> Delivery:
    """Return the request to an address outside the app; its `path` is the whole URL."""
    kind = target.WhichOneof("authorization_header")
    token = getattr(target, kind) if kind else None
    headers = own_headers(target.headers) | {"User-Agent": HTTP_AGENT}
    if target.body:
        headers.setdefault("Content-Type", "application/octet-stream")
    call = HttpCall(target.uri, METHODS[target.http_method], headers, token)
    return Delivery(
        path=call.url,
        method=call.method,
        headers=headers | _scheduler_headers(job_id, scheduled) | authorization(call, credentials),
        body=target.body,
        deadline=job.attempt_deadline,
    )


def _parts(target: str | None) -> tuple[str | None, str | None]:
    if target is None:
        return None, None
    version, found, service = target.replace("-dot-", ".").rpartition(".")
    return service, version if found else None


def _scheduler_headers(name: str, scheduled: float) -> dict[str, str]:
    moment = datetime.fromtimestamp(scheduled, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "X-Cloudscheduler": "true",
        "X-Cloudscheduler-Jobname": name,
        "X-Cloudscheduler-Scheduletime": moment,
    }
