"""The project and the queues that calls may name."""

from dataclasses import dataclass

from gaelocal.tasks.errors import no_queue
from gaelocal.tasks.protocol.names import Location, QueueName, TaskName
from gaelocal.tasks.queues import Queues


@dataclass(frozen=True, slots=True)
class Scope:
    """`project` None accepts every project; `domain` ends the host of a service, without the project."""

    queues: Queues
    project: str | None = None
    address: str = ""

    @property
    def domain(self) -> str:
        return f"{self.project}.{self.address}" if self.project and self.address else ""

    def location(self, text: str) -> Location:
        """Parse a location.

        Raises:
            ApiError: it is not one, or of another project.
        """
        return Location.parse(text).check(self.project)

    def name(self, text: str) -> QueueName:
        """Parse the name of a queue that need not exist.

        Raises:
            ApiError: it is not one, or of another project.
        """
        name = QueueName.parse(text)
        name.location.check(self.project)
        return name

    def queue(self, text: str) -> QueueName:
        """Parse the name of a queue that exists in that location.

        Raises:
            ApiError: there is no such queue.
        """
        name = self.name(text)
        if name.id not in self.queues:
            raise no_queue()
        if self.queues.dispatcher(name.id).queue.location not in ("", name.location.id):
            raise no_queue()
        return name

    def task(self, text: str) -> TaskName:
        name = TaskName.parse(text)
        self.queue(str(name.queue))
        return name
