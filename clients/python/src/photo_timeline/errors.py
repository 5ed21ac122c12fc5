"""The errors of the client."""

import requests


class PhotoTimelineError(Exception):
    """The base class of all errors of this package."""


class Unreachable(PhotoTimelineError):
    """The server did not respond. It is unknown whether the last request was processed."""


class Problem(PhotoTimelineError):
    """An error response (RFC 9457): handle it by `code`, show `detail`, and quote `request_id` for help."""

    def __init__(self, status: int, code: str, detail: str, request_id: str = "") -> None:
        super().__init__(f"{detail} ({status} {code}, request {request_id or 'unknown'})")
        self.status = status
        self.code = code
        self.detail = detail
        self.request_id = request_id

    @classmethod
    def of(cls, response: requests.Response) -> "Problem":
        """Proxies may respond with something other than a problem."""
        try:
            body = response.json()
        except ValueError:
            body = {}
        if not isinstance(body, dict):
            body = {}
        return cls(
            status=response.status_code,
            code=str(body.get("code", f"http_{response.status_code}")),
            detail=str(body.get("detail", response.reason or "The server returned an error.")),
            request_id=str(body.get("request_id", response.headers.get("X-Request-Id", ""))),
        )
