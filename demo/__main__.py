"""`make demo`: start the platform and post twenty pictures of five people, except those already there.

If the platform runs already, the pictures are posted to it. They are posted as a phone does it:
with ID tokens, through the API, and the queues make their renditions.
"""

import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
READY = Path(".gaelocal/ready.json")
START_SECONDS = 120.0
ANSWER_SECONDS = 60.0
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Platform:
    """The addresses of a running platform."""

    app: str
    oidc: str

    def token(self, user: str) -> str:
        return ask(f"{self.oidc}/token?user={user}").decode().strip()

    def is_running(self) -> bool:
        """Return False for the addresses that a killed platform has left behind."""
        try:
            ask(f"{self.app}/healthz")
        except OSError:
            return False
        return True

    def captions_of(self, user: str) -> set[str]:
        """Return the captions of the user's photos; none of a user who does not exist."""
        try:
            page = json.loads(ask(f"{self.app}/api/v1/users/{user}/photos?limit=100"))
        except urllib.error.HTTPError as error:
            if error.code == NOT_FOUND:
                return set()
            raise
        return {photo["caption"] for photo in page["results"]}


def main(words: list[str]) -> int:
    if not words and READY.exists() and (platform := platform_at(READY)).is_running():
        post_all(platform)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        own = [] if "--ready-file" in words else ["--ready-file", str(Path(folder, "ready.json"))]
        command = [sys.executable, "-m", "gaelocal", "--no-hint", *own, *words]
        ready = Path(command[command.index("--ready-file") + 1])
        ready.unlink(missing_ok=True)
        process = subprocess.Popen(command)
        try:
            if is_up(process, ready):
                post_all(platform_at(ready))
            return process.wait()
        except KeyboardInterrupt:  # Ctrl-C reached the platform too
            return process.wait()
        finally:
            process.terminate()
            process.wait()


def is_up(process: subprocess.Popen[bytes], ready: Path) -> bool:
    """Wait for the platform; return whether it is running."""
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    return ready.exists()


def platform_at(ready: Path) -> Platform:
    addresses = json.loads(ready.read_text(encoding="utf-8"))
    return Platform(addresses["app"], addresses["oidc"])


def post_all(platform: Platform) -> None:
    """Create the people and post their photos, oldest first, except those that are there already."""
    demo = json.loads((FOLDER / "people.json").read_text(encoding="utf-8"))
    people, photos = demo["people"], demo["photos"]
    app = platform.app.replace("127.0.0.1", "localhost")
    posted = {person["user"]: platform.captions_of(person["user"]) for person in people}
    missing = [photo for photo in photos if photo["caption"] not in posted[photo["user"]]]
    if not missing:
        print(f"  The demo's photos are already there: {app}", flush=True)
        return
    tokens = {person["user"]: create_person(platform, person) for person in people}
    for number, photo in enumerate(missing, len(photos) - len(missing) + 1):
        print(f"\r  Posting photo {number} of {len(photos)} …", end="", flush=True)
        post_photo(platform, tokens[photo["user"]], photo)
    print(f"\r  {len(photos)} photos of {len(people)} people: {app}", flush=True)


def create_person(platform: Platform, person: Mapping[str, str]) -> str:
    """Create the account with its name, and return a token."""
    token = platform.token(person["user"])
    body = json.dumps({"display_name": person["display_name"]}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    ask(f"{platform.app}/api/v1/me", body, headers, "PATCH")
    return token


def post_photo(platform: Platform, token: str, photo: Mapping[str, Any]) -> None:
    """Post one photo; the key makes a repetition harmless."""
    boundary = uuid.uuid4().hex
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="caption"\r\n\r\n{photo["caption"]}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="{photo["file"]}"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    image = (FOLDER / "photos" / photo["file"]).read_bytes()
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Idempotency-Key": f"demo-{photo['file']}",
    }
    ask(f"{platform.app}/api/v1/photos", head.encode() + image + f"\r\n--{boundary}--\r\n".encode(), headers)


def ask(
    url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, method: str | None = None
) -> bytes:
    request = urllib.request.Request(url, body, dict(headers or {}), method=method)
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
        return bytes(answer.read())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
