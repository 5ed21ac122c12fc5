"""Enforce rate limits: count callers, refuse with 429, and add the headers to every response.

RateLimit and RateLimit-Policy follow draft-ietf-httpapi-ratelimit-headers-11.
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

SAFE_METHODS = frozenset({"GET", "HEAD"})
NOT_COUNTED = frozenset({"health"})
"""Blueprints that the platform itself calls."""
IPV6_PREFIX = 64
"""One IPv6 customer has at least a network of this prefix, with any number of addresses."""
HASH_BYTES = 16
MAX_CACHED = 1_000
"""Callers whose hashed names a process caches."""


def limited(limits: Limits) -> Callable[[View], View]:
    """Set the limits of a view."""

    def decorate(view: View) -> View:
        view.limits = limits  # type: ignore[attr-defined]
        return view

    return decorate


def limits_of(view: Callable[..., object]) -> Limits | None:
    return getattr(view, "limits", None)


def install(app: Flask, backends: Backends, reads: Limits, writes: Limits) -> None:
    """`reads` and `writes` apply to views without own limits; `writes` only to views that need a sign-in."""
    if not backends.settings.rate_limit_scale:
        return
    counters = RateLimitCounters(backends.cache)
    found: dict[tuple[str, str], Limits] = {}

    def count() -> None:
        endpoint = request.endpoint
        if endpoint is None:
            return
        if (endpoint, request.method) not in found:
            found[endpoint, request.method] = _limits_of(endpoint, reads, writes)
        if limits := found[endpoint, request.method]:
            _count(counters, limits)

    app.before_request(count)
    app.after_request(_add_headers)


def _limits_of(endpoint: str, reads: Limits, writes: Limits) -> Limits:
    if request.method == "OPTIONS" or request.blueprint in NOT_COUNTED:
        return UNLIMITED
    view = current_app.view_functions[endpoint]
    own = limits_of(view)
    if own is not None:
        return own
    if request.method in SAFE_METHODS:
        return reads
    return writes if audience_of(view) == SIGNED_IN else UNLIMITED


def _count(counters: RateLimitCounters, limits: Limits) -> None:
    """Raises RateLimited or QuotaExceeded at the first limit that is exceeded."""
    person = _person()
    caller = person or _address()
    backends = current_backends()
    g.rate_limits = []
    for limit in limits:
        quota = limit.quota(is_person=person is not None, scale=backends.settings.rate_limit_scale)
        if quota is not None:
            usage = counters.count(
                _hashed(caller, backends.settings.secret_key), limit, quota, backends.clock.now()
            )
            g.rate_limits.append(usage)
            _check(usage)


def _person() -> str | None:
    """Return the issuer and subject, so that API and website count together without reading the account."""
    try:
        claims = claims_of_request()
    except TimelineError:
        return None
    return f"person {claims.issuer} {claims.subject}" if claims else None


def _address() -> str:
    """Return the address that App Engine's front end saw; it replaces this header if a client sends it."""
    return _network_of(request.headers.get("X-Appengine-User-IP") or request.remote_addr or "")


@lru_cache(maxsize=MAX_CACHED)
def _network_of(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return "address unknown"
    if not isinstance(address, IPv6Address):
        return f"address {address}"
    if address.ipv4_mapped:
        return f"address {address.ipv4_mapped}"
    return f"address {IPv6Interface((int(address), IPV6_PREFIX)).network}"


@lru_cache(maxsize=MAX_CACHED)
def _hashed(caller: str, secret: str) -> str:
    """Hash the caller: the cache never contains plain addresses or identities."""
    key = hashlib.sha256(secret.encode()).digest()
    return hashlib.blake2b(caller.encode(), digest_size=HASH_BYTES, key=key).hexdigest()


def _check(usage: Usage) -> None:
    if not usage.is_over:
        return
    if usage.limit.is_daily:
        detail = f"The limit is {usage.quota} of these requests a day. Retry after midnight UTC."
        raise QuotaExceeded(detail, usage.resets)
    detail = f"The limit is {usage.quota} of these requests in {usage.limit.seconds} seconds."
    raise RateLimited(f"{detail} Retry in {usage.resets} seconds.", usage.resets)


def _add_headers(response: Response) -> Response:
    usages: list[Usage] = g.get("rate_limits", [])
    if usages:
        policies = (f'"{each.limit.name}";q={each.quota};w={each.limit.seconds}' for each in usages)
        states = (f'"{each.limit.name}";r={each.remaining};t={each.resets}' for each in usages)
        response.headers.add("RateLimit-Policy", ", ".join(policies))
        response.headers.add("RateLimit", ", ".join(states))
    return response
