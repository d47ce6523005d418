# SPDX-License-Identifier: Apache-2.0
"""The DNS server: hidden primary of the pools' servers, and authoritative for every zone."""
