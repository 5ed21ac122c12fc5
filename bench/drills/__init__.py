"""Failure drills: cause one failure in a running platform, show what happens, and check what holds."""
