"""The Cloud Tasks emulator: applies queue.yaml, serves `google.cloud.tasks.v2` and v2beta3."""

from gaelocal.tasks.queue_config import QueueConfig
from gaelocal.tasks.queue_yaml import read_queues
from gaelocal.tasks.server import TasksServer

__all__ = ["QueueConfig", "TasksServer", "read_queues"]
