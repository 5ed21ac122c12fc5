"""The control plane: what the real gcloud talks to when it deploys into this platform."""

from gaelocal.admin.parts import AdminParts
from gaelocal.admin.server import AdminServer

__all__ = ["AdminParts", "AdminServer"]
