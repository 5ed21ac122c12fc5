"""Fault campaigns: many operations under injected faults, and a count of everything that went wrong."""
