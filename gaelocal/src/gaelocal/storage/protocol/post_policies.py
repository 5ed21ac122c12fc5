"""Signed forms: a browser uploads a file with a policy that limits what it may send.

cloud.google.com/storage/docs/authentication/signatures#policy-document
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gaelocal.storage.protocol.signatures import (
    ALGORITHM,
    Verify,
    base64_signature,
    hex_signature,
    not_signed,
)
from gaelocal.storage.state.errors import Expired, Forbidden, Invalid
from gaelocal.storage.state.records import seconds_of

MOST_POLICY = 64 * 1024
_V4 = ("x-goog-algorithm", "x-goog-credential", "x-goog-date", "x-goog-signature")
_KNOWN = frozenset(
    (
        *("key", "bucket", "acl", "content-type", "cache-control", "content-disposition", "content-encoding"),
        *(
            "content-length",
            "expires",
            "success_action_redirect",
            "success_action_status",
            "content-language",
        ),
        *("googleaccessid", "signature", "policy", "file", "x-goog-custom-time", "x-goog-storage-class"),
        *("x-goog-acl", *_V4),
    )
)
_UNCONDITIONAL = frozenset({"policy", "signature", "x-goog-signature", "googleaccessid", "file"})


@dataclass(frozen=True, slots=True)
class Sizes:
    """The allowed sizes of the file, both included."""

    least: int = 0
    most: int | None = None


def demand_policy(form: Mapping[str, str], bucket: str, verify: Verify, now: float) -> Sizes:
    """Check the signature and the conditions of a form; its names are in lower case.

    Raises:
        StorageError: it is not signed, has expired, or a field is not what the policy allows.
    """
    policy = _signed_policy(form, verify)
    _demand_time(policy, now)
    for name in form:
        if name not in _KNOWN and not name.startswith(("x-goog-meta-", "x-ignore-")):
            raise Invalid(f"Invalid argument: the form field {name[:100]!r} is unknown.")
    return _checked_conditions(policy.get("conditions"), dict(form) | {"bucket": bucket})


def _signed_policy(form: Mapping[str, str], verify: Verify) -> dict[str, Any]:
    text = form.get("policy", "")
    if "x-goog-signature" in form:
        if form.get("x-goog-algorithm") != ALGORITHM:
            raise Invalid(f"Invalid argument: x-goog-algorithm must be {ALGORITHM}.")
        email = form.get("x-goog-credential", "").partition("/")[0]
        signature = hex_signature(form["x-goog-signature"])
    elif "signature" in form:
        email, signature = form.get("googleaccessid", ""), base64_signature(form["signature"])
    else:
        raise Forbidden("Access denied: gaelocal's Cloud Storage accepts forms with a signed policy only.")
    if len(text) > MOST_POLICY or not verify(email, signature, text.encode()):
        raise not_signed()
    return _parsed(text)


def _parsed(text: str) -> dict[str, Any]:
    try:
        policy = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        policy = None
    if not isinstance(policy, dict):
        raise Invalid("The policy is not a JSON object in base64.", code="InvalidPolicyDocument")
    return policy


def _demand_time(policy: Mapping[str, Any], now: float) -> None:
    try:
        expires = seconds_of(str(policy.get("expiration")))
    except ValueError:
        raise Invalid("The policy has no valid expiration.", code="InvalidPolicyDocument") from None
    if now > expires:
        raise Expired("The policy document has expired.", code="InvalidPolicyDocument")


def _checked_conditions(conditions: object, form: Mapping[str, str]) -> Sizes:
    if not isinstance(conditions, list):
        raise Invalid("The policy has no conditions.", code="InvalidPolicyDocument")
    sizes, covered = Sizes(), set(_UNCONDITIONAL) | {"bucket"}
    for condition in conditions:
        kind, name, value = _parts(condition)
        if kind == "content-length-range":
            sizes = _range(name, value)
            continue
        field = str(name).removeprefix("$").lower()
        covered.add(field)
        found = form.get(field, "")
        holds = found.startswith(str(value)) if kind == "starts-with" else found == str(value)
        if not holds:
            raise Forbidden(f"Policy Condition failed: {json.dumps(condition)[:300]}", code="AccessDenied")
    for field in form:
        if field not in covered and not field.startswith("x-ignore-"):
            raise Forbidden(f"Policy did not reference these fields: {field[:100]}", code="AccessDenied")
    return sizes


def _parts(condition: object) -> tuple[str, Any, Any]:
    if isinstance(condition, dict) and len(condition) == 1:
        ((name, value),) = condition.items()
        return "eq", name, value
    if isinstance(condition, list) and len(condition) == 3:  # noqa: PLR2004
        kind = str(condition[0]).lower()
        if kind in ("eq", "starts-with", "content-length-range"):
            return kind, condition[1], condition[2]
    raise Invalid(
        f"A condition of the policy is not understood: {str(condition)[:200]}", code="InvalidPolicyDocument"
    )


def _range(least: object, most: object) -> Sizes:
    try:
        return Sizes(int(str(least)[:18]), int(str(most)[:18]))
    except ValueError:
        raise Invalid("content-length-range needs two numbers.", code="InvalidPolicyDocument") from None
