"""GET /tasks/sweep: what was promised and not done, what nobody owns, and old summaries."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from timeline import expiries, outbox, summary_upkeep
from timeline.serving import current_backends, platform_only

sweeps = Blueprint("sweeps", __name__)


@sweeps.get("")
@platform_only
def sweep() -> Response:
    backends = current_backends()
    return jsonify(
        asdict(outbox.sweep(backends))
        | asdict(summary_upkeep.sweep(backends))
        | asdict(expiries.sweep(backends))
    )
