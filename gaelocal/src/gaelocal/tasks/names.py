"""Resource names: projects/P/locations/L/queues/Q/tasks/T."""

import re
from dataclasses import dataclass

from gaelocal.tasks.queue_config import QUEUE_ID
from gaelocal.tasks.refusal import invalid

LOCATION = re.compile(r"projects/[A-Za-z0-9:.-]+/locations/[A-Za-z0-9-]+")
TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,500}")


@dataclass(frozen=True, slots=True)
class QueueName:
    """A queue is known by its id alone; the location is what the caller wrote, and is told back to him."""

    location: str
    id: str

    @classmethod
    def parse(cls, text: str) -> "QueueName":
        location, found, queue_id = text.partition("/queues/")
        if not found or not LOCATION.fullmatch(location) or "/" in queue_id:
            raise invalid(
                f'"{text}" is no queue name. It must be formatted: '
                '"projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>"'
            )
        if not QUEUE_ID.fullmatch(queue_id):
            raise invalid(
                f'"{queue_id}" is no queue ID. It can contain only letters ([A-Za-z]), numbers ([0-9]) '
                "and hyphens (-), at most 100 of them."
            )
        return cls(location, queue_id)

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
                f'"{text}" is no task name. It must be formatted: '
                '"projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>"'
            )
        if not TASK_ID.fullmatch(task_id):
            raise invalid(
                f'"{task_id}" is no task ID. It can contain only letters ([A-Za-z]), numbers ([0-9]), '
                "hyphens (-) and underscores (_), at most 500 of them."
            )
        return cls(QueueName.parse(queue), task_id)

    def __str__(self) -> str:
        return f"{self.queue}/tasks/{self.id}"


def check_location(text: str) -> str:
    if not LOCATION.fullmatch(text):
        raise invalid(
            f'"{text}" is no location name. It must be formatted: '
            '"projects/<PROJECT_ID>/locations/<LOCATION_ID>"'
        )
    return text
