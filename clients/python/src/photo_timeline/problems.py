"""Why something was not done."""

import requests


class Unreachable(Exception):
    """No answer came, however often it was asked for. Nobody can say whether the last try was done."""


class Problem(Exception):
    """The server refused (RFC 9457): decide by `code`, show `detail`, name `request_id` to ask for help."""

    def __init__(self, status: int, code: str, detail: str, request_id: str = "") -> None:
        super().__init__(f"{detail} ({status} {code}, request {request_id or 'unknown'})")
        self.status = status
        self.code = code
        self.detail = detail
        self.request_id = request_id

    @classmethod
    def of(cls, answer: requests.Response) -> "Problem":
        """Proxies in between may answer with something else than a problem."""
        try:
            given = answer.json()
        except ValueError:
            given = {}
        if not isinstance(given, dict):
            given = {}
        return cls(
            status=answer.status_code,
            code=str(given.get("code", f"http_{answer.status_code}")),
            detail=str(given.get("detail", answer.reason or "The server refused.")),
            request_id=str(given.get("request_id", answer.headers.get("X-Request-Id", ""))),
        )
