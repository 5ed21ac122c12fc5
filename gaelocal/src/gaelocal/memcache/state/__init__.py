"""The cached items and the counters."""
