"""The timeline of all users."""

from flask import Blueprint, Response, render_template

from timeline.serving import current_backends, public
from timeline.serving.http_values import read_cursor, read_limit
from timeline.streams import pages
from web_frontend.presenters import card_page_of, newest

timelines = Blueprint("timelines", __name__)


@timelines.get("/")
@public
def everyone() -> str:
    cursor = read_cursor()
    page = pages.everyone(current_backends(), read_limit(), cursor)
    return render_template("timeline.html", page=card_page_of(page), is_first_page=cursor is None)


@timelines.get("/newest")
@public
def newest_of_everyone() -> Response:
    return newest(pages.everyone(current_backends()))
