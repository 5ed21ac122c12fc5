"""Page sizes and page tokens: a token is the number to go on from."""

from gaelocal.tasks.refusal import invalid


def page_size(asked: int, most: int) -> int:
    if asked < 0:
        raise invalid("page_size must not be negative.")
    return min(asked, most) or most


def page_start(token: str) -> int:
    if not token:
        return 0
    if not (token.isascii() and token.isdigit() and len(token) < 19):  # noqa: PLR2004 - what SQLite can count
        raise invalid("The page token is not one that was given out here.")
    return int(token)
