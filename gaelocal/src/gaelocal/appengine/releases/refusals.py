"""Why a release is refused; each message is one sentence for the person who typed the command."""


class ReleaseRefused(Exception):
    """What all of them are; nothing was changed."""


class NoSuchService(ReleaseRefused):
    """404."""


class NoSuchVersion(ReleaseRefused):
    """404."""


class NoSuchInstance(ReleaseRefused):
    """404."""


class InvalidVersion(ReleaseRefused):
    """400: the id, a path, or something in the resource cannot be."""


class InvalidSplit(ReleaseRefused):
    """400: the allocations cannot be meant as they stand."""


class InvalidDispatch(ReleaseRefused):
    """400: a rule is malformed or names no service."""


class StillNeeded(ReleaseRefused):
    """400, failed precondition: it gets traffic, or it is not a deployed one."""


class VersionStopped(ReleaseRefused):
    """400, failed precondition: a stopped version cannot be given traffic."""


class BuildFailed(ReleaseRefused):
    """The error of the operation: what requirements.txt names could not be installed."""


class DoesNotStart(ReleaseRefused):
    """The error of the operation: the version was tried and does not answer."""
