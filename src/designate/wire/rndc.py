# SPDX-License-Identifier: Apache-2.0
"""Messages of BIND's control channel, which rndc speaks: nested tables, signed with HMAC.

The channel has no RFC. A message is its length, a version, and a table that begins with the
signature of all that follows in it.
"""

import base64
import hmac
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Table: TypeAlias = dict[str, "bytes | Table"]

PREFIX = struct.Struct("!I")
"""The length that stands before each message."""
MAX_MESSAGE = 1 << 20

_VERSION = 1
_DEEPEST = 4
"""Levels of tables; messages have two."""
_BINARY, _TABLE = 1, 2
_VALUE = struct.Struct("!BI")
_MD5, _MD5_LENGTH, _OTHER_LENGTH = "hmac-md5", 22, 88
_NUMBERS = {
    _MD5: 157,
    "hmac-sha1": 161,
    "hmac-sha224": 162,
    "hmac-sha256": 163,
    "hmac-sha384": 164,
    "hmac-sha512": 165,
}
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|#[^\n]*", re.DOTALL)
_KEY = re.compile(r"\bkey\s+[^\s{]+\s*\{([^}]*)\}")
_ALGORITHM = re.compile(r'\balgorithm\s+"?([\w-]+)"?\s*;')
_SECRET = re.compile(r'\bsecret\s+"?([\w+/=]+)"?\s*;')


class BadMessage(ValueError):
    """The bytes are not a message, or not signed with the key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that both ends share; its secret is not shown."""

    algorithm: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Key({self.algorithm})"

    def sign(self, signed: bytes) -> Table:
        """The table that carries the signature."""
        digest = base64.b64encode(
            hmac.digest(self.secret, signed, self.algorithm.removeprefix("hmac-"))
        )
        if self.algorithm == _MD5:
            return {"hmd5": digest[:_MD5_LENGTH]}
        return {"hsha": bytes((_NUMBERS[self.algorithm],)) + digest.ljust(_OTHER_LENGTH, b"\0")}


def read_key(text: str) -> Key | None:
    """The first key of a key file as rndc-confgen writes it, None when there is none to use."""
    block = _KEY.search(_COMMENT.sub("", text))
    algorithm = _ALGORITHM.search(block.group(1)) if block else None
    secret = _SECRET.search(block.group(1)) if block else None
    if algorithm is None or secret is None or algorithm.group(1).lower() not in _NUMBERS:
        return None
    try:
        return Key(algorithm.group(1).lower(), base64.b64decode(secret.group(1), validate=True))
    except ValueError:
        return None


def pack(key: Key, control: Mapping[str, str], data: Mapping[str, str]) -> bytes:
    """A signed message with its length."""
    signed = _pack_table({"_ctrl": _texts(control), "_data": _texts(data)})
    body = PREFIX.pack(_VERSION) + _pack_table({"_auth": key.sign(signed)}) + signed
    return PREFIX.pack(len(body)) + body


def unpack(key: Key, body: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Control and data of a message without its length; raises BadMessage."""
    try:
        (version,) = PREFIX.unpack_from(body)
        auth, offset = _unpack_entry(body, PREFIX.size, _DEEPEST)
        if version != _VERSION or not _is_signed(key, auth, body[offset:]):
            raise BadMessage("not signed with the key")
        table = _unpack_table(body[offset:], _DEEPEST)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise BadMessage("cut off") from error
    return _read_texts(table.get("_ctrl")), _read_texts(table.get("_data"))


def _is_signed(key: Key, auth: Table, signed: bytes) -> bool:
    (name, expected), *_ = key.sign(signed).items()
    given = auth.get("_auth")
    found = given.get(name) if isinstance(given, dict) else None
    return (
        isinstance(expected, bytes)
        and isinstance(found, bytes)
        and hmac.compare_digest(expected, found)
    )


def _texts(table: Mapping[str, str]) -> Table:
    return {name: text.encode() for name, text in table.items()}


def _read_texts(table: "bytes | Table | None") -> dict[str, str]:
    if not isinstance(table, dict):
        return {}
    return {
        name: value.decode("utf-8", "replace")
        for name, value in table.items()
        if isinstance(value, bytes)
    }


def _pack_table(table: Table) -> bytes:
    packed = bytearray()
    for name, value in table.items():
        kind, content = (
            (_BINARY, value) if isinstance(value, bytes) else (_TABLE, _pack_table(value))
        )
        packed += bytes((len(name),)) + name.encode() + _VALUE.pack(kind, len(content)) + content
    return bytes(packed)


def _unpack_table(packed: bytes, levels: int) -> Table:
    if not levels:
        raise BadMessage("nested too deep")
    table: Table = {}
    offset = 0
    while offset < len(packed):
        entry, offset = _unpack_entry(packed, offset, levels)
        table |= entry
    return table


def _unpack_entry(packed: bytes, offset: int, levels: int) -> tuple[Table, int]:
    start = offset + 1 + packed[offset]
    name = packed[offset + 1 : start].decode()
    kind, length = _VALUE.unpack_from(packed, start)
    start += _VALUE.size
    content = packed[start : start + length]
    if len(content) != length:
        raise BadMessage("cut off")
    value = _unpack_table(content, levels - 1) if kind == _TABLE else content
    return {name: value}, start + length
