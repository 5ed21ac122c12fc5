"""Queues and tasks as they are kept on disk."""
