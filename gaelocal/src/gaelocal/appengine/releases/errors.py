"""Why a release is refused; each message is one sentence for the person who typed the command."""


class ReleaseError(Exception):
    """What all of them are; nothing was changed."""


class NoSuchService(ReleaseError):
    """404."""


class NoSuchVersion(ReleaseError):
    """404."""


class NoSuchInstance(ReleaseError):
    """404."""


class InvalidVersion(ReleaseError):
    """400: the id, a path, or something in the resource cannot be."""


class InvalidSplit(ReleaseError):
    """400: the allocations cannot be meant as they stand."""


class InvalidDispatch(ReleaseError):
    """400: a rule is malformed or names no service."""


class StillNeeded(ReleaseError):
    """400, failed precondition: it gets traffic, or it is not a deployed one."""


class VersionStopped(ReleaseError):
    """400, failed precondition: a stopped version cannot be given traffic."""


class BuildFailed(ReleaseError):
    """The error of the operation: what requirements.txt names could not be installed."""


class DoesNotStart(ReleaseError):
    """The error of the operation: the version was tried and does not answer."""
