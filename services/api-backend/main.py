"""The entry point for gunicorn on App Engine."""

from api_backend import create_app

app = create_app()
