"""What an app carries: its backends."""

from typing import cast

from flask import current_app

from timeline.interfaces import Backends


def current_backends() -> Backends:
    return cast("Backends", current_app.extensions["backends"])
