"""The daily and weekly summary email: select photos, render, and send at most once."""
