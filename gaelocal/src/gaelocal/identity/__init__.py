"""An OpenID Connect provider that lets anybody sign in as anybody, for development only."""

from gaelocal.identity.server import IdentityServer
from gaelocal.identity.users import InvalidName

__all__ = ["IdentityServer", "InvalidName"]
