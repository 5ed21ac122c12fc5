"""The service worker, and the page that it shows without a connection."""

import json

from flask import Blueprint, Response, render_template

from timeline.serving import public
from web_frontend.static_files import static_file, static_names

NOT_NEEDED_OFFLINE = (".png", ".txt")
"""Icons of the installed app, which the system keeps, and licences."""

service_worker = Blueprint("service_worker", __name__)


@service_worker.get("/service-worker.js")
@public
def script() -> Response:
    """Serve it below the root, because a service worker controls only the pages below its own address.

    Its text changes with the static files, so that browsers install it again after each deployment.
    """
    files = [static_file(name) for name in static_names() if not name.endswith(NOT_NEEDED_OFFLINE)]
    main = json.dumps(static_file("service_worker/main.js"))
    text = f"import {main};\nself.STATIC_FILES = {json.dumps(files)};\n"
    response = Response(text, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@service_worker.get("/offline")
@public
def offline() -> str:
    return render_template("offline.html")
