"""Suites that measure gaelocal against clients, tools and tests that others wrote; see README.md."""
