# SPDX-License-Identifier: Apache-2.0
"""The worker: brings what name servers serve in line with the database, and says when they do."""
