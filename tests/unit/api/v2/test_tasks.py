# SPDX-License-Identifier: Apache-2.0
"""Imports and exports: what a client may send, and what it gets."""

import tracemalloc
from datetime import datetime

import pytest

from designate.api.v2 import exports, imports
from designate.errors import BadRequest, InvalidObject
from designate.model.exports import ZoneExport
from designate.model.imports import ZoneImport

MOMENT = datetime(2026, 11, 21, 4, 56, 39)
EXPORT = ZoneExport(id="e1", project_id="p1", zone_id="z1", created_at=MOMENT)


def test_an_export_links_to_its_text_once_there_is_one() -> None:
    assert exports.render(EXPORT, "http://h")["links"] == {
        "self": "http://h/v2/zones/tasks/exports/e1"
    }
    done = ZoneExport(
        id="e1", project_id="p1", zone_id="z1", created_at=MOMENT, location="designate://v2/x"
    )
    assert exports.render(done, "http://h")["links"] == {
        "self": "http://h/v2/zones/tasks/exports/e1",
        "export": "http://h/v2/zones/tasks/exports/e1/export",
    }


def test_a_text_kept_elsewhere_has_no_link() -> None:
    away = ZoneExport(
        id="e1", project_id="p1", zone_id="z1", created_at=MOMENT, location="s3://bucket/x"
    )
    assert "export" not in exports.render(away, "http://h")["links"]


def test_an_import_tells_how_far_it_is() -> None:
    running = ZoneImport(
        id="i1", project_id="p1", created_at=MOMENT, records_done=5, bytes_done=70, bytes_total=100
    )
    rendered = imports.render(running, "http://h")
    assert list(rendered) == [
        "id", "status", "message", "progress", "zone_id", "project_id", "created_at",
        "updated_at", "version", "links",
    ]  # fmt: skip
    assert rendered["progress"] == {"records": 5, "bytes": 70, "total_bytes": 100}
    assert "zone" not in rendered["links"]


def test_an_import_links_to_its_zone() -> None:
    done = ZoneImport(id="i1", project_id="p1", created_at=MOMENT, zone_id="z1")
    assert imports.render(done, "http://h")["links"]["zone"] == "http://h/v2/zones/z1"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"zonefile": "$ORIGIN \\u00fc."}', "$ORIGIN ü.".encode()),
        (b'{"zonefile": 5, "other": 1, "attributes": null}', b"5"),
    ],
)
def test_json_holds_a_zone_file(body: bytes, text: bytes) -> None:
    assert imports.parse_json(body) == (text, {})


def test_json_may_hold_attributes() -> None:
    assert imports.parse_json(b'{"zonefile": "", "attributes": {"a": 1}}') == (b"", {"a": "1"})


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"{}", b'"zonefile"'])
def test_json_without_a_zone_file_is_a_bad_request(body: bytes) -> None:
    with pytest.raises(BadRequest) as caught:
        imports.parse_json(body)
    assert caught.value.code == "bad_request"


def test_what_means_nothing_is_not_made() -> None:
    """Each of its lists would be 20 times as large as it is in JSON."""
    body = b'{"zonefile": "$ORIGIN a.", "other": [' + b"[]," * 300_000 + b"[]]}"
    tracemalloc.start()
    try:
        assert imports.parse_json(body) == (b"$ORIGIN a.", {})
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_attributes_are_few() -> None:
    with pytest.raises(BadRequest, match="attributes are more than"):
        imports.parse_json(b'{"zonefile": "", "attributes": [' + b"[]," * 400_000 + b"[]]}")


def test_attributes_are_an_object() -> None:
    with pytest.raises(InvalidObject):
        imports.parse_json(b'{"zonefile": "", "attributes": []}')
