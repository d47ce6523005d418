# SPDX-License-Identifier: Apache-2.0
"""DNS messages as bytes in and bytes out: no sockets, no clock, no database."""
