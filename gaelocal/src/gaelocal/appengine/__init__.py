"""App Engine on this machine: its yaml files, its instances, its logs and its front door."""

from gaelocal.appengine.engine import AppEngine
from gaelocal.appengine.layout import Layout

__all__ = ["AppEngine", "Layout"]
