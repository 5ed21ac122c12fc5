"""The address everything comes in by."""

from localcloud.appengine.front_door.door import FrontDoor

__all__ = ["FrontDoor"]
