"""Rate limits: their numbers, and the counters that enforce them."""
