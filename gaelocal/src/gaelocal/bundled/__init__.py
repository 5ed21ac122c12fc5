"""App Engine's bundled services (`app_engine_apis: true`) for Google's package appengine-python-standard."""

from gaelocal.bundled.server import ApiServer

__all__ = ["ApiServer"]
