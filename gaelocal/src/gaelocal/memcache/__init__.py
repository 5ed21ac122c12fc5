"""A memcached server: the text protocol, with eviction of the least recently used."""

from gaelocal.memcache.server import MemcacheServer

__all__ = ["MemcacheServer"]
