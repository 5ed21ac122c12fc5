"""Redirects to files that may be too large for an answer of App Engine: Cloud Storage sends them."""

from flask import Response, redirect


def redirect_to_storage(link: str) -> Response:
    """The link is not for keeping: who has it can fetch the file, whoever they are."""
    response = redirect(link, 303, Response)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response  # type: ignore[return-value]  # of the class it was asked for
