"""A memcached of its own: the text protocol, least recently used goes first."""

from gaelocal.memcache.server import MemcacheServer

__all__ = ["MemcacheServer"]
