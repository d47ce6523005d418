# SPDX-License-Identifier: Apache-2.0
"""The nouns of the system as immutable structs, and what is true of one object alone."""
