"""A service that records what happens to its instances."""

from dataclasses import dataclass
from pathlib import Path

from tests.appengine.running import Running, StartEngine, a_service, until

from gaelocal.appengine.runtime_options import RuntimeOptions

BACKEND = Path(__file__).with_name("backend.py.txt").read_text()
ENTRYPOINT = "entrypoint: python main.py\n"
PRODUCTION = RuntimeOptions(scaling="production")


@dataclass(frozen=True)
class Backend:
    """The running service `worker`; `notes` is the folder by which its program and a test communicate."""

    running: Running
    notes: Path

    def touch(self, name: str) -> None:
        (self.notes / name).touch()

    def events(self) -> list[str]:
        """Return the events in their order, without the IDs of the instances."""
        file = self.notes / "events"
        return [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []

    def saw(self, event: str, count: int = 1) -> None:
        until(lambda: self.events().count(event) >= count)

    def states(self) -> list[str]:
        return [row["state"] for row in self.running.engine.control.list_instances("worker")]

    def status(self, path: str = "/", host: str = "worker.localhost") -> int:
        return self.running.ask(path, Host=host).status

    def messages(self) -> str:
        return "\n".join(str(entry["message"]) for entry in self.running.engine.logs.entries(limit=500))


def a_backend(
    folder: Path,
    start_engine: StartEngine,
    scaling: str,
    *flags: str,
    options: RuntimeOptions = PRODUCTION,
) -> Backend:
    notes = folder / "notes"
    notes.mkdir()
    for name in flags:
        (notes / name).touch()
    service = a_service(folder, "worker", scaling, ENTRYPOINT)
    (service / "main.py").write_text(BACKEND)
    running = start_engine(folder, {"NOTES": str(notes)}, options=options)
    return Backend(running, notes)
