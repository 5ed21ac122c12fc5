"""Errors of deployments and traffic changes; each message is one sentence for the user of the command."""


class ReleaseError(Exception):
    """Base of these errors; nothing was changed."""


class NoSuchService(ReleaseError):
    """404."""


class NoSuchVersion(ReleaseError):
    """404."""


class NoSuchInstance(ReleaseError):
    """404."""


class InvalidVersion(ReleaseError):
    """400: the ID, a path, or the resource is invalid."""


class InvalidSplit(ReleaseError):
    """400: the allocations are invalid."""


class InvalidDispatch(ReleaseError):
    """400: a rule is malformed or names a service that does not exist."""


class StillNeeded(ReleaseError):
    """400, failed precondition: the version gets traffic or was not deployed."""


class InvalidIngress(ReleaseError):
    """400: an unknown ingress setting."""


class InvalidScaling(ReleaseError):
    """400: a number of instances that the version's scaling does not allow."""


class VersionStopped(ReleaseError):
    """400, failed precondition: a stopped version cannot be given traffic."""


class NotStored(ReleaseError):
    """503: the change cannot be written to the disk."""


class BuildFailed(ReleaseError):
    """The error of the operation: requirements.txt could not be installed."""


class SystemPackageMissing(BuildFailed):
    """The same, because the operating system lacks what each release of a package is compiled with."""


class DoesNotStart(ReleaseError):
    """The error of the operation: the version was started and does not respond."""
