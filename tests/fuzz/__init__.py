# SPDX-License-Identifier: Apache-2.0
"""Input that nobody would send on purpose, by the thousand: no failure, no hang, no growth.

The same inputs in every gate; new ones, and many more, in `make full`.
"""
