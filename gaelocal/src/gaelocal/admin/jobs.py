"""Cloud Scheduler over REST, v1 and v1beta1: the cron jobs."""

from aiohttp import web

from gaelocal.admin.bodies import Resource, resource_of
from gaelocal.admin.job_resources import job_of, job_resource
from gaelocal.admin.locations import location
from gaelocal.admin.parts import Cron
from gaelocal.admin.problems import Refused, invalid, not_found
from gaelocal.scheduler.listing import ListedJob

VERSIONS = ("v1", "v1beta1")
MOST_JOBS = 250  # what App Engine takes in one cron.yaml


class JobViews:
    """A job that only cron.yaml names is told without its schedule when gcloud deploys.

    gcloud creates what it is not told and deletes what it does not want: so every job is created, and takes
    the place of its twin of the file.
    """

    def __init__(self, cron: Cron) -> None:
        self._cron = cron

    def routes(self) -> list[web.RouteDef]:
        return [route for version in VERSIONS for route in self._routes_of(f"/{version}")]

    def _routes_of(self, version: str) -> list[web.RouteDef]:
        locations = f"{version}/projects/{{project}}/locations"
        jobs = f"{locations}/{{location}}/jobs"
        one = f"{jobs}/{{job:[^:/]+}}"
        return [
            web.get(locations, self._locations),
            web.get(f"{locations}/{{location}}", self._location),
            web.get(jobs, self._list),
            web.post(jobs, self._create),
            web.get(one, self._get),
            web.patch(one, self._patch),
            web.delete(one, self._delete),
            web.post(f"{one}:run", self._run),
        ]

    async def _locations(self, request: web.Request) -> web.Response:
        return web.json_response({"locations": [location(request.match_info["project"])]})

    async def _location(self, request: web.Request) -> web.Response:
        return web.json_response(location(request.match_info["project"]))

    async def _list(self, request: web.Request) -> web.Response:
        is_deploy = request.query.get("legacyAppEngineCron", "").lower() == "true"
        told = [self._told(request, listed) for listed in self._cron.listing]
        for listed, job in zip(self._cron.listing, told, strict=True):
            if is_deploy and not listed.is_deployed:
                del job["schedule"]
        return web.json_response({"jobs": told})

    async def _get(self, request: web.Request) -> web.Response:
        return self._answer(request, self._find(request))

    async def _create(self, request: web.Request) -> web.Response:
        wanted = await resource_of(request)
        if len(self._cron.listing.jobs) >= MOST_JOBS:
            raise invalid(f"There are {MOST_JOBS} jobs already, as many as App Engine takes.")
        job_id = str(wanted.get("name", "")).rpartition("/")[2] or None
        if job_id and any(listed.id == job_id for listed in self._cron.listing):
            raise Refused(409, f"There is a job {job_id} already.")
        added = self._cron.listing.add(job_of(wanted), job_id)
        self._cron.follow_listing()
        return self._answer(request, added)

    async def _patch(self, request: web.Request) -> web.Response:
        """Replace the fields that are sent; a group of them, such as the target, as a whole."""
        wanted = await resource_of(request)
        before = self._find(request)
        merged = job_resource(before, request.match_info["project"]) | wanted
        changed = self._cron.listing.replace(before.id, job_of(merged))
        self._cron.follow_listing()
        return self._answer(request, changed)

    async def _delete(self, request: web.Request) -> web.Response:
        self._cron.listing.remove(request.match_info["job"])
        self._cron.follow_listing()
        return web.json_response({})

    async def _run(self, request: web.Request) -> web.Response:
        listed = self._find(request)
        await self._cron.run(listed.job.url)
        return self._answer(request, listed)

    def _find(self, request: web.Request) -> ListedJob:
        try:
            return self._cron.listing.find(request.match_info["job"])
        except LookupError:
            raise not_found(f"There is no job {request.match_info['job']}.") from None

    def _answer(self, request: web.Request, listed: ListedJob) -> web.Response:
        return web.json_response(self._told(request, listed))

    def _told(self, request: web.Request, listed: ListedJob) -> Resource:
        return job_resource(listed, request.match_info["project"])
