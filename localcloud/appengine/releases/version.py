"""A version: as it is handed in, and as it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

Contents = Path | bytes
Status = Literal["SERVING", "STOPPED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """What `apps.services.versions.create` is given.

    `files` maps each path below the service's folder to a local file, which is copied, or to its bytes.
    `resource` is the version resource of the Admin API v1 (`runtime`, `entrypoint`, `envVariables`,
    `handlers`, `automaticScaling`, `instanceClass`, `inboundServices` …) without `deployment.files`.
    """

    service: str
    id: str
    files: Mapping[str, Contents]
    resource: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """`deployment` is new with every deploy, also of the same id (`GAE_DEPLOYMENT_ID`).

    `resource` is what was handed in; for `dev`, what app.yaml says, in the same words. `size` is that of the
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
