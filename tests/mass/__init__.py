# SPDX-License-Identifier: Apache-2.0
"""Millions of recordsets: how they look, and how they come into a database in minutes."""
