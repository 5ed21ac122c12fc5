"""An OpenID Connect provider that lets anybody sign in as anybody, for development only."""

from localcloud.identity.people import InvalidName
from localcloud.identity.server import IdentityServer

__all__ = ["IdentityServer", "InvalidName"]
