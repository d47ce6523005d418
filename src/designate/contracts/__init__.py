# SPDX-License-Identifier: Apache-2.0
"""What one service may ask of another: a Protocol per noun.

In one process a contract is a direct call; between hosts the same contract runs over RPC. The
operations are documented here, once. Each takes the caller's context first and raises the errors
of `designate.errors`; nothing else leaves a contract.
"""
