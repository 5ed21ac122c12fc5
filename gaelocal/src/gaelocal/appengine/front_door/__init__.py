"""The address everything comes in by."""

from gaelocal.appengine.front_door.proxy import FrontDoor

__all__ = ["FrontDoor"]
