"""Send one Idempotency-Key concurrently: photos, uploads, photos of uploads, and equal bytes with `dedupe`.

`make idempotency-campaign` sends 50 concurrent requests 200 times. Every round must create exactly one thing,
and the key with other content must be refused with 422.
"""

import random
import sys
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from bench.resilience.command_line import run_campaign_command
from bench.resilience.services import LocalServices, local_services, unique_image

CREATED = (200, 201)
IN_FLIGHT = 409
BUSY = 503
MISMATCH = 422
MISMATCHES = 5


@dataclass
class Counts:
    rounds: int = 0
    requests: int = 0
    answered_in_flight: int = 0
    answered_busy: int = 0
    doubled: int = 0
    lost: int = 0
    different_answers: int = 0
    mismatches_accepted: int = 0
    unexpected_answers: int = 0

    @property
    def is_clean(self) -> bool:
        wrong = (self.doubled, self.lost, self.different_answers, self.mismatches_accepted)
        return not any((*wrong, self.unexpected_answers))


def run_campaign(folder: Path, rounds: int, clients: int, seed: int) -> Counts:
    counts, chance = Counts(), random.Random(seed)
    kinds = [_post, _begin_upload, _post_upload, _dedupe]
    with local_services(folder) as services, ThreadPoolExecutor(clients) as pool:
        ana = services.person("ana")
        ana.me()
        for number in range(rounds):
            kind = kinds[number % len(kinds)] if number < len(kinds) else chance.choice(kinds)
            kind(Round(services, pool, ana, number, clients, counts))
            counts.rounds += 1
    return counts


@dataclass
class Round:
    services: LocalServices
    pool: ThreadPoolExecutor
    person: Any
    number: int
    clients: int
    counts: Counts

    def all_at_once(self, call: Any) -> list[Any]:
        """Call concurrently, each time as the same person with a connection of its own."""
        people = [self.services.again(self.person) for _ in range(self.clients)]
        answers = list(self.pool.map(call, people))
        self.counts.requests += len(answers)
        for status in (answer.status_code for answer in answers):
            self.counts.answered_in_flight += status == IN_FLIGHT
            self.counts.answered_busy += status == BUSY
            self.counts.unexpected_answers += status not in (*CREATED, IN_FLIGHT, BUSY)
        return [answer for answer in answers if answer.status_code in CREATED]

    def check_one_created(self, answers: list[Any], present: Counter[str]) -> None:
        bodies = {_unchanging(answer) for answer in answers}
        ids = {answer.get_json()["id"] for answer in answers}
        self.counts.lost += not answers or not present[next(iter(ids))]
        self.counts.doubled += sum(present.values()) - 1 if present else 0
        self.counts.different_answers += len(bodies) > 1

    def check_mismatches(self, call: Any) -> None:
        people = [self.services.again(self.person) for _ in range(MISMATCHES)]
        for answer in self.pool.map(call, people):
            self.counts.requests += 1
            self.counts.mismatches_accepted += answer.status_code != MISMATCH


def _post(one: Round) -> None:
    key, caption = uuid.uuid4().hex, f"round {one.number}"
    answers = one.all_at_once(lambda each: each.post_photo(unique_image(one.number), caption, key))
    one.check_one_created(answers, _photos_with(one, caption))
    one.check_mismatches(lambda each: each.post_photo(unique_image(one.number), caption + "!", key))
    one.check_mismatches(lambda each: each.post_photo(unique_image(one.number + 10**9), caption, key))


def _begin_upload(one: Round) -> None:
    """Uploads are counted by their rows."""
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    before = {row.key for row in one.services.rows("ana", "Upload")}

    def begin(each: Any, size: int = 1000) -> Any:
        body = {"content_type": "image/jpeg", "size": size}
        return each.call("POST", "/api/v1/uploads", headers, json=body)

    answers = one.all_at_once(begin)
    added = [row for row in one.services.rows("ana", "Upload") if row.key not in before]
    one.counts.doubled += len(added) - 1
    one.counts.different_answers += len({answer.get_json()["id"] for answer in answers}) > 1
    one.check_mismatches(lambda each: begin(each, 1001))
    one.person.call("DELETE", f"/api/v1/uploads/{answers[0].get_json()['id']}")


def _post_upload(one: Round) -> None:
    image, caption = unique_image(one.number), f"round {one.number}"
    begun = {"content_type": "image/jpeg", "size": len(image)}
    upload = one.person.call("POST", "/api/v1/uploads", json=begun).get_json()
    requests.put(upload["upload_url"], data=image, timeout=30).raise_for_status()
    body = {"upload_id": upload["id"], "caption": caption}
    answers = one.all_at_once(lambda each: each.call("POST", "/api/v1/photos", json=body))
    one.check_one_created(answers, _photos_with(one, caption))


def _dedupe(one: Round) -> None:
    caption = f"round {one.number}"
    answers = one.all_at_once(lambda each: each.post_photo(unique_image(one.number), caption, dedupe="true"))
    one.check_one_created(answers, _photos_with(one, caption))


def _photos_with(one: Round, caption: str) -> Counter[str]:
    return Counter(photo["id"] for photo in one.services.stream("ana") if photo["caption"] == caption)


def _unchanging(answer: Any) -> str:
    return str(answer.get_json()["id"]) + str(answer.get_json()["created"])


def main() -> int:
    return run_campaign_command(__doc__, {"rounds": 200, "clients": 50}, run_campaign)


if __name__ == "__main__":
    sys.exit(main())
