# SPDX-License-Identifier: Apache-2.0
"""The same noun is the same file name in every layer: `git ls-files '*/recordsets.py'`."""

from collections.abc import Mapping
from pathlib import Path

from tests.architecture.sources import PACKAGE

LAYERS = ("model", "contracts", "central", "api/v2", "policy", "storage")
"""Where a resource of the API usually has a file."""

Needs = Mapping[str, Mapping[str, str]]

NOUNS: Needs = {
    "zones": {},
    "recordsets": {},
    "imports": {},
    "exports": {},
    "shares": {},
    "floatingips": {},
    "transfer_requests": {},
    "transfer_accepts": {},
    "nameservers": {
        "model": "a hostname with a priority, as a pool has them: model/pools.py",
        "storage": "rows of a pool: storage/pools.py",
    },
    "tlds": {},
    "blacklists": {},
    "tsigkeys": {},
    "reports": {
        "api/v2": "for operators: api/admin/reports.py",
        "policy": "rules of what is counted: policy/tenants.py, zones.py, records.py",
    },
    "quotas": {},
    "pools": {},
    "service_statuses": {},
    "limits": {
        "policy": "anybody with a token may read them",
        "storage": "numbers of the configuration and of quotas, not stored as such",
    },
}
"""Noun: the layers where it has no file, each with the reason."""


def missing_files(root: Path, nouns: Needs) -> list[str]:
    """A sentence for each noun that lacks its file in a layer; layers not begun ask for nothing."""
    package = root / PACKAGE
    return [
        f"{PACKAGE}/{layer}/{noun}.py is missing (or tests/architecture/nouns.py says why)"
        for layer in LAYERS
        if (package / layer).is_dir()
        for noun, absent in nouns.items()
        if layer not in absent and not (package / layer / f"{noun}.py").is_file()
    ]


def needless_reasons(root: Path, nouns: Needs) -> list[str]:
    """A sentence for each reason that explains the absence of a file that exists."""
    return [
        f"{PACKAGE}/{layer}/{noun}.py exists, yet nouns.py says why it does not"
        for noun, absent in nouns.items()
        for layer in absent
        if (root / PACKAGE / layer / f"{noun}.py").exists()
    ]
