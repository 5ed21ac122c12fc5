"""Enforce rate limits: count callers, refuse with 429, and add the headers to every response.

RateLimit and RateLimit-Policy follow draft-ietf-httpapi-ratelimit-headers-11.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from ipaddress import IPv6Address, IPv6Interface, ip_address
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request

from timeline.accounts.users import Claims
from timeline.errors import QuotaExceeded, RateLimited, TimelineError
from timeline.interfaces import Backends
from timeline.rate_limits.counters import Quota, RateLimitCounters, Usage
from timeline.rate_limits.limits import UNLIMITED, Limits
from timeline.serving.identity import (
    SIGNED_IN,
    audience_of,
    claims_of_request,
    current_backends,
    current_view,
    read_account,
)
from timeline.settings import Settings

View = TypeVar("View", bound=Callable[..., object])

SAFE_METHODS = frozenset({"GET", "HEAD"})
NOT_COUNTED = frozenset({"health"})
"""Blueprints that the platform itself calls."""
IPV6_PREFIX = 64
"""One IPv6 customer has at least a network of this prefix, with any number of addresses."""
HASH_BYTES = 16
COUNTERS = "rate_limit_counters"
"""The name of the counters among the extensions of the app; missing if limits are disabled."""
USAGES = "timeline.rate_limit_usages"
"""The usages in the WSGI environment of a request that has already been counted."""
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
    app.extensions[COUNTERS] = counters = RateLimitCounters(backends.cache)
    found: dict[tuple[str, str], Limits] = {}

    def count() -> None:
        endpoint = request.endpoint
        if endpoint is None:
            return
        if USAGES in request.environ:
            _use(request.environ[USAGES])
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


def count_request(
    counters: RateLimitCounters,
    backends: Backends,
    limits: Limits,
    caller: Claims | str,
    beside: Callable[[], object] | None = None,
) -> Sequence[Usage]:
    """Count a request of a person or an address. By issuer and subject, API and website count together."""
    quotas = quotas_of(limits, backends.settings, is_person=isinstance(caller, Claims))
    return count_quotas(counters, backends, quotas, caller, beside)


def quotas_of(limits: Limits, settings: Settings, *, is_person: bool) -> Sequence[Quota]:
    scale = settings.rate_limit_scale
    found = ((limit, limit.quota(is_person=is_person, scale=scale)) for limit in limits)
    return [Quota(limit, requests) for limit, requests in found if requests is not None]


def count_quotas(
    counters: RateLimitCounters,
    backends: Backends,
    quotas: Sequence[Quota],
    caller: Claims | str,
    beside: Callable[[], object] | None = None,
) -> Sequence[Usage]:
    """Count a request towards the quotas of a kind of callers."""
    name = caller if isinstance(caller, str) else f"person {caller.issuer} {caller.subject}"
    hashed = _hashed(name, backends.settings.secret_key)
    return counters.count_all(hashed, quotas, backends.clock.now(), beside)


def address_of(environ: Mapping[str, Any]) -> str:
    """Return the address that App Engine's front end saw; it replaces this header if a client sends it."""
    return _network_of(environ.get("HTTP_X_APPENGINE_USER_IP") or environ.get("REMOTE_ADDR") or "")


def headers_of(usages: Sequence[Usage]) -> list[tuple[str, str]]:
    if not usages:
        return []
    policies = (f'"{each.limit.name}";q={each.quota};w={each.limit.seconds}' for each in usages)
    states = (f'"{each.limit.name}";r={each.remaining};t={each.resets}' for each in usages)
    return [("RateLimit-Policy", ", ".join(policies)), ("RateLimit", ", ".join(states))]


def _count(counters: RateLimitCounters, limits: Limits) -> None:
    """Raises RateLimited or QuotaExceeded at the first limit that is exceeded.

    The account of a signed-in caller is read at the same time, unless the caller is known to be over a limit.
    """
    claims = _claims()
    needs_account = claims and audience_of(current_view()) == SIGNED_IN
    beside = partial(read_account, claims) if claims and needs_account else None
    caller = claims or address_of(request.environ)
    _use(count_request(counters, current_backends(), limits, caller, beside))


def _use(usages: Sequence[Usage]) -> None:
    g.rate_limits = usages
    for usage in usages:
        _check(usage)


def _claims() -> Claims | None:
    """Return None for an invalid credential too."""
    try:
        return claims_of_request()
    except TimelineError:
        return None


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
    for name, value in headers_of(g.get("rate_limits", [])):
        response.headers.add(name, value)
    return response
