"""An OpenID Connect provider for development, where anyone can sign in as any user."""

from gaelocal.identity.server import IdentityServer
from gaelocal.identity.users import InvalidName

__all__ = ["IdentityServer", "InvalidName"]
