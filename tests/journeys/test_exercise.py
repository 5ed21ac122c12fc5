"""The exercise of the original photo timeline: a hundred posts by a curl loop into one stream."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests import pictures
from tests.journeys.platform import Platform

POSTS = 100


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_a_hundred_curl_posts_are_all_in_the_stream_when_the_loop_ends(
    platform: Platform, tmp_path: Path
) -> None:
    (tmp_path / "photo.jpg").write_bytes(pictures.a_jpeg(width=640, height=480))
    quiet = "-sS -o /dev/null -w '%{http_code}\\n'"
    form = """-F caption='curl' -F id_token=$TOKEN -F "image=@photo.jpg\""""
    post = f"curl {quiet} -X POST {form} $APP/post/poobyj/"
    loop = f"for i in `seq 1 {POSTS}`; do {post}; done"

    ran = subprocess.run(
        ["bash", "-c", loop],
        cwd=tmp_path,
        env={"TOKEN": platform.as_("poobyj").token, "APP": platform.app, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    results = platform.get("/user/poobyj/json/").json()["results"]

    assert ran.stdout.split() == ["303"] * POSTS
    assert len(results) == POSTS
    assert {photo["caption"] for photo in results} == {"curl"}
    assert set(results[0]) == {"image_url", "caption", "user", "date"}
