from tasks_backend import create_app

app = create_app()
