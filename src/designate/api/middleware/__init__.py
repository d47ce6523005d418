# SPDX-License-Identifier: Apache-2.0
"""What happens to every request before and after its noun (API.md sections 1 and 2)."""
