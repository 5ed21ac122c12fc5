"""The Cloud Tasks API as tables of methods, for gRPC and for REST."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gaelocal.clock import Clock
from gaelocal.google_api import HttpRule, Method, Service
from gaelocal.google_api.iam_policies import IamPolicies
from gaelocal.google_api.locations import locations_service
from gaelocal.google_api.methods import Handler
from gaelocal.google_api.operations import FinishedOperations
from gaelocal.protobuf import iam_pb2, tasks_pb2, tasks_v2beta3_pb2
from gaelocal.tasks.protocol.batch_service import BatchService
from gaelocal.tasks.protocol.beta import beta_handler
from gaelocal.tasks.protocol.queue_service import QueueService
from gaelocal.tasks.protocol.scope import Scope
from gaelocal.tasks.protocol.task_service import TaskService
from gaelocal.tasks.queues import Queues
from gaelocal.tasks.state.queue_state import Origin
from gaelocal.tasks.state.store import Store

LOCATION = "projects/*/locations/*"
QUEUE = f"{LOCATION}/queues/*"
TASK = f"{QUEUE}/tasks/*"
Rule = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Call:
    """A method of v2; its rule is a verb, a path below the version, and the field of the body."""

    name: str
    handler: Handler
    rule: Rule
    is_writing: bool = True


class TasksApi:
    def __init__(  # noqa: PLR0913 - the parts of the emulator
        self,
        *,
        queues: Queues,
        store: Store,
        clock: Clock,
        folder: Path,
        project: str | None,
        app_address: str,
        can_sign: bool,
    ) -> None:
        self._project = project
        self._until_writable = store.until_writable
        self._operations = FinishedOperations()
        policies = IamPolicies(folder / "iam.json")
        policies.load()
        scope = Scope(queues, project, app_address)
        self._queues = QueueService(queues, scope, policies)
        self.tasks = TaskService(queues, store, clock, scope, can_sign=can_sign)
        self._batches = BatchService(self.tasks, clock, scope, self._operations)

    def grpc_services(self) -> list[Service]:
        return [self.v2(), self.v2beta3(), *self.common_services()]

    def common_services(self) -> list[Service]:
        versions = ("v2", "v2beta3")
        return [locations_service(self._project, versions), self._operations.service(*versions)]

    def v2(self) -> Service:
        methods = [
            Method(
                call.name,
                getattr(tasks_pb2, f"{call.name}Request"),
                call.handler,
                (HttpRule(call.rule[0], f"/v2/{call.rule[1]}", call.rule[2]),),
                call.is_writing,
            )
            for call in self._calls()
        ]
        return Service(
            "google.cloud.tasks.v2.CloudTasks", (*methods, *self._iam_methods("v2")), self._until_writable
        )

    def v2beta3(self) -> Service:
        return self._beta(
            {
                "CreateQueue": partial(self._queues.create, sets_burst=True),
                "UpdateQueue": partial(self._queues.update, sets_burst=True),
            }
        )

    def deploy_service(self) -> Service:
        """Return v2beta3 as `gcloud app deploy queue.yaml` sees it.

        A queue of the folder's queue.yaml is returned without its limits. gcloud sends whatever differs from
        what it reads, so it sends such a queue whole, and the deployed settings replace those of the folder.
        """
        return self._beta(
            {
                "UpdateQueue": partial(self._queues.update, origin=Origin.DEPLOYED, sets_burst=True),
                "GetQueue": self._queues.get_for_deploy,
                "ListQueues": self._queues.list_for_deploy,
            }
        )

    def _beta(self, handlers: Mapping[str, Handler]) -> Service:
        methods = [
            Method(
                call.name,
                getattr(tasks_v2beta3_pb2, f"{call.name}Request"),
                beta_handler(call.name, handlers.get(call.name, call.handler)),
                (HttpRule(call.rule[0], f"/v2beta3/{call.rule[1]}", call.rule[2]),),
                call.is_writing,
            )
            for call in self._calls()
        ]
        return Service(
            "google.cloud.tasks.v2beta3.CloudTasks",
            (*methods, *self._iam_methods("v2beta3")),
            self._until_writable,
        )

    def _calls(self) -> list[_Call]:
        queues, tasks, batches = self._queues, self.tasks, self._batches
        return [
            _Call("ListQueues", queues.list, ("GET", f"{{parent={LOCATION}}}/queues", ""), False),
            _Call("GetQueue", queues.get, ("GET", f"{{name={QUEUE}}}", ""), False),
            _Call("CreateQueue", queues.create, ("POST", f"{{parent={LOCATION}}}/queues", "queue")),
            _Call("UpdateQueue", queues.update, ("PATCH", f"{{queue.name={QUEUE}}}", "queue")),
            _Call("DeleteQueue", queues.delete, ("DELETE", f"{{name={QUEUE}}}", "")),
            _Call("PurgeQueue", queues.purge, ("POST", f"{{name={QUEUE}}}:purge", "*")),
            _Call("PauseQueue", queues.pause, ("POST", f"{{name={QUEUE}}}:pause", "*")),
            _Call("ResumeQueue", queues.resume, ("POST", f"{{name={QUEUE}}}:resume", "*")),
            _Call("ListTasks", tasks.list, ("GET", f"{{parent={QUEUE}}}/tasks", ""), False),
            _Call("GetTask", tasks.get, ("GET", f"{{name={TASK}}}", ""), False),
            _Call("CreateTask", tasks.create, ("POST", f"{{parent={QUEUE}}}/tasks", "*")),
            _Call("DeleteTask", tasks.delete, ("DELETE", f"{{name={TASK}}}", "")),
            _Call("RunTask", tasks.run, ("POST", f"{{name={TASK}}}:run", "*")),
            _Call("BatchCreateTasks", batches.create, ("POST", f"{{parent={QUEUE}}}/tasks:batchCreate", "*")),
            _Call("BatchDeleteTasks", batches.delete, ("POST", f"{{parent={QUEUE}}}/tasks:batchDelete", "*")),
            _Call(
                "GetCmekConfig",
                queues.get_cmek_config,
                ("GET", f"{{name={LOCATION}/cmekConfig}}", ""),
                False,
            ),
            _Call(
                "UpdateCmekConfig",
                queues.update_cmek_config,
                ("PATCH", f"{{cmek_config.name={LOCATION}/cmekConfig}}", "cmek_config"),
            ),
        ]

    def _iam_methods(self, version: str) -> list[Method]:
        calls = (
            ("GetIamPolicy", self._queues.get_iam_policy, "getIamPolicy"),
            ("SetIamPolicy", self._queues.set_iam_policy, "setIamPolicy"),
            ("TestIamPermissions", self._queues.test_iam_permissions, "testIamPermissions"),
        )
        return [
            Method(
                name,
                getattr(iam_pb2, f"{name}Request"),
                handler,
                (HttpRule("POST", f"/{version}/{{resource={QUEUE}}}:{verb}", "*"),),
            )
            for name, handler, verb in calls
        ]
