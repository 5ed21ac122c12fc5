"""The photo timeline: the domain that every service shares."""
