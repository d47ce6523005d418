# SPDX-License-Identifier: Apache-2.0
"""Whether a client was refused for a reason: by a fault of a part that the request needs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tests.cluster.faults import Fault
from tests.system.deeds import Refusal

AFTERMATH = 30.0
"""Seconds after a fault in which clients may still hear of it."""
PROXY = "an answer of the proxy's own"
TYPES = frozenset({"database_unavailable", "messaging_unavailable", "timeout"})
"""What an answer of ours names that says that nobody could answer."""
EXCUSES: Mapping[str, frozenset[str]] = {
    "api": frozenset({PROXY, "messaging_unavailable", "timeout"}),
    "central": TYPES,
    "broker": frozenset({"messaging_unavailable", "timeout"}),
    "database": frozenset({"database_unavailable", "timeout"}),
}
"""What a fault of a part excuses; of any other part, nothing: no request needs it."""


class Span(NamedTuple):
    """From when to when a fault was there, on the monotonic clock."""

    start: float
    end: float
    fault: Fault


def unexcused(refusals: Iterable[Refusal], spans: Sequence[Span], began: float = 0.0) -> list[str]:
    """The refusals without a fault that could be their reason, each with the faults of its time.

    Their times are told from `began` on.
    """
    return [
        f"{refusal.status} {refusal.type} at {refusal.at - began:.1f} s"
        f" during {[str(fault) for fault in _near(refusal, spans)]}"
        for refusal in refusals
        if not reasons(refusal, spans)
    ]


def reasons(refusal: Refusal, spans: Sequence[Span]) -> list[Fault]:
    """The faults that could be the reason of a refusal, in their order."""
    said = refusal.type if refusal.type in TYPES else PROXY
    return [fault for fault in _near(refusal, spans) if said in _excused_by(fault)]


def _near(refusal: Refusal, spans: Sequence[Span]) -> list[Fault]:
    return [one.fault for one in spans if one.start <= refusal.at <= one.end + AFTERMATH]


def _excused_by(fault: Fault) -> frozenset[str]:
    return EXCUSES.get(fault.part.rstrip("0123456789"), frozenset())
