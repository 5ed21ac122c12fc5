"""Lighthouse scores of every page of the website."""
