# SPDX-License-Identifier: Apache-2.0
"""What is read from the Protocols."""

from dataclasses import fields

import msgspec
import pytest

from designate.contracts.central import Central
from designate.contracts.mdns import Mdns
from designate.contracts.worker import Worker
from designate.model.listing import Page, Query
from designate.model.tlds import NewTld, Tld
from designate.rpc.operations import Operation, operations


def operation(title: str) -> Operation:
    """One of central's."""
    (found,) = [op for ops in operations(Central).values() for op in ops if op.title == title]
    return found


def test_every_contract_of_central_can_travel() -> None:
    """Each noun has operations."""
    found = operations(Central)
    assert list(found) == [field.name for field in fields(Central)]
    assert all(found.values())


def test_background_work_does_not_travel() -> None:
    """What a service does by itself nobody asks for from elsewhere."""
    titles = {op.title for ops in operations(Central).values() for op in ops}
    assert not any("run_next" in title for title in titles)
    assert "imports.create" in titles


def test_generic_contracts_have_the_types_they_are_bound_to() -> None:
    """A register of TLDs takes and returns TLDs."""
    packed = operation("tlds.create").pack({"new": NewTld(name="example")})
    assert operation("tlds.create").unpack(packed) == {"new": NewTld(name="example")}
    (result,) = msgspec.structs.fields(operation("tlds.find").result)
    assert result.type == Page[Tld]


def test_defaults_are_not_sent() -> None:
    """So a server that does not know the argument is not asked for it."""
    get = operation("quotas.get")
    assert get.pack({"project_id": None}) == {}
    assert get.unpack({}) == {"project_id": None}


def test_unknown_fields_are_ignored_and_missing_ones_have_their_default() -> None:
    """Between versions N and N+1, both ways."""
    find = operation("zones.find")
    assert find.unpack({"query": {"limit": 3, "later": 1}}) == {"query": Query(limit=3)}


def test_arguments_of_the_wrong_type_are_refused() -> None:
    """With the place, and without the value, which may be a secret."""
    with pytest.raises(msgspec.ValidationError, match=r"\$\.new\.secret") as raised:
        operation("tsigkeys.create").unpack({"new": {"name": "a", "algorithm": "a", "secret": 71}})
    assert "71" not in str(raised.value)


def test_hints_have_no_context() -> None:
    """Workers and DNS servers are only told things."""
    for contract in (Worker, Mdns):
        assert not any(found.context for found in operations(contract)[None])
    assert all(found.context for ops in operations(Central).values() for found in ops)


def test_too_many_arguments_are_an_error_of_the_caller() -> None:
    """As in a direct call."""
    with pytest.raises(TypeError, match=r"zones\.get takes 1 arguments"):
        operation("zones.get").name_arguments(("a", "b"), {})
