"""Cloud Tasks over REST, v2 and v2beta3: the queues. gcloud knows no other protocol."""

from dataclasses import replace

from aiohttp import web

from gaelocal.admin.bodies import Resource, mask_of, resource_of
from gaelocal.admin.locations import LOCATION, location
from gaelocal.admin.parts import QueueKeeper
from gaelocal.admin.problems import invalid, not_found
from gaelocal.admin.queue_resources import changed_config, checked_config, queue_resource
from gaelocal.tasks.queue_config import QUEUE_ID, QueueConfig
from gaelocal.tasks.queue_state import Origin, Queue, State

VERSIONS = ("v2", "v2beta3")
PARENT = "/projects/{project}/locations"


class QueueViews:
    """A queue that only queue.yaml names is told without its limits.

    gcloud sends what differs from what it is told, so it sends such a queue whole: then it is deployed.
    """

    def __init__(self, keeper: QueueKeeper, domain: str) -> None:
        self._keeper = keeper
        self._domain = domain

    def routes(self) -> list[web.RouteDef]:
        return [route for version in VERSIONS for route in self._routes_of(f"/{version}{PARENT}")]

    def _routes_of(self, parent: str) -> list[web.RouteDef]:
        all_queues = f"{parent}/{{location}}/queues"
        one = f"{all_queues}/{{queue:[^:/]+}}"
        return [
            web.get(parent, self._locations),
            web.get(f"{parent}/{{location}}", self._location),
            web.get(all_queues, self._list),
            web.post(all_queues, self._create),
            web.get(one, self._get),
            web.patch(one, self._patch),
            web.delete(one, self._delete),
            web.post(f"{one}:pause", self._pause),
            web.post(f"{one}:resume", self._resume),
            web.post(f"{one}:purge", self._purge),
        ]

    async def _locations(self, request: web.Request) -> web.Response:
        return web.json_response({"locations": [location(request.match_info["project"])]})

    async def _location(self, request: web.Request) -> web.Response:
        if request.match_info["location"] != LOCATION:
            raise not_found(f"Everything here lies in {LOCATION}.")
        return web.json_response(location(request.match_info["project"]))

    async def _list(self, request: web.Request) -> web.Response:
        told = [self._told(request, dispatcher.queue) for dispatcher in self._keeper]
        return web.json_response({"queues": told})

    async def _get(self, request: web.Request) -> web.Response:
        return self._answer(request, self._find(request))

    async def _create(self, request: web.Request) -> web.Response:
        wanted = await resource_of(request)
        queue_id = str(wanted.get("name", "")).rpartition("/")[2]
        if queue_id in self._keeper:
            raise invalid("Queue already exists.")
        config = changed_config(QueueConfig(name=_checked_id(queue_id)), wanted, _paths(wanted))
        return self._answer(request, self._keeper.put(Queue(checked_config(config))))

    async def _patch(self, request: web.Request) -> web.Response:
        """Change what the mask names; a queue that does not exist is created, as Cloud Tasks does."""
        wanted, queue_id = await resource_of(request), request.match_info["queue"]
        is_known = queue_id in self._keeper
        before = self._find(request) if is_known else Queue(QueueConfig(name=_checked_id(queue_id)))
        mask = mask_of(request) or _paths(wanted)
        config = checked_config(changed_config(before.config, wanted, mask))
        if _is_deploy(request):
            return self._answer(request, self._keeper.deploy(config))
        return self._answer(request, self._keeper.put(replace(before, config=config)))

    async def _delete(self, request: web.Request) -> web.Response:
        await self._keeper.remove(self._find(request).config.name)
        return web.json_response({})

    async def _pause(self, request: web.Request) -> web.Response:
        return self._set_state(request, State.PAUSED)

    async def _resume(self, request: web.Request) -> web.Response:
        return self._set_state(request, State.RUNNING)

    async def _purge(self, request: web.Request) -> web.Response:
        return self._answer(request, self._keeper.purge(self._find(request).config.name))

    def _set_state(self, request: web.Request, state: State) -> web.Response:
        return self._answer(request, self._keeper.put(replace(self._find(request), state=state)))

    def _find(self, request: web.Request) -> Queue:
        queue_id = request.match_info["queue"]
        if queue_id not in self._keeper:
            raise not_found("Queue does not exist.")
        return self._keeper.dispatcher(queue_id).queue

    def _answer(self, request: web.Request, queue: Queue) -> web.Response:
        return web.json_response(self._told(request, queue))

    def _told(self, request: web.Request, queue: Queue) -> Resource:
        project, is_beta = request.match_info["project"], _is_deploy(request)
        told = queue_resource(queue, project, self._domain, is_beta=is_beta)
        if is_beta and queue.origin is Origin.FILE:
            del told["rateLimits"], told["retryConfig"]
        return told


def _is_deploy(request: web.Request) -> bool:
    """`gcloud app deploy queue.yaml` speaks v2beta3, `gcloud tasks` speaks v2."""
    return request.path.startswith("/v2beta3/")


def _checked_id(queue_id: str) -> str:
    if not QUEUE_ID.fullmatch(queue_id):
        raise invalid(f'"{queue_id}" is no queue ID: 1 to 100 letters, digits and hyphens.')
    return queue_id


def _paths(wanted: Resource) -> list[str]:
    """Give the paths of everything that a queue without a mask holds."""
    groups = [key for key in wanted if isinstance(wanted[key], dict)]
    return [f"{group}.{key}" for group in groups for key in wanted[group]]
