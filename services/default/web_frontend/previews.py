"""The summary mail as it would be now: a page around it, and the mail itself in a sandbox."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, render_template

from timeline.serving import current_backends, current_caller, public, signed_in
from timeline.summaries import sending
from timeline.summaries.letters import Letter
from web_frontend import visitors
from web_frontend.manners import POLICY

IN_A_FRAME = (
    "default-src 'none'; img-src 'self' https: data: {pictures}; style-src 'unsafe-inline'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail brings its own style; it gets no script, no form, and no way to this site's cookies."""
LINKS_OPEN_OUTSIDE = '<base target="_blank">'

previews = Blueprint("previews", __name__)


@previews.get("")
@public
@visitors.sign_in_first
def page() -> Response:
    response = make_response(render_template("preview.html", letter=_letter()))
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


@previews.get("/mail")
@signed_in
def mail() -> Response:
    html = _letter().html.replace("<head>", f"<head>{LINKS_OPEN_OUTSIDE}", 1)
    public_url = urlsplit(current_backends().settings.public_url)
    policy = IN_A_FRAME.format(pictures=f"{public_url.scheme}://{public_url.netloc}")
    headers = {"Content-Security-Policy": policy, "X-Frame-Options": "SAMEORIGIN"}
    return Response(html, mimetype="text/html", headers=headers)


def _letter() -> Letter:
    return sending.preview(current_backends(), current_caller().handle)
