# SPDX-License-Identifier: Apache-2.0
"""Use cases, one class per noun: they read facts, ask policy and rules, and write.

Use cases never call use cases; what they share is in `rules` and `storage`.
"""
