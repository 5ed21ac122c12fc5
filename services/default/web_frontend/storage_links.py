"""Redirect to Cloud Storage for files that can be too large for a response of App Engine."""

from flask import Response, redirect


def redirect_to_storage(link: str) -> Response:
    """Keep the link from caches and other sites: anyone who has it can download the file."""
    response = redirect(link, 303, Response)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response  # type: ignore[return-value]  # it has the requested class
