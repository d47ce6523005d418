# SPDX-License-Identifier: Apache-2.0
"""Composition roots: they read the options, build the objects, and run."""

from designate.conf.libraries import use_threads

# Before a program imports oslo.messaging or tooz.
use_threads()
