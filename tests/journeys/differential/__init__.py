"""Compare what this service shows of an image with what Chromium shows of it."""
