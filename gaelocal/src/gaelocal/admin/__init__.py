"""The control plane: the APIs that the real gcloud calls when it deploys to this platform."""

from gaelocal.admin.parts import AdminParts
from gaelocal.admin.server import AdminServer

__all__ = ["AdminParts", "AdminServer"]
