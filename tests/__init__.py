# SPDX-License-Identifier: Apache-2.0
"""Tests; the folders below mirror src/designate or name the kind of suite (docs/testing.md)."""
