"""Accounts: users, and their browser sessions."""
