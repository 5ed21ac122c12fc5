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

from photo_timeline import places
from photo_timeline.archives import ExportFailed, fetch, wait_for_export
from photo_timeline.client import Client
from photo_timeline.mirror import Mirror
from photo_timeline.posting import Desk, Outcome
from photo_timeline.problems import Problem, Unreachable
from photo_timeline.sign_in import Issuer, SignInFailed, claims_of, sign_in
from photo_timeline.transport import Patience

LOCAL = "http://127.0.0.1:8080"
SIGN_IN_FIRST = 3
UNREACHABLE = 4


class NotSignedIn(Exception):
    """There is no token, or it has ended."""


def run() -> None:
    sys.exit(main(sys.argv[1:]))


def main(words: Sequence[str]) -> int:
    """Give the exit status: 0 done, 1 refused, 2 misspelt, 3 not signed in, 4 unreachable."""
    given = _parser().parse_args(words)
    try:
        return int(given.work(given))
    except NotSignedIn as error:
        return _fail(str(error), SIGN_IN_FIRST)
    except Unreachable as error:
        return _fail(f"{error} Call again: what was not acknowledged goes on.", UNREACHABLE)
    except Problem as problem:
        return _fail(str(problem), SIGN_IN_FIRST if problem.code == "unauthenticated" else 1)
    except (SignInFailed, ExportFailed, OSError) as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("Stopped; call again to go on.", 130)


def login(given: argparse.Namespace) -> int:
    url = given.url or LOCAL
    if given.token:
        token = given.token
    else:
        with Client(url) as client:
            told = client.sign_in_at()
        issuer = Issuer.discover(given.issuer or told.get("issuer") or "")
        client_id = given.client_id or told.get("client_id") or ""
        token = sign_in(issuer, client_id, client_secret=given.client_secret, show=_show)
    with Client(url, token) as client:
        account = client.account()
    places.session().write({"url": url, "token": token, "user": account.user})
    print(f"Signed in to {url} as {account.user}.")
    return 0


def logout(_: argparse.Namespace) -> int:
    places.session().forget()
    return 0


def whoami(given: argparse.Namespace) -> int:
    with _client(given) as client:
        print(json.dumps(asdict(client.account()), ensure_ascii=False))
    return 0


def post(given: argparse.Namespace) -> int:
    with (
        _client(given) as client,
        tqdm(
            total=sum(_size(file) for file in given.files), unit="B", unit_scale=True, disable=given.quiet
        ) as bar,
    ):
        desk = Desk(client, places.pending(), client.account().user, given.again)
        failed = 0
        for outcome in desk.post(given.files, given.caption, bar.update):
            _tell(outcome, bar)
            failed += outcome.photo is None
    return 1 if failed else 0


def stream(given: argparse.Namespace) -> int:
    with _client(given, may_be_nobody=bool(given.everyone or given.user)) as client:
        user = None if given.everyone else given.user or client.account().user
        for number, photo in enumerate(client.stream(user, limit=min(given.limit, 100))):
            if number == given.limit:
                break
            line = json.dumps(asdict(photo), ensure_ascii=False) if given.json else _line(asdict(photo))
            print(line)
    return 0


def sync(given: argparse.Namespace) -> int:
    with _client(given) as client, tqdm(unit=" files", disable=given.quiet, leave=False) as bar:
        count = Mirror(client, given.folder, lambda what: _tell_file(bar, what)).update()
    print(f"{count} changed" if count else "nothing changed")
    return 0


def export(given: argparse.Namespace) -> int:
    with _client(given) as client, tqdm(disable=given.quiet, leave=False) as bar:
        ready = wait_for_export(client, lambda done, total: _show_progress(bar, "packing", done, total))
        fetch(client, ready, given.file, lambda done, total: _show_progress(bar, "fetching", done, total))
    print(given.file)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="photo-timeline", description="Post photos and read timelines.")
    parser.add_argument("--url", help=f"the address of the server (where you signed in, else {LOCAL})")
    parser.add_argument("--token", default="", help="an ID token, in the place of the one kept by login")
    parser.add_argument(
        "--tries", type=int, default=Patience().tries, help="how often to ask before giving up"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress bars")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_login(commands)
    commands.add_parser("logout", help="forget the token").set_defaults(work=logout)
    commands.add_parser("whoami", help="print your account").set_defaults(work=whoami)
    posting = commands.add_parser("post", help="post pictures")
    posting.add_argument("files", nargs="+", type=Path, metavar="FILE")
    posting.add_argument("-c", "--caption", default="", help="the same for all of them")
    posting.add_argument("--again", action="store_true", help="post also what you have posted before")
    posting.set_defaults(work=post)
    streaming = commands.add_parser("stream", help="print a timeline, newest first")
    streaming.add_argument("user", nargs="?", help="whose (yours)")
    streaming.add_argument("--everyone", action="store_true")
    streaming.add_argument("-n", "--limit", type=int, default=20)
    streaming.add_argument("--json", action="store_true", help="one JSON object a line")
    streaming.set_defaults(work=stream)
    syncing = commands.add_parser("sync", help="bring a folder up to date with your stream")
    syncing.add_argument("folder", nargs="?", type=Path, default=Path("photo-timeline"))
    syncing.set_defaults(work=sync)
    exporting = commands.add_parser("export", help="fetch a ZIP of everything you have here")
    exporting.add_argument("file", nargs="?", type=Path, default=Path("photo-timeline.zip"))
    exporting.set_defaults(work=export)
    return parser


def _add_login(commands: Any) -> None:
    parser = commands.add_parser("login", help="sign in with your browser, or with --token")
    parser.add_argument("--issuer", help="the identity provider (the one the server names)")
    parser.add_argument("--client-id", help="the OAuth client (the one the server names)")
    parser.add_argument("--client-secret", default="", help="for providers that want one of a desktop client")
    parser.set_defaults(work=login)


def _client(given: argparse.Namespace, *, may_be_nobody: bool = False) -> Client:
    kept = places.session().read()
    url, token = given.url or kept.get("url") or LOCAL, given.token or kept.get("token", "")
    if may_be_nobody and _has_ended(token):
        token = ""
    elif not token:
        raise NotSignedIn("Sign in first: photo-timeline login")
    elif _has_ended(token):
        raise NotSignedIn("Your sign-in has ended: photo-timeline login")
    return Client(url, token, patience=Patience(tries=given.tries))


def _has_ended(token: str) -> bool:
    """A token that cannot be read is left to the server."""
    ends = claims_of(token).get("exp")
    return not token or (isinstance(ends, int | float) and ends < time.time())


def _show(url: str) -> None:
    print(f"Sign in here:\n{url}", file=sys.stderr, flush=True)
    webbrowser.open(url)


def _tell(outcome: Outcome, bar: "tqdm[Any]") -> None:
    what = outcome.photo.id if outcome.photo else f"failed: {outcome.problem}"
    bar.write(f"{outcome.file}  {what}", file=sys.stdout if outcome.photo else sys.stderr)


def _tell_file(bar: "tqdm[Any]", what: str) -> None:
    bar.update()
    bar.write(what, file=sys.stderr)


def _show_progress(bar: "tqdm[Any]", what: str, done: int, total: int) -> None:
    bar.set_description(what)
    bar.total, bar.n = total, done
    bar.refresh()


def _line(photo: dict[str, Any]) -> str:
    caption = " ".join(str(photo["caption"]).split())
    return f"{photo['created']}  {photo['id']}  {photo['status']:10}  {photo['user']}  {caption}"


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _fail(words: str, status: int) -> int:
    print(words, file=sys.stderr)
    return status
