"""The command line: photo-timeline login | logout | whoami | post | stream | sync | export."""

import argparse
import json
import sys
import time
import webbrowser
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from photo_timeline import state_files
from photo_timeline.client import Client
from photo_timeline.errors import PhotoTimelineError, Problem, Unreachable
from photo_timeline.export_download import download, wait_for_export
from photo_timeline.file_poster import FilePoster, Result
from photo_timeline.mirror import Mirror
from photo_timeline.sign_in import Issuer, claims_of, sign_in
from photo_timeline.transport import RetryPolicy

LOCAL = "http://127.0.0.1:8080"
NOT_SIGNED_IN = 3
UNREACHABLE = 4


class NotSignedIn(PhotoTimelineError):
    """There is no token, or it has expired."""


def run() -> None:
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Return the exit status: 0 success, 1 error, 2 wrong usage, 3 not signed in, 4 no connection."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except NotSignedIn as error:
        return _fail(str(error), NOT_SIGNED_IN)
    except Unreachable as error:
        return _fail(f"{error} Run the command again to continue.", UNREACHABLE)
    except Problem as problem:
        return _fail(str(problem), NOT_SIGNED_IN if problem.code == "unauthenticated" else 1)
    except (PhotoTimelineError, OSError) as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("Stopped. Run the command again to continue.", 130)


def login(options: argparse.Namespace) -> int:
    url = options.url or LOCAL
    if options.token:
        token = options.token
    else:
        with Client(url) as client:
            settings = client.sign_in_settings()
        issuer = Issuer.discover(options.issuer or settings.get("issuer") or "")
        client_id = options.client_id or settings.get("client_id") or ""
        token = sign_in(issuer, client_id, client_secret=options.client_secret, show=_show)
    with Client(url, token) as client:
        account = client.account()
    state_files.session().write({"url": url, "token": token, "user": account.user})
    print(f"Signed in to {url} as {account.user}.")
    return 0


def logout(_: argparse.Namespace) -> int:
    state_files.session().delete()
    return 0


def whoami(options: argparse.Namespace) -> int:
    with _client(options) as client:
        print(json.dumps(asdict(client.account()), ensure_ascii=False))
    return 0


def post(options: argparse.Namespace) -> int:
    with (
        _client(options) as client,
        byte_bar(options, "posting", sum(_size(file) for file in options.files)) as bar,
    ):
        poster = FilePoster(client, state_files.pending(), client.account().user, options.again)
        failed = 0
        for result in poster.post(options.files, options.caption, bar.update):
            _print_result(result, bar)
            failed += result.photo is None
    return 1 if failed else 0


def stream(options: argparse.Namespace) -> int:
    with _client(options, allow_anonymous=bool(options.everyone or options.user)) as client:
        user = None if options.everyone else options.user or client.account().user
        for number, photo in enumerate(client.stream(user, limit=min(options.limit, 100))):
            if number == options.limit:
                break
            line = json.dumps(asdict(photo), ensure_ascii=False) if options.json else _line(asdict(photo))
            print(line)
    return 0


def sync(options: argparse.Namespace) -> int:
    with _client(options) as client, byte_bar(options, "downloading") as bar:
        mirror = Mirror(client, options.folder, lambda text: _print_change(bar, text), bar.update)
        count = mirror.update()
    print(f"{count} changed" if count else "no changes")
    return 0


