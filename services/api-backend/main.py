"""What gunicorn starts on App Engine."""

from api_backend import create_app

app = create_app()
