"""The discovery document (OpenID Connect Discovery 1.0)."""

from typing import Any

from gaelocal.identity.keys import ALGORITHM

CLAIMS = "iss sub aud exp iat auth_time nonce at_hash preferred_username name email email_verified admin"


def discovery(issuer: str, reached_at: str) -> dict[str, Any]:
    """Return the document.

    `issuer` is the address for browsers, `reached_at` the one that the client used: a service in a
    container must use the latter, because the former is the container itself.
    """
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{reached_at}/token",
        "userinfo_endpoint": f"{reached_at}/userinfo",
        "jwks_uri": f"{reached_at}/jwks.json",
        "end_session_endpoint": f"{issuer}/logout",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "scopes_supported": ["openid", "profile", "email", "admin"],
        "claims_supported": CLAIMS.split(),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "claims_parameter_supported": False,
    }
