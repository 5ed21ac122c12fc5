"""The daily and weekly summary email, from what happened in a period to the mail that goes out once."""
