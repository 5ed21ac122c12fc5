"""An OpenID Connect provider that lets anybody sign in as anybody, for development only."""

from gaelocal.identity.people import InvalidName
from gaelocal.identity.server import IdentityServer

__all__ = ["IdentityServer", "InvalidName"]
