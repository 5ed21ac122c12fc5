"""A program that listens at port 8080 gets the port of its instance.

$PORT is 8080 on App Engine, so that programs with that number work there. Here, 8080 is the front door's.
"""

import os
import socket

from gaelocal_client_routes import patch_when_imported

PRODUCTION_PORT = 8080


def install():
    """Change the sockets of this process, and uvicorn, whose event loop has sockets of its own."""
    port = os.environ.get("PORT", "")
    if port.isdigit():
        _patch_sockets(int(port))
        patch_when_imported({"uvicorn.config": lambda config: patch_uvicorn(config, int(port))})


def _patch_sockets(port):
    bind = socket.socket.bind

    def bind_at_port(self, address):
        if isinstance(address, tuple) and len(address) > 1 and address[1] == PRODUCTION_PORT:
            address = (address[0], port, *address[2:])
        return bind(self, address)

    socket.socket.bind = bind_at_port


def patch_uvicorn(config, port):
    create = config.Config.__init__

    def create_at_port(self, *args, **kwargs):
        create(self, *args, **kwargs)
        if self.port == PRODUCTION_PORT:
            self.port = port

    config.Config.__init__ = create_at_port
