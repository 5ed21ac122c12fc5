"""The Logs panel: requests with their lines, filters, traces."""
