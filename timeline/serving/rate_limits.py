"""Limits over HTTP: who is counted, what is refused with 429, and what every answer says about it.

RateLimit and RateLimit-Policy are those of draft-ietf-httpapi-ratelimit-headers-11.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Interface, ip_address
from typing import TypeVar

from flask import Flask, Response, current_app, g, request

from timeline.errors import QuotaExceeded, RateLimited, TimelineError
from timeline.interfaces import Backends
from timeline.rate_limits.counters import RateLimitCounters, Usage
from timeline.rate_limits.limits import UNLIMITED, Limits
from timeline.serving.identity import SIGNED_IN, audience_of, claims_of_request, current_backends

View = TypeVar("View", bound=Callable[..., object])

READING = frozenset({"GET", "HEAD"})
NOT_COUNTED = frozenset({"health"})
"""Blueprints that the platform itself asks."""
PREFIX_OF_ONE_LINE = 64
"""Every line of an IPv6 network gets at least so large a network, and with it any number of addresses."""
WHO_BYTES = 16
MOST_REMEMBERED = 1_000
"""Callers whose names a process need not work out again."""


def limited(limits: Limits) -> Callable[[View], View]:
    """Count the requests to a view in limits of its own."""

    def decorate(view: View) -> View:
        view.limits = limits  # type: ignore[attr-defined]
        return view

    return decorate


def limits_of(view: Callable[..., object]) -> Limits | None:
    return getattr(view, "limits", None)


def install(app: Flask, backends: Backends, reads: Limits, writes: Limits) -> None:
    """`reads` and `writes` hold for views that name no limits; writes for those alone that need a sign-in."""
    if not backends.settings.rate_limit_scale:
        return
    tallies = RateLimitCounters(backends.cache)
    found: dict[tuple[str, str], Limits] = {}

    def count() -> None:
        endpoint = request.endpoint
        if endpoint is None:
            return
        if (endpoint, request.method) not in found:
            found[endpoint, request.method] = _limits_of(endpoint, reads, writes)
        if limits := found[endpoint, request.method]:
            _count(tallies, limits)

    app.before_request(count)
    app.after_request(_tell)


def _limits_of(endpoint: str, reads: Limits, writes: Limits) -> Limits:
    if request.method == "OPTIONS" or request.blueprint in NOT_COUNTED:
        return UNLIMITED
    view = current_app.view_functions[endpoint]
    own = limits_of(view)
    if own is not None:
        return own
    if request.method in READING:
        return reads
    return writes if audience_of(view) == SIGNED_IN else UNLIMITED


def _count(tallies: RateLimitCounters, limits: Limits) -> None:
    """Raises RateLimited or QuotaExceeded at the first limit that is passed."""
    person = _person()
    who = person or _address()
    backends = current_backends()
    g.tallies = []
    for limit in limits:
        quota = limit.quota(is_person=person is not None, scale=backends.settings.rate_limit_scale)
        if quota is not None:
            tally = tallies.count(
                _hidden(who, backends.settings.secret_key), limit, quota, backends.clock.now()
            )
            g.tallies.append(tally)
            _check(tally)


def _person() -> str | None:
    """By what signs in, so that the API and the website count together, and no account has to be read."""
    try:
        claims = claims_of_request()
    except TimelineError:
        return None
    return f"person {claims.issuer} {claims.subject}" if claims else None


def _address() -> str:
    """As the front end of App Engine saw it; what a client sends under this name, the front end removes."""
    return _line_of(request.headers.get("X-Appengine-User-IP") or request.remote_addr or "")


@lru_cache(maxsize=MOST_REMEMBERED)
def _line_of(seen: str) -> str:
    try:
        address = ip_address(seen)
    except ValueError:
        return "address unknown"
    if not isinstance(address, IPv6Address):
        return f"address {address}"
    if address.ipv4_mapped:
        return f"address {address.ipv4_mapped}"
    return f"address {IPv6Interface((int(address), PREFIX_OF_ONE_LINE)).network}"


@lru_cache(maxsize=MOST_REMEMBERED)
def _hidden(who: str, secret: str) -> str:
    """The cache keeps neither addresses nor people in the clear, not even for a minute."""
    key = hashlib.sha256(secret.encode()).digest()
    return hashlib.blake2b(who.encode(), digest_size=WHO_BYTES, key=key).hexdigest()


def _check(tally: Usage) -> None:
    if not tally.is_over:
        return
    if tally.limit.is_daily:
        raise QuotaExceeded(f"{tally.quota} of these is all there is for one day.", tally.resets)
    raise RateLimited(
        f"More than {tally.quota} of these in {tally.limit.seconds} seconds; go on in {tally.resets}.",
        tally.resets,
    )


def _tell(response: Response) -> Response:
    told: list[Usage] = g.get("tallies", [])
    if told:
        policies = (f'"{each.limit.name}";q={each.quota};w={each.limit.seconds}' for each in told)
        states = (f'"{each.limit.name}";r={each.remaining};t={each.resets}' for each in told)
        response.headers.add("RateLimit-Policy", ", ".join(policies))
        response.headers.add("RateLimit", ", ".join(states))
    return response
