"""Versions side by side: deployed, listed, given traffic, stopped and deleted."""

from localcloud.appengine.releases.fleet import Fleet
from localcloud.appengine.releases.refusals import (
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
from localcloud.appengine.releases.releases import Releases
from localcloud.appengine.releases.splits import Split
from localcloud.appengine.releases.traffic import Traffic
from localcloud.appengine.releases.version import NewVersion, Version

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
