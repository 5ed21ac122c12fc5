"""The reason phrases of HTTP statuses, identical in every Python version."""

from http import HTTPStatus

REASON_PHRASES = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Request Entity Too Large",
    414: "URI Too Long",
    416: "Requested Range Not Satisfiable",
    422: "Unprocessable Entity",
}
"""These four statuses have their older phrases, because Python 3.13 renamed them."""


def reason_phrase(status: int) -> str:
    return REASON_PHRASES.get(status, "Unknown")
