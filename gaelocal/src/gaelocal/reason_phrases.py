"""The reason phrases of HTTP statuses, the same on every Python."""

from http import HTTPStatus

REASON_PHRASES = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Request Entity Too Large",
    414: "URI Too Long",
    416: "Requested Range Not Satisfiable",
    422: "Unprocessable Entity",
}
"""Python 3.13 renamed these four."""


def reason_phrase(status: int) -> str:
    return REASON_PHRASES.get(status, "Unknown")
