"""Preview the summary email of today or of an earlier day in a sandboxed frame."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, make_response, render_template, request

from timeline import ids
from timeline.digests import sending
from timeline.digests.emails import SummaryEmail
from timeline.digests.periods import LENGTHS, Kind
from timeline.errors import InvalidRequest
from timeline.serving import current_backends, current_caller, public, signed_in
from timeline.serving.problems import problem_of
from web_frontend import browser_sessions
from web_frontend.service_options import POLICY, show_problem, wants_page

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
    response = _page(chosen, summary=_summary(), query=f"?{query}" if query else "")
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


@summary_preview.errorhandler(InvalidRequest)
def show_choice_error(error: InvalidRequest) -> Response:
    """Show the form again, with what to choose."""
    problem = problem_of(error)
    if not wants_page():
        return show_problem(problem)
    response = _page({"day": "", "kind": ""}, problem=problem.detail)
    response.status_code = problem.status
    return response


def _page(chosen: Mapping[str, str], **values: object) -> Response:
    first, today = ids.EPOCH.date().isoformat(), current_backends().clock.now().date().isoformat()
    return make_response(
        render_template("summary_preview.html", chosen=chosen, first=first, today=today, **values)
    )


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
