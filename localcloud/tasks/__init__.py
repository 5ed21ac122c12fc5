"""Cloud Tasks on a laptop: obeys queue.yaml, speaks `google.cloud.tasks.v2`."""

from localcloud.tasks.queue_config import QueueConfig
from localcloud.tasks.queue_yaml import read_queues
from localcloud.tasks.server import TasksServer

__all__ = ["QueueConfig", "TasksServer", "read_queues"]
