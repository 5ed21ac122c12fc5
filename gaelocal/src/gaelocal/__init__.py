"""A local App Engine for Python 3."""

__version__ = "0.1.0"
