"""Versions side by side: deployed, listed, given traffic, stopped and deleted."""

from gaelocal.appengine.releases.errors import (
    BuildFailed,
    DoesNotStart,
    InvalidDispatch,
    InvalidIngress,
    InvalidScaling,
    InvalidSplit,
    InvalidVersion,
    NoSuchInstance,
    NoSuchService,
    NoSuchVersion,
    NotStored,
    ReleaseError,
    StillNeeded,
    VersionStopped,
)
from gaelocal.appengine.releases.releases import Releases
from gaelocal.appengine.releases.splits import Split
from gaelocal.appengine.releases.traffic import Traffic
from gaelocal.appengine.releases.version import NewVersion, Version
from gaelocal.appengine.releases.version_registry import VersionRegistry

__all__ = [
    "BuildFailed",
    "DoesNotStart",
    "InvalidDispatch",
    "InvalidIngress",
    "InvalidScaling",
    "InvalidSplit",
    "InvalidVersion",
    "NewVersion",
    "NoSuchInstance",
    "NoSuchService",
    "NoSuchVersion",
    "NotStored",
    "ReleaseError",
    "Releases",
    "Split",
    "StillNeeded",
    "Traffic",
    "Version",
    "VersionRegistry",
    "VersionStopped",
]
