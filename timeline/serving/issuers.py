"""Whose ID tokens count: the issuers of the configuration, each with the audiences a token must be for."""

from collections.abc import Iterator
from dataclasses import dataclass

from timeline.settings import Settings

OTHER_SPELLINGS = {"accounts.google.com": "https://accounts.google.com"}
"""Google writes its `iss` with and without the scheme; an account must not be two people for that."""


class IssuerMisspelt(Exception):
    """OIDC_MORE_ISSUERS cannot be understood; better found out at the start than by people who sign in."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """`url` is its `iss`; without `keys_url`, its discovery document says where its keys are."""

    url: str
    audiences: frozenset[str]
    keys_url: str = ""
    discovery: str = ""

    @property
    def discovery_url(self) -> str:
        """The address that OpenID Connect Discovery 1.0 fixes, unless the configuration names another."""
        return self.discovery or f"{self.url.rstrip('/')}/.well-known/openid-configuration"


def issuers_of(settings: Settings) -> dict[str, Issuer]:
    """By `iss`. An issuer without an audience is left out: tokens for anybody prove nothing to us.

    Raises IssuerMisspelt.
    """
    main = Issuer(
        usual_spelling(settings.oidc_issuer),
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


def usual_spelling(issuer: str) -> str:
    return OTHER_SPELLINGS.get(issuer, issuer)


def _more(text: str) -> Iterator[Issuer]:
    for words in (entry.replace(",", " ").split() for entry in text.split(";")):
        if words:
            yield _issuer(usual_spelling(words[0]), words[1:])


def _issuer(url: str, words: list[str]) -> Issuer:
    keys = [word.removeprefix("keys=") for word in words if word.startswith("keys=")]
    audiences = frozenset(word for word in words if not word.startswith("keys="))
    if not audiences or not all(_is_url(each) for each in [url, *keys]):
        raise IssuerMisspelt(
            f"OIDC_MORE_ISSUERS: `{url}` must be a URL, followed by audiences and perhaps by keys=URL."
        )
    return Issuer(url, audiences, keys[-1] if keys else "")


def _is_url(text: str) -> bool:
    return text.startswith(("https://", "http://"))
