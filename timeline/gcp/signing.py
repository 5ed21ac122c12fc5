"""Sign download links with a key file, or with the service's own account through IAM."""

# mypy: disable-error-code="no-untyped-call"

from functools import cached_property
from typing import Any

import google.auth
from google.auth.transport.requests import Request
from google.oauth2 import service_account

SCOPE = "https://www.googleapis.com/auth/cloud-platform"


class Signer:
    """Without a key file, as on App Engine, IAM signs; the service account needs permission for that."""

    def __init__(self, key_file: str) -> None:
        self._key_file = key_file

    def options(self) -> dict[str, Any]:
        """Return the arguments for `generate_signed_url`."""
        if self._key_file:
            return {"credentials": self._account_of_file}
        account = self._own_account
        if not account.valid:
            account.refresh(Request())
        return {"service_account_email": account.service_account_email, "access_token": account.token}

    @cached_property
    def _account_of_file(self) -> Any:
        return service_account.Credentials.from_service_account_file(self._key_file)

    @cached_property
    def _own_account(self) -> Any:
        account, _ = google.auth.default(scopes=[SCOPE])
        return account
