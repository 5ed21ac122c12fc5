"""Routes for the other services of the project, which prove their identity with an ID token."""

from flask import Blueprint, Response, jsonify

from timeline import site_statistics
from timeline.serving import current_backends, services_only

internal = Blueprint("internal", __name__)


@internal.get("/statistics")
@services_only
def read_statistics() -> Response:
    return jsonify(site_statistics.count(current_backends()))
