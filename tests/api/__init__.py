# SPDX-License-Identifier: Apache-2.0
"""The REST API specified by requests: one YAML file per noun, in the manner of gabbi.

Run in process over SQLite; with DESIGNATE_URL set, against the service at that URL (noauth, with
default settings), as `tests/system/test_stories.py` does.
"""
