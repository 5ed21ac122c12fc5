"""The address everything comes in by."""

from gaelocal.appengine.front_door.door import FrontDoor

__all__ = ["FrontDoor"]
