"""The token endpoint, which exchanges a code for tokens (RFC 6749, 4.1.3)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from multidict import MultiMapping

from gaelocal.identity.codes import Codes, Grant
from gaelocal.identity.tokens import TOKEN_SECONDS, Binding, Tokens

Form = MultiMapping[str]


@dataclass(eq=False)
class TokenError(Exception):
    """An error that is returned as JSON: a standard `error` code, a description and the HTTP status."""

    error: str
    description: str
    status: int = 400


def exchange(form: Form, authorization: str | None, codes: Codes, tokens: Tokens) -> Mapping[str, str | int]:
    """Redeem the code.

    Raises:
        TokenError: the request is invalid.
    """
    _refuse_doubled(form)
    client_id = _client_id(form, authorization)
    if not form.get("grant_type"):
        raise TokenError("invalid_request", "grant_type is missing")
    if form["grant_type"] != "authorization_code":
        raise TokenError("unsupported_grant_type", "only authorization_code is supported")
    grant = _grant(form, client_id, codes)
    access = tokens.access_token(grant.sign_in.user, grant.scope)
    return {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": grant.scope,
        "id_token": tokens.id_token(grant.sign_in, client_id, bound_to=Binding(grant.nonce, access)),
    }


def _refuse_doubled(form: Form) -> None:
    doubled = sorted({name for name in form if len(form.getall(name)) > 1})
    if doubled:
        raise TokenError("invalid_request", f"{doubled[0]} is given twice")


def _client_id(form: Form, authorization: str | None) -> str:
    """Return the client ID. Any secret is accepted, because clients are not registered."""
    in_form = form.get("client_id")
    if authorization is None:
        if not in_form:
            raise TokenError("invalid_client", "client_id is missing", 401)
        return in_form
    in_header = _basic_user(authorization)
    if "client_secret" in form:
        raise TokenError("invalid_request", "the client sent its secret in two ways")
    if in_form is not None and in_form != in_header:
        raise TokenError("invalid_client", "the request has the request has two different client_ids", 401)
    return in_header


def _basic_user(authorization: str) -> str:
    scheme, _, coded = authorization.partition(" ")
    try:
        user, colon, _ = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user = colon = ""
    if scheme.lower() != "basic" or not user or not colon:
        raise TokenError("invalid_client", "the Authorization header is not Basic CLIENT:SECRET", 401)
    return unquote_plus(user)


def _grant(form: Form, client_id: str, codes: Codes) -> Grant:
    for name in ("code", "redirect_uri", "code_verifier"):
        if not form.get(name):
            raise TokenError("invalid_request", f"{name} is missing")
    grant = codes.redeem(form["code"])
    if grant is None:
        raise TokenError("invalid_grant", "the code is unknown, used or expired")
    if grant.client_id != client_id:
        raise TokenError("invalid_grant", "the code was made for another client")
    if grant.redirect_uri != form["redirect_uri"]:
        raise TokenError("invalid_grant", "the code was made for another redirect_uri")
    if not grant.is_proven_by(form["code_verifier"]):
        raise TokenError("invalid_grant", "code_verifier does not match the code_challenge")
    return grant
