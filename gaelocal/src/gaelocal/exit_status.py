"""Exit statuses of the command line."""

INTERRUPTED = 130
"""That of a program that was ended by Ctrl-C, as shells report it."""
