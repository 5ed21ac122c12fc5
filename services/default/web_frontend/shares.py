"""Photos that another app of the phone shares with this one (share_target in site.webmanifest).

The service worker answers these requests: it keeps the files in the browser and opens the form with them.
These routes answer browsers that have lost the service worker, and so the files, or could not store them.
"""

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from timeline.serving import public
from web_frontend.browser_sessions import sign_in_first

shares = Blueprint("shares", __name__)


@shares.post("/")
@public
def share() -> Response:
    """A request from another site comes without cookies, and must not replace them. The next one has them."""
    return redirect("/share/?lost", 303)


@shares.get("/")
@public
@sign_in_first
def repeated() -> Response:
    """Android opens the address of a share again, without its photos, when it restarts the app."""
    if "lost" in request.args:
        flash("No photos arrived. Share photos once more, or choose them here.")
    return redirect("/post/", 303)
