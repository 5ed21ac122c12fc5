"""App Engine on this machine: its yaml files, its instances, its logs and its front door."""

from localcloud.appengine.engine import AppEngine

__all__ = ["AppEngine"]
