"""Serve robots.txt and favicon.ico, which clients request without reading a page."""

from flask import Blueprint, Response, send_from_directory

from timeline.serving import public
from web_frontend.static_files import FOLDER

robots = Blueprint("robots", __name__)


@robots.get("/robots.txt")
@public
def read() -> Response:
    return send_from_directory(FOLDER, "robots.txt")


@robots.get("/favicon.ico")
@public
def read_icon() -> Response:
    return send_from_directory(FOLDER, "favicon.ico")
