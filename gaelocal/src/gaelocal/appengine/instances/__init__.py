"""The processes that run the services."""

from gaelocal.appengine.instances.api_tickets import ApiTickets, Caller
from gaelocal.appengine.instances.instance import Instance
from gaelocal.appengine.instances.instance_request import (
    Broken,
    InstanceRequest,
    InstanceStopped,
    NoInstance,
    NoSuchInstance,
    Unreachable,
)
from gaelocal.appengine.instances.process import launch
from gaelocal.appengine.instances.reaper import Reaper
from gaelocal.appengine.instances.running_version import RunningVersion

__all__ = [
    "ApiTickets",
    "Broken",
    "Caller",
    "Instance",
    "InstanceRequest",
    "InstanceStopped",
    "NoInstance",
    "NoSuchInstance",
    "Reaper",
    "RunningVersion",
    "Unreachable",
    "launch",
]
