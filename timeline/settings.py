"""The configuration of a service, read from environment variables; nothing else reads os.environ."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

VERSION_WITHOUT_APP_ENGINE = "dev"
DEVELOPMENT_KEY = "for-development-only"
"""It is public, so it is accepted only together with emulators."""
SHORTEST_KEY = 32
"""Bytes of the shortest SECRET_KEY: as many as the SHA-256 digests that it keys (RFC 2104, section 3)."""
GOOGLE_STORAGE = "https://storage.googleapis.com"
MOST_SUMMARY_CHAINS = 36
"""As many as handles have first characters."""
MOST_INDEX_RANGES = 64
"""Each adds a query to a page that is not cached."""
MOST_READS_PER_SECOND = 1_000_000
"""More than an instance can answer."""
IS_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")
"""The form that browsers send: lower case, without path or trailing slash."""


class SecretKeyMissing(Exception):
    """Without a long secret key, anyone could forge the values that this service signs."""


class SettingInvalid(Exception):
    """An environment variable has an invalid value. Raised at start-up, before any request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each field is read from the environment variable of the same name in capitals; app.yaml sets them."""

    google_cloud_project: str = "photo-timeline"
    gae_service: str = "default"
    gae_version: str = VERSION_WITHOUT_APP_ENGINE
    gae_instance: str = "0"
    datastore_emulator_host: str = ""
    """host:port; empty means Google's own Datastore."""
    storage_emulator_host: str = ""
    """http://host:port; empty means Google's own Cloud Storage."""
    storage_public_url: str = ""
    """The storage's address for browsers, if it differs from that for services; empty means the same."""
    cloud_tasks_emulator_host: str = ""
    """host:port; empty means Google's own Cloud Tasks."""
    google_application_credentials: str = ""
    """A key file that signs download links; empty means the service's own account, by IAM."""
    tasks_location: str = "us-central1"
    """Where the queues live: the region of the App Engine application."""
    memcache_host: str = ""
    """host:port; empty means no cache."""
    photo_bucket: str = ""
    """Empty means PROJECT.appspot.com, the bucket that every App Engine application owns."""
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_security: str = "none"
    """none, starttls or tls."""
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_ca_file: str = ""
    """CA certificates for the mail server; empty means those that the system trusts."""
    mail_from: str = "Photo timeline <timeline@localhost>"
    mail_redirect_to: str = ""
    """For staging: every email goes to this address, with the intended recipient in its subject."""
    oidc_issuer: str = ""
    oidc_discovery_url: str = ""
    """The issuer's discovery document; empty means OIDC_ISSUER/.well-known/openid-configuration."""
    oidc_audience: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_more_issuers: str = ""
    """More issuers whose ID tokens the API accepts: `ISSUER AUDIENCE… [keys=URL]`, separated by `;`."""
    cors_origins: str = ""
    """Origins whose pages may call the API from a browser, separated by spaces; empty means none."""
    rate_limit_scale: float = 1.0
    """Multiplies every limit of timeline/rate_limits/limits.py; 0 disables them."""
    timeline_index_ranges: int = 1
    """Index ranges over which new photos are spread, 1 to 64 (docs/scaling.md). It may only be increased."""
    summary_chains: int = 1
    """Chains of tasks that enqueue summary emails at the same time, 1 to 36 (docs/scaling.md)."""
    busy_reads_per_second: int = 30
    """Above so many reads of everyone's page per second and instance, the page may lack photos of the last
    second; 0 means never."""
    secret_key: str = DEVELOPMENT_KEY
    """Signs cursors, sessions and unsubscribe links; the same in every service, secret in production."""
    admins: str = ""
    """Verified email addresses of the users who may open /admin, separated by spaces; empty means nobody."""
    gce_metadata_host: str = "metadata.google.internal"
    """The metadata server, which gives this service ID tokens of its own account."""
    service_account: str = ""
    """The account of all services; empty means PROJECT@appspot.gserviceaccount.com, App Engine's default."""
    services_issuer: str = ""
    """The issuer of the services' own ID tokens, if it is not OIDC_ISSUER: https://accounts.google.com."""
    public_url: str = "http://localhost:8080"
    """The website's address; links in emails start with it."""

    @property
    def bucket(self) -> str:
        return self.photo_bucket or f"{self.google_cloud_project}.appspot.com"

    @property
    def account_of_services(self) -> str:
        return self.service_account or f"{self.google_cloud_project}@appspot.gserviceaccount.com"

    @property
    def storage_origin(self) -> str:
        """The origin to which browsers send the bytes of resumable uploads."""
        parts = urlsplit(self.storage_public_url or self.storage_emulator_host or GOOGLE_STORAGE)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def discovery_url(self) -> str:
        return self.oidc_discovery_url or f"{self.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"

    @property
    def origins(self) -> frozenset[str]:
        """Raises SettingInvalid for a value that no browser sends as its Origin, such as `*`."""
        origins = frozenset(self.cors_origins.split())
        for origin in origins:
            if not IS_ORIGIN.fullmatch(origin):
                raise SettingInvalid(f"CORS_ORIGINS: `{origin}` is not an origin like https://app.example")
        return origins

    def check_secret_key(self) -> None:
        """Raises SecretKeyMissing if the key is missing, public or short and no emulator is used."""
        if self.datastore_emulator_host:
            return
        advice = "Add one long random secret to env_variables in every app.yaml."
        if self.secret_key in ("", DEVELOPMENT_KEY):
            raise SecretKeyMissing(f"SECRET_KEY is not set. {advice}")
        if len(self.secret_key.encode()) < SHORTEST_KEY:
            raise SecretKeyMissing(f"SECRET_KEY is shorter than {SHORTEST_KEY} bytes. {advice}")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        values = os.environ if environment is None else environment
        names = {field.name: field.name.upper() for field in fields(cls)}
        found = {name: values[variable] for name, variable in names.items() if variable in values}
        port = found.pop("smtp_port", "") or cls().smtp_port
        scale = _scale(found.pop("rate_limit_scale", "") or "1")
        ranges = _number(found, "TIMELINE_INDEX_RANGES", MOST_INDEX_RANGES)
        chains = _number(found, "SUMMARY_CHAINS", MOST_SUMMARY_CHAINS)
        reads = _number(
            found,
            "BUSY_READS_PER_SECOND",
            MOST_READS_PER_SECOND,
            least=0,
            default=cls().busy_reads_per_second,
        )
        key = found.pop("secret_key", "") or DEVELOPMENT_KEY
        return cls(
            smtp_port=int(port),
            rate_limit_scale=scale,
            timeline_index_ranges=ranges,
            summary_chains=chains,
            busy_reads_per_second=reads,
            secret_key=key,
            **found,
        )


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = -1.0
    if not 0.0 <= scale < float("inf"):
        raise SettingInvalid(f"RATE_LIMIT_SCALE: `{text}` is not a number of 0 or more.")
    return scale


def _number(found: dict[str, str], variable: str, most: int, *, least: int = 1, default: int = 1) -> int:
    """Remove the variable and return its value. Raises SettingInvalid."""
    text = found.pop(variable.lower(), "") or str(default)
    if not (text.isdecimal() and least <= int(text) <= most):
        raise SettingInvalid(f"{variable}: `{text}` is not a number from {least} to {most}.")
    return int(text)
