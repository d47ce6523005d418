# SPDX-License-Identifier: Apache-2.0
"""Column types that mean the same on SQLite, MariaDB/MySQL and PostgreSQL."""

from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, MetaData, String, Text
from sqlalchemy.dialects import mysql, postgresql

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


DEL = "\x7f"
"""The last character of ASCII."""


class Ascii(String):
    """Text that no other character can be compared with on every database."""


def _key(length: int) -> String:
    """ASCII text that compares byte by byte."""
    ascii_bin = mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")
    return (
        Ascii(length)
        .with_variant(ascii_bin, "mysql", "mariadb")
        .with_variant(postgresql.VARCHAR(length, collation="C"), "postgresql")
    )


def free_text(length: int) -> String:
    """Text of any language that compares byte by byte, so that a prefix is a range."""
    utf8_bin = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return (
        String(length)
        .with_variant(utf8_bin, "mysql", "mariadb")
        .with_variant(postgresql.VARCHAR(length, collation="C"), "postgresql")
    )


Identifier = _key(36)  # a UUID as text, as the API renders it
Word = _key(64)  # a status, type, server key part or other fixed word
Name = _key(255)  # a domain name in text form
ServerKey = _key(320)
SearchKey = free_text(255)
Project = free_text(255)  # Keystone's project ids are free text to us
Moment = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")  # naive UTC
Counter = BigInteger().with_variant(Integer, "sqlite")
Wire = LargeBinary().with_variant(mysql.LONGBLOB, "mysql", "mariadb")
Document = Text().with_variant(
    mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb"
)  # JSON
