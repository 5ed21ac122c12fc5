"""The integration tests of pymemcache."""

import asyncio
import threading

from conformance.pytest_suite import run_pytest
from conformance.report import Report, Settings
from gaelocal.memcache import MemcacheServer
from gaelocal.ports import listening_socket

NAME = "pymemcache integration tests"


def run(settings: Settings) -> Report:
    folder = settings.repository("pymemcache")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = MemcacheServer(listening_socket(0, "--port"))
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    try:
        port = server.address.rpartition(":")[2]
        options = ["-m", "integration", "--server", "127.0.0.1", "--port", port]
        return run_pytest(NAME, folder, ["pymemcache/test/test_integration.py", *options])
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
