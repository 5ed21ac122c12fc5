"""What the instances and the front door say, kept like Cloud Logging keeps it."""

from localcloud.appengine.logs.book import LogBook
from localcloud.appengine.logs.entries import Entry, HttpRequest, Source
from localcloud.appengine.logs.lines import LineReader

__all__ = ["Entry", "HttpRequest", "LineReader", "LogBook", "Source"]
