"""Untrusted pictures: what their header tells, and the clean copies made of them."""
