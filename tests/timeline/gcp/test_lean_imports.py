"""The clients import nothing large that is not used."""

import subprocess
import sys

from tests.journeys.platform import ROOT

PROGRAM = """
import sys
from timeline.backends import connect, warm_up
from timeline.settings import Settings
warm_up(connect(Settings.from_environment({environment})))
unused = ("aiohttp", "chardet", "charset_normalizer")
assert not sys.modules.keys() & set(unused), "imported"
import requests
answer = requests.Response()
answer._content = "Grüße".encode()
assert answer.text == "Grüße", answer.text
import aiohttp, charset_normalizer
"""
ENVIRONMENT = {
    "GOOGLE_CLOUD_PROJECT": "photo-timeline",
    "SECRET_KEY": "a secret for this test, which is long enough",
    "DATASTORE_EMULATOR_HOST": "127.0.0.1:1",
    "STORAGE_EMULATOR_HOST": "http://127.0.0.1:1",
    "CLOUD_TASKS_EMULATOR_HOST": "127.0.0.1:1",
    "MEMCACHE_HOST": "127.0.0.1:1",
}


def test_services_import_neither_aiohttp_nor_a_guesser_of_encodings_and_still_can() -> None:
    program = PROGRAM.format(environment=ENVIRONMENT)
    command = [sys.executable, "-W", "error", "-c", program]

    found = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)

    assert found.returncode == 0, found.stderr
