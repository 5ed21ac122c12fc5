"""The timeline of all users."""

from flask import Blueprint, Response, jsonify, render_template, request

from timeline.serving import current_backends, public
from timeline.serving.http_values import read_cursor, read_limit
from timeline.streams import months, pages
from web_frontend.feeds import feed_of
from web_frontend.presenters import card_page_of, newest, reader_timezone

timelines = Blueprint("timelines", __name__)


@timelines.get("/")
@public
def everyone() -> str:
    month, cursor = request.args.get("month"), read_cursor()
    if month and cursor is None:
        cursor = months.cursor_of_everyone(current_backends(), month, reader_timezone())
    page = pages.everyone(current_backends(), read_limit(), cursor)
    return render_template(
        "timeline.html", page=card_page_of(page), is_first_page=cursor is None, month=month
    )


@timelines.get("/feed.atom")
@public
def feed() -> Response:
    return feed_of("Photos of everyone", "/", pages.everyone(current_backends()))


@timelines.get("/newest")
@public
def newest_of_everyone() -> Response:
    return newest(pages.everyone(current_backends()))


@timelines.get("/months")
@public
def months_of_everyone() -> Response:
    """List the months with photos, for the scrubber."""
    found = months.months_of_everyone(current_backends(), reader_timezone())
    return jsonify(months=[month.name for month in found])
