# SPDX-License-Identifier: Apache-2.0
"""The producer: periodic work, one file for each task."""
