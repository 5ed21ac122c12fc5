"""The Cloud Scheduler API as tables of methods, for gRPC and for REST."""

import inspect
from typing import Any

from google.protobuf import empty_pb2

from gaelocal.google_api import HttpRule, Method, Service
from gaelocal.google_api.locations import locations_service
from gaelocal.google_api.methods import Handler
from gaelocal.protobuf import scheduler_pb2, scheduler_v1beta1_pb2
from gaelocal.scheduler.protocol.job_service import JobService
from gaelocal.scheduler.scheduler import Scheduler

PARENT = "{parent=projects/*/locations/*}/jobs"
NAME = "projects/*/locations/*/jobs/*"


class SchedulerApi:
    def __init__(self, scheduler: Scheduler, project: str | None = None, app_address: str = "") -> None:
        self._project = project
        domain = f"{project}.{app_address}" if project and app_address else ""
        self._jobs = JobService(scheduler, project, domain)

    def v1(self) -> Service:
        return self._service("v1", scheduler_pb2)

    def v1beta1(self) -> Service:
        return self._service("v1beta1", scheduler_v1beta1_pb2)

    def locations(self) -> Service:
        return locations_service(self._project, ("v1", "v1beta1"))

    def _service(self, version: str, messages: Any) -> Service:
        jobs = self._jobs
        calls: tuple[tuple[str, Handler, str, str, str], ...] = (
            ("ListJobs", jobs.list, "GET", PARENT, ""),
            ("GetJob", jobs.get, "GET", f"{{name={NAME}}}", ""),
            ("CreateJob", jobs.create, "POST", PARENT, "job"),
            ("UpdateJob", jobs.update, "PATCH", f"{{job.name={NAME}}}", "job"),
            ("DeleteJob", jobs.delete, "DELETE", f"{{name={NAME}}}", ""),
            ("PauseJob", jobs.pause, "POST", f"{{name={NAME}}}:pause", "*"),
            ("ResumeJob", jobs.resume, "POST", f"{{name={NAME}}}:resume", "*"),
            ("RunJob", jobs.run, "POST", f"{{name={NAME}}}:run", "*"),
        )
        methods = [
            Method(
                name,
                getattr(messages, f"{name}Request"),
                _converted(name, handler, messages),
                (HttpRule(verb, f"/{version}/{path}", body),),
            )
            for name, handler, verb, path, body in calls
        ]
        return Service(f"google.cloud.scheduler.{version}.CloudScheduler", tuple(methods))


def _converted(name: str, handler: Handler, messages: Any) -> Handler:
    """Call a handler of v1beta1 with messages of another version; they differ by missing fields only."""
    if messages is scheduler_v1beta1_pb2:
        return handler

    async def answer(request: Any) -> Any:
        beta = getattr(scheduler_v1beta1_pb2, f"{name}Request").FromString(request.SerializeToString())
        result = handler(beta)
        result = await result if inspect.isawaitable(result) else result
        if isinstance(result, empty_pb2.Empty):
            return result
        converted = getattr(messages, result.DESCRIPTOR.name).FromString(result.SerializeToString())
        converted.DiscardUnknownFields()
        return converted

    return answer
