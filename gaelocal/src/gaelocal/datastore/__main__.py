"""Runs the Datastore emulator alone: the same as `gaelocal datastore`."""

import sys

from gaelocal.__main__ import main

sys.exit(main(["datastore", *sys.argv[1:]]))
