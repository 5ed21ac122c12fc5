"""The hook of `breakpoint()` in an instance: pdb in the terminal of `gaelocal --attach SERVICE`.

GAELOCAL_DEBUGGER is `HOST:PORT SECRET SERVICE,…`; without this service in it, a breakpoint is skipped with a
line in the log. It must work with every Python 3 and import nothing but the standard library.
"""

import os
import pdb
import socket
import sys


class RemotePdb(pdb.Pdb):
    """A debugger whose terminal is a connection. The end of the connection lets the program go on."""

    def __init__(self, keyboard, screen):
        pdb.Pdb.__init__(self, stdin=keyboard, stdout=screen, nosigint=True)
        self.use_rawinput = False
        self.prompt = "(pdb) "

    def set_continue(self):
        pdb.Pdb.set_continue(self)
        if not self.breaks:
            self._close()

    def do_quit(self, arg):
        """Go on without any breakpoint; to end the program as pdb does would fail the request."""
        self.clear_all_breaks()
        self.set_continue()
        return 1

    do_q = do_exit = do_EOF = do_quit  # noqa: N815 - the names of pdb's commands

    def _close(self):
        for stream in (self.stdin, self.stdout):
            try:
                stream.close()
            except OSError:
                continue


def set_trace(*args, **kwargs):  # noqa: ARG001 - the signature of breakpoint()
    frame = sys._getframe(1)
    address, secret, services = (os.environ.get("GAELOCAL_DEBUGGER", "") + "  ").split(" ")[:3]
    service = os.environ.get("GAE_SERVICE", "")
    place = "%s:%s" % (os.path.relpath(frame.f_code.co_filename), frame.f_lineno)
    if service not in services.split(","):
        sys.stderr.write(
            "breakpoint at %s is skipped; to stop there: gaelocal --attach %s\n" % (place, service)
        )
        return
    host, _, port = address.rpartition(":")
    try:
        connection = socket.create_connection((host, int(port)))
    except OSError as error:
        sys.stderr.write("breakpoint at %s is skipped: the terminal cannot be reached: %s\n" % (place, error))
        return
    # One stream for both would forget what it has read ahead whenever it writes.
    keyboard = connection.makefile("r", encoding="utf-8", errors="replace")
    screen = connection.makefile("w", encoding="utf-8", errors="replace")
    connection.close()  # the streams keep it open
    screen.write("%s\n%s %s\n" % (secret, service, place))
    screen.flush()
    RemotePdb(keyboard, screen).set_trace(frame)
