# SPDX-License-Identifier: Apache-2.0
"""How each kind of name server is told which zones exist: one file per kind."""
