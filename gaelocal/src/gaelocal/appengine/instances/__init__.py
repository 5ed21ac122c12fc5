"""The processes that run the services."""

from gaelocal.appengine.instances.errand import Broken, Errand, NoInstance, NoSuchInstance, Unreachable
from gaelocal.appengine.instances.guard import Guard
from gaelocal.appengine.instances.instance import Instance
from gaelocal.appengine.instances.process import launch
from gaelocal.appengine.instances.running_version import RunningVersion

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
