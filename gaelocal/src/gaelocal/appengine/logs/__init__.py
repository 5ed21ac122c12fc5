"""Logs of the instances and the front door, stored as in Cloud Logging."""

from gaelocal.appengine.logs.entries import Entry, HttpRequest, Source
from gaelocal.appengine.logs.lines import LineReader
from gaelocal.appengine.logs.log_buffer import LogBuffer
from gaelocal.appengine.logs.own_messages import OwnMessages

__all__ = ["Entry", "HttpRequest", "LineReader", "LogBuffer", "OwnMessages", "Source"]
