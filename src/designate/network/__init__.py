# SPDX-License-Identifier: Apache-2.0
"""Where floating IPs are looked up: one file for each kind of network service."""
