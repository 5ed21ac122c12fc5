"""Options that treat instances as in production: scaling, memory, files, deadlines."""

from dataclasses import dataclass, field
from typing import Literal

from gaelocal.appengine.installers import Installer

Scaling = Literal["development", "production"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeOptions:
    """The options of `gaelocal run` that concern instances.

    With the scaling `development`, a service of the project's folder has one instance, which keeps running,
    unless its scaling is manual. `memory_limits` enforces the limits of the instance classes. `read_only`
    lets instances write only to the temporary folder. `request_seconds` shortens the ten minutes that a
    request to a service with automatic scaling may take; 0 does not. `installer` installs requirements.txt.
    """

    scaling: Scaling = "development"
    memory_limits: bool = False
    read_only: bool = False
    request_seconds: float = 0.0
    installer: Installer = field(default_factory=Installer)
