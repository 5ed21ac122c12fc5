"""The front door: the HTTP server that receives all requests."""

from gaelocal.appengine.front_door.proxy import FrontDoor

__all__ = ["FrontDoor"]
