# SPDX-License-Identifier: Apache-2.0
"""Decisions as pure functions over facts that were read first: they return, or raise."""
