"""Parsers of option values, each with a one-line error message."""

import argparse
import datetime
import os
import re
from pathlib import Path

from gaelocal.ports import Address

VARIABLE_FORM = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SECRET_FORM = re.compile(r"[A-Za-z0-9_-]{1,255}")
PROJECT_FORM = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")


def port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:  # noqa: PLR2004 - the last port there is
        raise argparse.ArgumentTypeError(f"`{text}` is not a port: 0 to 65535")
    return int(text)


def writable(text: str) -> Path:
    """Check that a file can be written, so that the error appears before anything starts."""
    if not os.access(Path(text).absolute().parent, os.W_OK):
        raise argparse.ArgumentTypeError(
            f"`{text}` cannot be written: its folder does not exist or is not writable"
        )
    return Path(text)


def share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number from 0.0 to 1.0")
    return share


def rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0.0 <= rate <= 1000.0:  # noqa: PLR2004 - more is no limit
        raise argparse.ArgumentTypeError(f"`{text}` is not a number from 0 to 1000")
    return rate


def date(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"`{text}` is not a date such as 2023-05-31") from error


def date_or_today(text: str) -> str:
    return text if text == "today" else date(text)


def datastore(text: str) -> str:
    if text in ("embedded", "google", "firestore") or re.fullmatch(r"[\w.-]+:\d{1,5}", text):
        return text
    raise argparse.ArgumentTypeError(f"`{text}` must be embedded, google, firestore or HOST:PORT")


def variable(text: str) -> tuple[str, str]:
    name, is_set, value = text.partition("=")
    if not is_set or not VARIABLE_FORM.fullmatch(name):
        raise argparse.ArgumentTypeError(f"`{text}` is not NAME=VALUE")
    return name, value


def secret(text: str) -> tuple[str, str]:
    name, is_set, value = text.partition("=")
    if not is_set or not SECRET_FORM.fullmatch(name):
        raise argparse.ArgumentTypeError(f"`{name}` is not NAME=VALUE; a name has letters, digits, - and _")
    return name, value


def places(text: str) -> list[tuple[str, Address]]:
    return [place(each) for each in text.split(",")]


def place(text: str) -> tuple[str, Address]:
    found = re.fullmatch(r"([a-z0-9-]+)=http://([\w.-]+):(\d{1,5})/?", text)
    if not found:
        raise argparse.ArgumentTypeError(f"`{text}` is not NAME=http://HOST:PORT")
    return found[1], Address(found[2], port(found[3]))


def address(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+:\d{1,5}", text):
        raise argparse.ArgumentTypeError(f"`{text}` is not HOST:PORT")
    return text


def issuer(text: str) -> str:
    if not re.fullmatch(r"https?://[\w.-]+(:\d{1,5})?", text):
        raise argparse.ArgumentTypeError(f"`{text}` is not an address like http://identity.localhost:8085")
    return text


def project(text: str) -> str:
    if not PROJECT_FORM.fullmatch(text):
        raise argparse.ArgumentTypeError(f"`{text}` is not a project id: 6 to 30 of a-z, 0-9 and -")
    return text


def host_and_port(text: str) -> Address:
    host, _, number = address(text).rpartition(":")
    return Address(host, port(number))


def seconds(text: str) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", text) or not float(text):
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of seconds above 0")
    return float(text)
