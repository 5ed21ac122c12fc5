"""Resource names: projects/P/locations/L/queues/Q/tasks/T."""

import re
from dataclasses import dataclass

from gaelocal.google_api.errors import invalid
from gaelocal.google_api.locations import check_location_id, check_project
from gaelocal.tasks.queue_config import QUEUE_ID

LOCATION = re.compile(r"projects/([A-Za-z0-9:.-]+)/locations/([A-Za-z0-9-]+)")
TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,500}")


@dataclass(frozen=True, slots=True)
class Location:
    project: str
    id: str

    @classmethod
    def parse(cls, text: str) -> "Location":
        match = LOCATION.fullmatch(text)
        if not match:
            raise invalid(
                f'Invalid location name: "{text}". It must be formatted: '
                '"projects/<PROJECT_ID>/locations/<LOCATION_ID>"'
            )
        return cls(match[1], match[2])

    def check(self, own_project: str | None) -> "Location":
        """Check that the project is the own one, and that Google Cloud has such a location.

        Raises:
            ApiError: one of them is not the case.
        """
        check_project(self.project, own_project)
        check_location_id(self.id)
        return self

    def __str__(self) -> str:
        return f"projects/{self.project}/locations/{self.id}"


@dataclass(frozen=True, slots=True)
class QueueName:
    location: Location
    id: str

    @classmethod
    def parse(cls, text: str) -> "QueueName":
        location, found, queue_id = text.partition("/queues/")
        if not found or not LOCATION.fullmatch(location) or "/" in queue_id:
            raise invalid(
                f'Invalid queue name: "{text}". It must be formatted: '
                '"projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>"'
            )
        if not QUEUE_ID.fullmatch(queue_id):
            raise invalid(
                f'Invalid queue ID: "{queue_id}". It can contain only letters ([A-Za-z]), numbers ([0-9]) '
                "and hyphens (-), at most 100 of them."
            )
        return cls(Location.parse(location), queue_id)

    def __str__(self) -> str:
        return f"{self.location}/queues/{self.id}"


@dataclass(frozen=True, slots=True)
class TaskName:
    queue: QueueName
    id: str

    @classmethod
    def parse(cls, text: str) -> "TaskName":
        queue, found, task_id = text.partition("/tasks/")
        if not found or "/" in task_id:
            raise invalid(
                f'Invalid task name: "{text}". It must be formatted: '
                '"projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>"'
            )
        if not TASK_ID.fullmatch(task_id):
            raise invalid(
                f'Invalid task ID: "{task_id}". It can contain only letters ([A-Za-z]), numbers ([0-9]), '
                "hyphens (-) and underscores (_), at most 500 of them."
            )
        return cls(QueueName.parse(queue), task_id)

    def __str__(self) -> str:
        return f"{self.queue}/tasks/{self.id}"
