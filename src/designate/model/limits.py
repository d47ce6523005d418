# SPDX-License-Identifier: Apache-2.0
"""The limits that apply to a project (API.md section 21)."""

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Quotas of the project (-1: none) and limits of the installation, in the API's order."""

    max_zones: int
    max_zone_recordsets: int
    max_zone_records: int
    max_recordset_records: int
    min_ttl: int
    max_zone_name_length: int
    max_recordset_name_length: int
    max_page_limit: int
