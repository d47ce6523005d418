# SPDX-License-Identifier: Apache-2.0
"""The REST API: HTTP in, contracts called, JSON out. No business rule (API.md)."""
