"""The configured issuers of ID tokens, each with the accepted audiences."""

from collections.abc import Iterator
from dataclasses import dataclass

from timeline.interfaces import audience_of_services
from timeline.settings import Settings

ALIASES = {"accounts.google.com": "https://accounts.google.com"}
"""Google sends its `iss` with or without the scheme; both must mean the same account."""


class IssuerInvalid(Exception):
    """OIDC_MORE_ISSUERS has an invalid value. Raised at start-up, before anyone signs in."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """`url` is the `iss` of its tokens. Without `keys_url`, the discovery document names the keys' URL."""

    url: str
    audiences: frozenset[str]
    keys_url: str = ""
    discovery: str = ""

    @property
    def discovery_url(self) -> str:
        """The address that OpenID Connect Discovery 1.0 fixes, unless the configuration names another."""
        return self.discovery or f"{self.url.rstrip('/')}/.well-known/openid-configuration"


def issuers_of(settings: Settings) -> dict[str, Issuer]:
    """Return the issuers by `iss`, without those that have no audience: their tokens could be for any client.

    Raises IssuerInvalid.
    """
    main = Issuer(
        canonical_url(settings.oidc_issuer),
        frozenset(settings.oidc_audience.replace(",", " ").split()),
        discovery=settings.oidc_discovery_url,
    )
    named = [main] if main.url and main.audiences else []
    found: dict[str, Issuer] = {}
    for issuer in [*named, *_more(settings.oidc_more_issuers)]:
        before = found.get(issuer.url, issuer)
        found[issuer.url] = Issuer(
            issuer.url,
            before.audiences | issuer.audiences,
            before.keys_url or issuer.keys_url,
            before.discovery or issuer.discovery,
        )
    return found


def issuer_of_services(settings: Settings) -> dict[str, Issuer]:
    """Return the issuer of the tokens with which services call each other, if there is one."""
    url = canonical_url(settings.services_issuer or settings.oidc_issuer)
    discovery = "" if settings.services_issuer else settings.oidc_discovery_url
    audiences = frozenset({audience_of_services(settings)})
    return {url: Issuer(url, audiences, discovery=discovery)} if url else {}


def canonical_url(issuer: str) -> str:
    return ALIASES.get(issuer, issuer)


def _more(text: str) -> Iterator[Issuer]:
    for values in (entry.replace(",", " ").split() for entry in text.split(";")):
        if values:
            yield _issuer(canonical_url(values[0]), values[1:])


def _issuer(url: str, values: list[str]) -> Issuer:
    keys = [value.removeprefix("keys=") for value in values if value.startswith("keys=")]
    audiences = frozenset(value for value in values if not value.startswith("keys="))
    if not audiences or not all(_is_url(each) for each in [url, *keys]):
        raise IssuerInvalid(
            f"OIDC_MORE_ISSUERS: `{url}` must be a URL followed by audiences and, optionally, keys=URL."
        )
    return Issuer(url, audiences, keys[-1] if keys else "")


def _is_url(text: str) -> bool:
    return text.startswith(("https://", "http://"))
