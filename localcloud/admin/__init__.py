"""The control plane: what the real gcloud talks to when it deploys into this platform."""

from localcloud.admin.parts import AdminParts
from localcloud.admin.server import AdminServer

__all__ = ["AdminParts", "AdminServer"]
