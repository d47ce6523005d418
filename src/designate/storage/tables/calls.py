# SPDX-License-Identifier: Apache-2.0
"""The calls of other processes that have written."""

from sqlalchemy import Column, Index, Table

from designate.storage.tables.columns import Identifier, Moment, metadata

calls = Table(
    "calls",
    metadata,
    Column("id", Identifier, primary_key=True),
    # The transaction that carried it out.
    Column("holder", Identifier, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index(None, "created_at"),
)
"""A call whose row is there is not carried out again (decision 0020)."""
