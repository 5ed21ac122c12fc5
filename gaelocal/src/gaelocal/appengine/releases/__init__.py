"""Versions side by side: deployed, listed, given traffic, stopped and deleted."""

from gaelocal.appengine.releases.fleet import Fleet
from gaelocal.appengine.releases.refusals import (
    BuildFailed,
    DoesNotStart,
    InvalidDispatch,
    InvalidSplit,
    InvalidVersion,
    NoSuchInstance,
    NoSuchService,
    NoSuchVersion,
    ReleaseRefused,
    StillNeeded,
    VersionStopped,
)
from gaelocal.appengine.releases.releases import Releases
from gaelocal.appengine.releases.splits import Split
from gaelocal.appengine.releases.traffic import Traffic
from gaelocal.appengine.releases.version import NewVersion, Version

__all__ = [
    "BuildFailed",
    "DoesNotStart",
    "Fleet",
    "InvalidDispatch",
    "InvalidSplit",
    "InvalidVersion",
    "NewVersion",
    "NoSuchInstance",
    "NoSuchService",
    "NoSuchVersion",
    "ReleaseRefused",
    "Releases",
    "Split",
    "StillNeeded",
    "Traffic",
    "Version",
    "VersionStopped",
]
