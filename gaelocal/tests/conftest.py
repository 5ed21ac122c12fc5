"""Settings of the whole suite."""

import os

import hypothesis

hypothesis.settings.register_profile("any machine", deadline=None)  # machines differ; no test measures time
hypothesis.settings.load_profile("any machine")

# Variables that `make test ARGS=…` sets are meant for this run, not for a make that a test starts.
for name in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "ARGS"):
    os.environ.pop(name, None)
