"""The errors of the cache and of its protocol."""


class MemcacheError(Exception):
    """Base of every error here."""


class TooLarge(MemcacheError):
    """The item would be larger than 1 MB."""


class NotANumber(MemcacheError):
    """The value cannot be incremented or decremented."""


class CommandError(MemcacheError):
    """A command that cannot be carried out; `answer` is the line to send back."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(answer)
        self.answer = answer
