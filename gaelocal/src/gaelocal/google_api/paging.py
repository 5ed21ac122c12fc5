"""Page sizes and page tokens; a token is the number to go on from."""

from gaelocal.google_api.errors import invalid

LONGEST_TOKEN = 18  # digits that SQLite can count


def page_size(asked: int, most: int) -> int:
    if asked < 0:
        raise invalid("page_size must not be negative.")
    return min(asked, most) or most


def page_start(token: str) -> int:
    if not token:
        return 0
    if not (token.isascii() and token.isdigit() and len(token) <= LONGEST_TOKEN):
        raise invalid("The page token is not valid.")
    return int(token)
