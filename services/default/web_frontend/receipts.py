"""The page of a deletion receipt."""

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response

from timeline.account_deletion.receipts import get_receipt
from timeline.serving import current_backends, public

receipts = Blueprint("receipts", __name__)


@receipts.get("/<receipt_id>")
@public
def page(receipt_id: str) -> Response:
    """Show the receipt to anyone who has its URL, and keep the URL from caches and other sites."""
    receipt = get_receipt(current_backends(), receipt_id)
    response = make_response(render_template("receipt.html", receipt=receipt))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
