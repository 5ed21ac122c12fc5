from tasks_backend import create_app
from timeline import shutdown

shutdown.install()
app = create_app()
