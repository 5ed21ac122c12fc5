"""The summary mail as it would be now: a page around it, and the mail itself in a sandbox."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, render_template

from timeline.digests import sending
from timeline.digests.emails import SummaryEmail
from timeline.serving import current_backends, current_caller, public, signed_in
from web_frontend import browser_sessions
from web_frontend.service_options import POLICY

IN_A_FRAME = (
    "default-src 'none'; img-src 'self' https: data: {pictures}; style-src 'unsafe-inline'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail brings its own style; it gets no script, no form, and no way to this site's cookies."""
LINKS_OPEN_OUTSIDE = '<base target="_blank">'

summary_preview = Blueprint("summary_preview", __name__)


@summary_preview.get("")
@public
@browser_sessions.sign_in_first
def page() -> Response:
    response = make_response(render_template("summary_preview.html", summary=_summary()))
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


@summary_preview.get("/mail")
@signed_in
def mail() -> Response:
    html = _summary().html.replace("<head>", f"<head>{LINKS_OPEN_OUTSIDE}", 1)
    public_url = urlsplit(current_backends().settings.public_url)
    policy = IN_A_FRAME.format(pictures=f"{public_url.scheme}://{public_url.netloc}")
    headers = {"Content-Security-Policy": policy, "X-Frame-Options": "SAMEORIGIN"}
    return Response(html, mimetype="text/html", headers=headers)


def _summary() -> SummaryEmail:
    return sending.preview(current_backends(), current_caller().handle)
