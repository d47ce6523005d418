# SPDX-License-Identifier: Apache-2.0
"""Clients that write without end and note what was acknowledged, while things break under them.

Every name is written by one client, one change after the other, so that what must be there is
known exactly, but for a change that was not answered: it was made once, or not at all.
"""

import http.client
import json
import random
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

CALL = 60.0
AWAY = 0.02
"""Seconds between attempts to reach a server that is not there."""
PROXYS = "text/html"
"""What a proxy's own answers are, and ours never."""
RECORDSETS = 12
"""Of a client in one zone, from which on it rather deletes."""

Texts = tuple[str, ...] | None
"""The records of a name, None where there is no recordset."""


class Unheard(Exception):
    """A request was sent, perhaps, and not answered."""


class Unreachable(Exception):
    """No request was sent."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A change that was made: of a name in a zone, or of the zone where the name is empty."""

    zone_id: str
    name: str
    before: Texts = None
    after: Texts = None


@dataclass(slots=True)
class Owned:
    """A zone, with the recordsets that one client has in it: ids and records by name."""

    id: str
    name: str
    ttl: int = 3600
    held: dict[str, tuple[str, Texts]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that says that nobody could answer: when, its status, and the type it names."""

    at: float
    status: int
    type: str


@dataclass(slots=True)
class Tally:
    """What came of a client's requests."""

    acknowledged: int = 0
    unanswered: list[str] = field(default_factory=list)
    made_unanswered: int = 0
    away: int = 0
    wrong: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


class Client:
    """Writes to a zone that it shares with others and to zones of its own.

    `refusing` are the statuses of who cannot answer now. What was not answered is made, or never,
    after `settling` seconds.
    """

    def __init__(
        self,
        api: str,
        number: int,
        seed: int,
        shared: Owned,
        *,
        refusing: Collection[int] = (503,),
        settling: float = 0.0,
    ) -> None:
        self._refusing = refusing
        self._settling = settling
        place = urlsplit(api)
        self._http = http.client.HTTPConnection(place.hostname or "", place.port, timeout=CALL)
        self._random = random.Random(f"{seed}/{number}")
        self._number = number
        self._made = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"client {number}", daemon=True)
        self.zones = [shared]
        self.deleted: list[str] = []
        self.deeds: list[Deed] = []
        self.tally = Tally()
        self._serials: dict[str, int] = {}

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """End, once the change under way is known to be made or not."""
        self._stopping.set()

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join(CALL)
        assert not self._thread.is_alive()

    # -- requests -----------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.tally.wrong.append(f"client {self._number}: {error!r}")
        finally:
            self._http.close()

    def _send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and body; raises Unheard, Unreachable."""
        try:
            if self._http.sock is None:
                self._http.connect()
        except OSError as error:
            raise Unreachable from error
        headers = {"Content-Type": "application/json"} if body is not None else {}
        answer: Any = None
        try:
            self._http.request(method, path, body and json.dumps(body), headers)
            with self._http.getresponse() as response:
                text = response.read()
                if response.getheader("Content-Type") == PROXYS:
                    answer = {"type": PROXYS}
                elif response.status == 503 and not response.getheader("Retry-After"):
                    self.tally.wrong.append(f"{method} {path}: 503 without Retry-After")
                answer = answer or (json.loads(text) if text else None)
                if response.status in self._refusing:
                    said = Refusal(time.monotonic(), response.status, answer["type"])
                    self.tally.refusals.append(said)
                return response.status, answer
        except (OSError, http.client.HTTPException) as error:
            self._http.close()
            raise Unheard from error

    def _ask(self, path: str) -> Any:
        """What is there, None when nothing is; until somebody answers."""
        while True:
            try:
                status, found = self._send("GET", path)
            except (Unheard, Unreachable):
                time.sleep(AWAY)
                continue
            if status in (200, 404):
                return found if status == 200 else None
            if status not in self._refusing:
                self.tally.wrong.append(f"GET {path}: {status} {found}")
            time.sleep(AWAY)

    def _change(self, method: str, path: str, body: Any = None) -> Any:
        """The answer to a change; raises Unheard when nobody knows what came of it."""
        while True:
            try:
                status, answer = self._send(method, path, body)
                break
            except Unreachable:
                time.sleep(AWAY)
            except Unheard as error:
                when = time.strftime("%H:%M:%S")
                self.tally.unanswered.append(f"{when} {method} {path}: {error.__cause__!r}")
                time.sleep(self._settling)
                raise
        if status in self._refusing:
            self.tally.away += 1
            time.sleep(self._settling)
            raise Unheard
        if not 200 <= status < 300:
            self.tally.wrong.append(f"{method} {path} {body}: {status} {answer}")
            raise Unheard
        self.tally.acknowledged += 1
        return answer

    # -- changes ------------------------------------------------------------------------------

    def _act(self) -> None:
        roll = self._random.random()
        zone = self._random.choice(self.zones)
        own = zone is not self.zones[0]
        if roll < 0.06 or len(self.zones) < 2:
            self._create_zone()
        elif roll < 0.09 and own:
            self._delete_zone(zone)
        elif roll < 0.15 and own:
            self._change_zone(zone)
        elif roll < 0.2:
            self._look(zone)
        elif zone.held and self._random.random() < len(zone.held) / RECORDSETS / 1.5:
            name = self._random.choice(sorted(zone.held))
            if self._random.random() < 0.35:
                self._delete(zone, name)
            else:
                self._update(zone, name)
        else:
            self._create(zone)

    def _new(self) -> int:
        self._made += 1
        return self._made

    def _texts(self) -> tuple[str, ...]:
        token, count = f"c{self._number}-{self._new()}", self._random.randint(1, 4)
        return tuple(f'"{token}.{n} {"x" * self._random.randint(0, 80)}"' for n in range(count))

    def _done(self, zone: Owned, name: str, before: Texts = None, after: Texts = None) -> None:
        self.deeds.append(Deed(zone.id, name, before, after))

    def _settled(self, *, made: bool) -> bool:
        """Note what came of a change that was not answered."""
        self.tally.made_unanswered += made
        return made

    def _create(self, zone: Owned) -> None:
        name, texts = f"r{self._new()}-c{self._number}.{zone.name}", self._texts()
        body = {"name": name, "type": "TXT", "ttl": 300, "records": texts}
        path = f"/v2/zones/{zone.id}/recordsets"
        try:
            made = self._change("POST", path, body)
        except Unheard:
            found = self._ask(f"{path}?name={name}")["recordsets"]
            if not self._settled(made=bool(found)):
                return
            [made] = found
        self._expect(made, texts)
        self._done(zone, name, None, texts)
        zone.held[name] = (made["id"], texts)

    def _update(self, zone: Owned, name: str) -> None:
        recordset_id, before = zone.held[name]
        texts = self._texts()
        path = f"/v2/zones/{zone.id}/recordsets/{recordset_id}"
        try:
            made = self._change("PUT", path, {"records": texts})
        except Unheard:
            made = self._ask(path)
            if not self._settled(made=tuple(made["records"]) != before):
                return
        self._expect(made, texts)
        self._done(zone, name, before, texts)
        zone.held[name] = (recordset_id, texts)

    def _delete(self, zone: Owned, name: str) -> None:
        recordset_id, before = zone.held[name]
        path = f"/v2/zones/{zone.id}/recordsets/{recordset_id}"
        try:
            self._change("DELETE", path)
        except Unheard:
            found = self._ask(path)
            if not self._settled(made=found is None):
                self._expect(found, before)
                return
        self._done(zone, name, before, None)
        del zone.held[name]

    def _create_zone(self) -> None:
        name = f"z{self._new()}-c{self._number}.example."
        try:
            made = self._change("POST", "/v2/zones", {"name": name, "email": "dns@example.org"})
        except Unheard:
            found = self._ask(f"/v2/zones?name={name}")["zones"]
            if not self._settled(made=bool(found)):
                return
            [made] = found
        self.zones.append(Owned(made["id"], name))

    def _change_zone(self, zone: Owned) -> None:
        """Its TTL, which changes all of its content."""
        ttl, path = 4000 + self._new(), f"/v2/zones/{zone.id}"
        try:
            self._change("PATCH", path, {"ttl": ttl})
        except Unheard:
            if not self._settled(made=self._ask(path)["ttl"] == ttl):
                return
        zone.ttl = ttl
        self._done(zone, "")

    def _delete_zone(self, zone: Owned) -> None:
        path = f"/v2/zones/{zone.id}"
        try:
            self._change("DELETE", path)
        except Unheard:
            found = self._ask(path)
            if not self._settled(made=found is None or found["action"] == "DELETE"):
                return
        self._done(zone, "")
        self.zones.remove(zone)
        self.deleted.append(zone.id)

    def _look(self, zone: Owned) -> None:
        """Serials rise, as the API shows them."""
        found = self._ask(f"/v2/zones/{zone.id}")
        last = self._serials.get(zone.id, 0)
        if found is None or found["serial"] < last:
            self.tally.wrong.append(f"{zone.name}: {found} after serial {last}")
        else:
            self._serials[zone.id] = found["serial"]

    def _expect(self, recordset: Any, texts: Texts) -> None:
        if tuple(recordset["records"]) != texts:
            self.tally.wrong.append(f"{recordset['name']}: {recordset['records']}, not {texts}")


def ended(clients: Sequence[Client]) -> Tally:
    """Stop all; what came of their requests together."""
    for client in clients:
        client.stop()
    total = Tally()
    for client in clients:
        client.join()
        total.acknowledged += client.tally.acknowledged
        total.unanswered += client.tally.unanswered
        total.made_unanswered += client.tally.made_unanswered
        total.away += client.tally.away
        total.wrong += client.tally.wrong
        total.refusals += client.tally.refusals
    return total
