"""Parse and validate authorization requests (OpenID Connect Core 3.1.2, RFC 7636)."""

import re
from dataclasses import dataclass, field, replace
from typing import Self

from multidict import MultiMapping

from gaelocal.identity.addresses import is_local_address
from gaelocal.identity.codes import Grant
from gaelocal.identity.tokens import SignIn

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # a SHA-256 in base64url without padding
CLIENT_ID = re.compile(r"[!-~]{1,200}")
PROMPTS = frozenset({"none", "login", "consent", "select_account"})

Query = MultiMapping[str]


class InvalidRedirectError(Exception):
    """The request has no valid redirect address; the message says why."""


@dataclass(eq=False)
class AuthorizationError(Exception):
    """An error that is returned to the client by redirect: a standard `error` code and a description."""

    error: str
    description: str


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """The client and its redirect address, which are checked first."""

    client_id: str
    redirect_uri: str
    state: str | None

    @classmethod
    def read(cls, query: Query) -> Self:
        """Read it.

        Raises:
            InvalidRedirectError: there is no valid redirect address.
        """
        clients, addresses = query.getall("client_id", []), query.getall("redirect_uri", [])
        if len(clients) != 1 or not CLIENT_ID.fullmatch(clients[0]):
            raise InvalidRedirectError("The request must name one client_id.")
        if len(addresses) != 1:
            raise InvalidRedirectError("The request must name one redirect_uri.")
        if not is_local_address(addresses[0]):
            raise InvalidRedirectError(
                "The redirect_uri must be an http or https address of localhost, 127.0.0.1 or *.localhost."
            )
        return cls(clients[0], addresses[0], query.get("state"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A valid request."""

    back: ReturnAddress
    scope: str
    challenge: str
    nonce: str | None = None
    login_hint: str = ""
    id_token_hint: str | None = None
    max_age: int | None = None
    prompts: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def read(cls, query: Query, back: ReturnAddress) -> Self:
        """Read it.

        Raises:
            AuthorizationError: the request is invalid.
        """
        _refuse_unsupported(query)
        return cls(
            back=back,
            scope=_scope(query),
            challenge=_challenge(query),
            nonce=query.get("nonce"),
            login_hint=query.get("login_hint", ""),
            id_token_hint=query.get("id_token_hint"),
            max_age=_max_age(query),
            prompts=_prompts(query),
        )

    @property
    def is_silent(self) -> bool:
        return "none" in self.prompts

    @property
    def wants_admin(self) -> bool:
        """Return whether the client requests the `admin` scope."""
        return "admin" in self.scope.split()

    def grant_to(self, sign_in: SignIn) -> Grant:
        return Grant(
            sign_in=sign_in if self.wants_admin else replace(sign_in, is_admin=False),
            client_id=self.back.client_id,
            redirect_uri=self.back.redirect_uri,
            challenge=self.challenge,
            scope=self.scope,
            nonce=self.nonce,
        )


def _refuse_unsupported(query: Query) -> None:
    doubled = sorted({name for name in query if len(query.getall(name)) > 1})
    if doubled:
        raise AuthorizationError("invalid_request", f"{doubled[0]} is given twice")
    for name in ("request", "request_uri"):
        if name in query:
            raise AuthorizationError(f"{name}_not_supported", f"{name} is not supported")
    if "response_type" not in query:
        raise AuthorizationError("invalid_request", "response_type is missing")
    if query["response_type"] != "code":
        raise AuthorizationError("unsupported_response_type", "only response_type=code is supported")
    if query.get("response_mode", "query") != "query":
        raise AuthorizationError("invalid_request", "only response_mode=query is supported")


def _scope(query: Query) -> str:
    scope = query.get("scope", "")
    if "openid" not in scope.split():
        raise AuthorizationError("invalid_scope", "scope must contain openid")
    return scope


def _challenge(query: Query) -> str:
    challenge = query.get("code_challenge", "")
    if not challenge:
        raise AuthorizationError("invalid_request", "code_challenge is missing: PKCE is required")
    if query.get("code_challenge_method", "plain") != "S256":
        raise AuthorizationError("invalid_request", "code_challenge_method must be S256")
    if not CHALLENGE.fullmatch(challenge):
        raise AuthorizationError("invalid_request", "code_challenge must be 43 characters of base64url")
    return challenge


def _max_age(query: Query) -> int | None:
    written = query.get("max_age")
    if written is None:
        return None
    if not re.fullmatch(r"[0-9]{1,10}", written):
        raise AuthorizationError("invalid_request", "max_age must be a number of seconds")
    return int(written)


def _prompts(query: Query) -> frozenset[str]:
    prompts = frozenset(query.get("prompt", "").split())
    if prompts - PROMPTS:
        raise AuthorizationError(
            "invalid_request", f"prompt={' '.join(sorted(prompts - PROMPTS))} is not known"
        )
    if "none" in prompts and len(prompts) > 1:
        raise AuthorizationError("invalid_request", "prompt=none cannot be combined with other values")
    return prompts
