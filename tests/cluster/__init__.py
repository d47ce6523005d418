# SPDX-License-Identifier: Apache-2.0
"""Everything twice on one machine, and what happens when parts of it die: docs/cluster.md."""
