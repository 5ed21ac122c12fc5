"""How large a file is, in the fewest digits."""

UNITS = ("bytes", "kB", "MB", "GB", "TB")
STEP = 1000


def size_in_words(count: int) -> str:
    size, unit = float(count), 0
    while size >= STEP and unit < len(UNITS) - 1:
        size, unit = size / STEP, unit + 1
    digits = 1 if unit and size < 10 else 0  # noqa: PLR2004 - two digits say enough
    return f"{size:.{digits}f} {UNITS[unit]}"
