"""Photos that another app of the phone shares with this one (share_target in site.webmanifest).

The service worker answers these requests: it keeps the files in the browser and opens the form with them.
These routes answer browsers that have lost the service worker, and so the files, or could not store them.
"""

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from timeline.serving import public, signed_in

shares = Blueprint("shares", __name__)


@shares.post("/")
@signed_in
def share() -> Response:
    return _ask_again()


@shares.get("/")
@public
def repeated() -> Response:
    """Android opens the address of a share again, without its photos, when it restarts the app."""
    return _ask_again() if "lost" in request.args else redirect("/post/", 303)


def _ask_again() -> Response:
    flash("The photos did not arrive. Share them once more, or choose them here.")
    return redirect("/post/", 303)
