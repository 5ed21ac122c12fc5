"""One-click unsubscription (RFC 8058): POST acts without a cookie, GET only shows a page."""

from flask import Blueprint, render_template

from timeline.digests import sending
from timeline.serving import current_backends, public

unsubscribes = Blueprint("unsubscribes", __name__)


@unsubscribes.get("/<token>")
@public
def page(token: str) -> str:
    sending.unsubscriber(current_backends(), token)
    return render_template("unsubscribe.html", is_done=False)


@unsubscribes.post("/<token>")
@public
def unsubscribe(token: str) -> str:
    sending.unsubscribe(current_backends(), token)
    return render_template("unsubscribe.html", is_done=True)
