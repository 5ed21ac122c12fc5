"""Preview the summary email of today or of an earlier day in a sandboxed frame."""

from datetime import date
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, make_response, render_template, request

from timeline.digests import sending
from timeline.digests.emails import SummaryEmail
from timeline.digests.periods import LENGTHS, Kind
from timeline.errors import InvalidRequest
from timeline.serving import current_backends, current_caller, public, signed_in
from web_frontend import browser_sessions
from web_frontend.service_options import POLICY

FRAME_POLICY = (
    "default-src 'none'; img-src 'self' https: data: {images}; style-src 'unsafe-inline'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""The email has inline styles, but gets no scripts, no forms and no access to this site's cookies."""
OPEN_LINKS_IN_NEW_TAB = '<base target="_blank">'

summary_preview = Blueprint("summary_preview", __name__)


@summary_preview.get("")
@public
@browser_sessions.sign_in_first
def page() -> Response:
    day, kind = _day(), _kind()
    chosen = {"day": day.isoformat() if day else "", "kind": kind or ""}
    query = urlencode({name: value for name, value in chosen.items() if value})
    response = make_response(
        render_template(
            "summary_preview.html",
            summary=_summary(),
            chosen=chosen,
            query=f"?{query}" if query else "",
            today=current_backends().clock.now().date().isoformat(),
        )
    )
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


@summary_preview.get("/mail")
@signed_in
def mail() -> Response:
    html = _summary().html.replace("<head>", f"<head>{OPEN_LINKS_IN_NEW_TAB}", 1)
    public_url = urlsplit(current_backends().settings.public_url)
    policy = FRAME_POLICY.format(images=f"{public_url.scheme}://{public_url.netloc}")
    headers = {"Content-Security-Policy": policy, "X-Frame-Options": "SAMEORIGIN"}
    return Response(html, mimetype="text/html", headers=headers)


def _summary() -> SummaryEmail:
    return sending.preview(current_backends(), current_caller().handle, _day(), _kind())


def _day() -> date | None:
    """Raises InvalidRequest."""
    text = request.args.get("day", "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidRequest("The day must have the form 2026-11-20.") from error


def _kind() -> Kind | None:
    """Raises InvalidRequest."""
    text = request.args.get("kind", "")
    kind = next((kind for kind in LENGTHS if kind == text), None)
    if text and kind is None:
        raise InvalidRequest("The kind must be daily or weekly.")
    return kind
