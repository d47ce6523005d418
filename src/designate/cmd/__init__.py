# SPDX-License-Identifier: Apache-2.0
"""Composition roots: they read the options, build the objects, and run."""
