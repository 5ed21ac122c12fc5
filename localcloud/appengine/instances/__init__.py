"""The processes that run the services."""

from localcloud.appengine.instances.errand import Broken, Errand, NoInstance, NoSuchInstance, Unreachable
from localcloud.appengine.instances.guard import Guard
from localcloud.appengine.instances.instance import Instance
from localcloud.appengine.instances.process import launch
from localcloud.appengine.instances.running_version import RunningVersion

__all__ = [
    "Broken",
    "Errand",
    "Guard",
    "Instance",
    "NoInstance",
    "NoSuchInstance",
    "RunningVersion",
    "Unreachable",
    "launch",
]
