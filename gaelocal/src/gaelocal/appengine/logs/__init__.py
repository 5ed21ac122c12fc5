"""What the instances and the front door say, kept like Cloud Logging keeps it."""

from gaelocal.appengine.logs.book import LogBook
from gaelocal.appengine.logs.entries import Entry, HttpRequest, Source
from gaelocal.appengine.logs.lines import LineReader

__all__ = ["Entry", "HttpRequest", "LineReader", "LogBook", "Source"]
