# SPDX-License-Identifier: Apache-2.0
"""From which address a UDP answer leaves: that which was asked (RFC 2181 section 4.1).

A socket that is bound to one address has no other. One that is bound to all would use what the
routing table says, which clients drop as an answer that they did not ask for: so the kernel tells
with each datagram where it was sent to, and takes that back with the answer.
"""

import ipaddress
import socket
import struct

Ancillary = list[tuple[int, int, bytes]]
"""What goes with a datagram beside its bytes; see `socket.sendmsg`."""

ROOM = socket.CMSG_SPACE(20)
"""Bytes of what comes with a datagram: the longer of both forms is that of IPv6."""
# Linux's; Python has no name for it. struct in_pktinfo: interface, local address, destination.
_IP_PKTINFO = 8
_ANY_INTERFACE = struct.pack("i", 0)


def ask_for(sock: socket.socket) -> bool:
    """Have the kernel tell where each datagram was sent to; False where there is one address."""
    if not ipaddress.ip_address(sock.getsockname()[0]).is_unspecified:
        return False
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    return True


def back(came: Ancillary) -> Ancillary:
    """What has the answer leave from where the request, which came with this, was sent to.

    By whatever interface leads to the client; a link-local address is of one interface.
    """
    for level, kind, data in came:
        if (level, kind) == (socket.IPPROTO_IP, _IP_PKTINFO):
            return [(level, kind, _ANY_INTERFACE + data[len(_ANY_INTERFACE) :])]
        if (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
            is_of_link = data[0] == 0xFE and data[1] & 0xC0 == 0x80
            return [(level, kind, data if is_of_link else data[:16] + _ANY_INTERFACE)]
    return []
