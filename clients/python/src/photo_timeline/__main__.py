"""Run the command line with `python -m photo_timeline`."""

from photo_timeline.commands import run

run()
