"""The emulator and the real memcached answer with the same bytes."""

import pytest
from tests.memcache.conftest import port_of, real_memcached, talk
from tests.memcache.exchanges import EXCHANGES
from tests.serving_thread import serving

from gaelocal.memcache import MemcacheServer
from gaelocal.ports import listening_socket


@pytest.mark.parametrize("name", EXCHANGES)
def test_ours_answers_what_memcached_answers(name: str) -> None:
    said = EXCHANGES[name]

    with real_memcached() as port:
        expected = talk(port, said)
    with serving(MemcacheServer(listening_socket(0, "--port"))) as server:
        answered = talk(port_of(server), said)

    assert answered == expected
