"""Redirect targets after sign-in, which must be paths of this site."""

import re

LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def local_path(target: str | None) -> str:
    r"""Return the path if it is on this site, else `/`. `//host` and `/\host` are on another one."""
    return target if target and LOCAL_PATH.fullmatch(target) else "/"
