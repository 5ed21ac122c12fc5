"""Serve robots.txt."""

from flask import Blueprint, Response, send_from_directory

from timeline.serving import public
from web_frontend.static_files import FOLDER

robots = Blueprint("robots", __name__)


@robots.get("")
@public
def read() -> Response:
    return send_from_directory(FOLDER, "robots.txt")
