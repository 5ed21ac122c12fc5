"""Why nothing was done, or why it went no further."""


class Refused(Exception):
    """The message says what is wrong and what to type about it."""
