"""App Engine on this machine: its yaml files, its instances, its logs and its front door."""

from localcloud.appengine.engine import AppEngine
from localcloud.appengine.layout import Layout

__all__ = ["AppEngine", "Layout"]
