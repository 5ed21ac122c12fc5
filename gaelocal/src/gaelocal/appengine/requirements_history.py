"""Find out from git when requirements.txt was last changed."""

import datetime
import os
import subprocess
from pathlib import Path

from gaelocal.appengine.project.requirements import requirement_files

GIT_SECONDS = 10.0


def day_after_last_change(file: Path) -> str:
    """Return the day after the last commit that changed a file or one it includes, such as `2023-05-31`.

    It is empty without git, without a commit, or if the day is not over yet: then the releases of that time
    are today's.
    """
    files = sorted(os.path.relpath(each, file.parent) for each in requirement_files(file))
    command = ["git", "log", "-1", "--format=%cs", "--", *files]
    try:
        ran = subprocess.run(  # noqa: S603 - a fixed command
            command, cwd=file.parent, capture_output=True, text=True, timeout=GIT_SECONDS, check=False
        )
        changed = datetime.date.fromisoformat(ran.stdout.strip())
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ""
    day = changed + datetime.timedelta(days=1)
    return day.isoformat() if day <= datetime.datetime.now(datetime.UTC).date() else ""
