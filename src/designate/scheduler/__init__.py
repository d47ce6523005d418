# SPDX-License-Identifier: Apache-2.0
"""Chooses the pool of a new zone (API.md section 6.5)."""
