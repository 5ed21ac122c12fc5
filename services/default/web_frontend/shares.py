"""Photos that another app of the phone shares with this one (share_target in site.webmanifest).

The service worker answers these requests: it keeps the files in the browser and opens the form with them.
This route answers browsers that have lost the service worker, and so the files.
"""

from flask import Blueprint, flash, redirect
from werkzeug.wrappers import Response

from timeline.serving import signed_in

shares = Blueprint("shares", __name__)


@shares.post("/")
@signed_in
def share() -> Response:
    flash("The photos did not arrive. Share them once more, or choose them here.")
    return redirect("/post/", 303)
