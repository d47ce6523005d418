# SPDX-License-Identifier: Apache-2.0
"""The nouns of API version 2: a file parses, calls one contract, and renders."""
