"""A version: as it is deployed, and as it is stored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from gaelocal.appengine.project import DEV
from gaelocal.appengine.project.services import NAME
from gaelocal.appengine.releases.errors import InvalidVersion

Contents = Path | bytes
Status = Literal["SERVING", "STOPPED"]
ID = re.compile(r"(?!ah-)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
TAKEN = (DEV, "default", "latest")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """The argument of `apps.services.versions.create`.

    `files` maps each path below the service's folder to a local file, which is copied, or to its bytes.
    `resource` is the version resource of the Admin API v1 (`runtime`, `entrypoint`, `envVariables`,
    `handlers`, `automaticScaling`, `instanceClass`, `inboundServices` …) without `deployment.files`.
    """

    service: str
    id: str
    files: Mapping[str, Contents]
    resource: Mapping[str, Any]

    def check(self) -> None:
        """Check the names before anything is written.

        Raises:
            InvalidVersion: an invalid service name or version ID.
        """
        if not NAME.fullmatch(self.service):
            raise InvalidVersion(f"`{self.service}` is not a valid service name")
        if not ID.fullmatch(self.id) or self.id in TAKEN:
            raise InvalidVersion(
                f"`{self.id}` is not a version id: use lower-case letters, digits and hyphens, at most 63, "
                f"but not {', '.join(TAKEN)}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """`deployment` is new with every deploy, also of the same id (`GAE_DEPLOYMENT_ID`).

    `resource` is the deployed resource; for `dev`, it is made from app.yaml. `size` is that of the
    files in bytes; `environment` names the virtual environment it runs in. `dev` has neither.
    """

    service: str
    id: str
    deployment: str
    created: datetime
    status: Status = "SERVING"
    resource: Mapping[str, Any] = field(default_factory=dict)
    size: int = 0
    environment: str = ""
