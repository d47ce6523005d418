# SPDX-License-Identifier: Apache-2.0
"""The life of a process: locks, signals, plug-ins."""
