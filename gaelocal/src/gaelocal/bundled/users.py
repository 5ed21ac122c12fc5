"""The service `user`: addresses for signing in and out at the front door."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from gaelocal.appengine.front_door.sign_in import LOGIN, LOGOUT
from gaelocal.appengine.instances import Caller
from gaelocal.bundled.errors import ApplicationError
from gaelocal.bundled.methods import Method
from gaelocal.protobuf import bundled_users_pb2 as pb

LONGEST_ADDRESS = 2000


class Users:
    def methods(self) -> Mapping[str, Method]:
        return {
            "CreateLoginURL": Method(pb.CreateLoginURLRequest, self._login),
            "CreateLogoutURL": Method(pb.CreateLogoutURLRequest, self._logout),
            "GetOAuthUser": Method(pb.GetOAuthUserRequest, self._oauth_user),
        }

    def _login(self, request: Any, caller: Caller) -> Any:
        return pb.CreateLoginURLResponse(login_url=_address(LOGIN, request.destination_url, caller))

    def _logout(self, request: Any, caller: Caller) -> Any:
        return pb.CreateLogoutURLResponse(logout_url=_address(LOGOUT, request.destination_url, caller))

    def _oauth_user(self, _request: Any, _caller: Caller) -> Any:
        raise ApplicationError(
            pb.UserServiceError.OAUTH_INVALID_REQUEST, "gaelocal has no OAuth users; use OpenID Connect"
        )


def _address(page: str, destination: str, caller: Caller) -> str:
    if len(destination) > LONGEST_ADDRESS:
        raise ApplicationError(pb.UserServiceError.REDIRECT_URL_TOO_LONG, "the destination is too long")
    return f"http://{caller.host}{page}?continue={quote(destination or '/', safe='')}"
