"""The tokens that tasks and cron jobs carry, signed by the local identity provider."""

from typing import Protocol

SERVICE_ACCOUNT = "local@gaelocal.iam.gserviceaccount.com"
"""The account under which all services run."""


class Credentials(Protocol):
    def service_account_id_token(self, email: str, audience: str) -> str:
        """Return an ID token (OIDC) of a service account."""

    def service_account_access_token(self, email: str, scope: str) -> str:
        """Return an access token (OAuth) of a service account."""