def export(options: argparse.Namespace) -> int:
    with _client(options) as client, byte_bar(options, "packing") as bar:
        ready = wait_for_export(
            client, lambda done, total: bar.set_description(f"packing, {done} of {total} photos")
        )
        bar.set_description("downloading")
        download(client, ready, options.file, lambda done, total: _show_progress(bar, done, total))
    print(options.file)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="photo-timeline", description="Post photos and read timelines.")
    parser.add_argument("--url", help=f"the URL of the server (default: where you signed in, else {LOCAL})")
    parser.add_argument("--token", default="", help="an ID token to use in place of the one that login saved")
    parser.add_argument(
        "--tries", type=int, default=RetryPolicy().tries, help="the number of attempts per request"
    )
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="show no progress bars, as without a terminal"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_login(commands)
    commands.add_parser("logout", help="delete the saved token").set_defaults(run=logout)
    commands.add_parser("whoami", help="print your account").set_defaults(run=whoami)
    posting = commands.add_parser("post", help="post photos")
    posting.add_argument("files", nargs="+", type=Path, metavar="FILE")
    posting.add_argument("-c", "--caption", default="", help="a caption for all files")
    posting.add_argument("--again", action="store_true", help="post files again that you posted before")
    posting.set_defaults(run=post)
    streaming = commands.add_parser("stream", help="print a timeline, newest first")
    streaming.add_argument("user", nargs="?", help="the user (default: you)")
    streaming.add_argument("--everyone", action="store_true")
    streaming.add_argument("-n", "--limit", type=int, default=20)
    streaming.add_argument("--json", action="store_true", help="print one JSON object per line")
    streaming.set_defaults(run=stream)
    syncing = commands.add_parser("sync", help="update a folder with the photos of your stream")
    syncing.add_argument("folder", nargs="?", type=Path, default=Path("photo-timeline"))
    syncing.set_defaults(run=sync)
    exporting = commands.add_parser("export", help="download a ZIP file with all your data")
    exporting.add_argument("file", nargs="?", type=Path, default=Path("photo-timeline.zip"))
    exporting.set_defaults(run=export)
    return parser


def _add_login(commands: Any) -> None:
    parser = commands.add_parser("login", help="sign in with your browser, or with --token")
    parser.add_argument("--issuer", help="the identity provider (default: the server's)")
    parser.add_argument("--client-id", help="the OAuth client ID (default: the server's)")
    parser.add_argument(
        "--client-secret", default="", help="for providers that require one from desktop clients"
    )
    parser.set_defaults(run=login)


def _client(options: argparse.Namespace, *, allow_anonymous: bool = False) -> Client:
    saved = state_files.session().read()
    url, token = options.url or saved.get("url") or LOCAL, options.token or saved.get("token", "")
    if allow_anonymous and _is_expired(token):
        token = ""
    elif not token:
        raise NotSignedIn("You are not signed in. Run: photo-timeline login")
    elif _is_expired(token):
        raise NotSignedIn("Your token has expired. Run: photo-timeline login")
    return Client(url, token, retries=RetryPolicy(tries=options.tries))


def _is_expired(token: str) -> bool:
    """Treat an unreadable token as valid: the server decides."""
    expires = claims_of(token).get("exp")
    return not token or (isinstance(expires, int | float) and expires < time.time())


def _show(url: str) -> None:
    print(f"Sign in at:\n{url}", file=sys.stderr, flush=True)
    webbrowser.open(url)


def _print_result(result: Result, bar: "tqdm[Any]") -> None:
    text = result.photo.id if result.photo else f"failed: {result.error}"
    bar.write(f"{result.file}  {text}", file=sys.stdout if result.photo else sys.stderr)


def _print_change(bar: "tqdm[Any]", text: str) -> None:
    bar.write(text, file=sys.stderr)


def byte_bar(options: argparse.Namespace, label: str, total: int | None = None) -> "tqdm[Any]":
    """Create a progress bar on stderr that counts bytes, as kB, MB and GB."""
    return tqdm(desc=label, total=total, unit="B", unit_scale=True, disable=_is_silent(options), leave=False)


def _is_silent(options: argparse.Namespace) -> bool:
    """Logs and pipes get no progress bars, whose control characters are for terminals."""
    return options.quiet or not sys.stderr.isatty()


def _show_progress(bar: "tqdm[Any]", done: int, total: int) -> None:
    bar.total, bar.n = total, done
    bar.refresh()


def _line(photo: dict[str, Any]) -> str:
    caption = " ".join(str(photo["caption"]).split())
    return f"{photo['created']}  {photo['id']}  {photo['status']:10}  {photo['user']}  {caption}"


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _fail(message: str, status: int) -> int:
    print(message, file=sys.stderr)
    return status
