# SPDX-License-Identifier: GPL-2.0-or-later
"""Rewrites pcapng captures for tests: reads blocks, finds TCP segments and QUIC
datagrams in Ethernet/IP packets, and writes them back shuffled, doubled,
overlapped (TCP alone), with 0-RTT before its Initial, or without one of them. Little endian files with one interface, as the samples are."""
import random
import struct


class Packet:
    """An Enhanced Packet Block: its time stamp (two words), its octets, and the TCP segment or the UDP
    datagram in them; DNS is left alone."""

    def __init__(self, stamp, data):
        self.stamp, self.data = stamp, data
        self.flow, self.seq, self.payload_at, self.payload, self.flags = None, 0, 0, b"", 0
        self.is_udp = False
        self._find_payload()

    def _find_payload(self):
        data, at = self.data, 14
        if len(data) < 34:
            return
        kind = struct.unpack(">H", data[12:14])[0]
        if kind == 0x0800 and data[23] in (6, 17):
            protocol = data[23]
            end = at + struct.unpack(">H", data[16:18])[0]
            addresses, at = data[26:34], at + (data[14] & 15) * 4
        elif kind == 0x86DD and data[20] in (6, 17):
            protocol = data[20]
            end = at + 40 + struct.unpack(">H", data[18:20])[0]
            addresses, at = data[22:54], at + 40
        else:
            return
        if protocol == 17:
            if 53 not in struct.unpack(">HH", data[at:at + 4]):
                self.is_udp, self.flow, self.payload = True, addresses + data[at:at + 4], data[at + 8:end]
                self.payload_at = at + 8
            return
        self.flow = addresses + data[at:at + 4]
        self.tcp_at, self.seq = at, struct.unpack(">I", data[at + 4:at + 8])[0]
        self.flags = data[at + 13]
        self.payload_at = at + (data[at + 12] >> 4) * 4
        self.payload = data[self.payload_at:end]

    def segment(self, start, size):
        """A copy that carries only payload[start:start+size], with its sequence number and lengths."""
        head = bytearray(self.data[:self.payload_at])
        head[self.tcp_at + 4:self.tcp_at + 8] = struct.pack(">I", (self.seq + start) & 0xFFFFFFFF)
        if head[12:14] == b"\x08\x00":
            head[16:18] = struct.pack(">H", self.payload_at - 14 + size)
        else:
            head[18:20] = struct.pack(">H", self.payload_at - 54 + size)
        return Packet(self.stamp, bytes(head) + self.payload[start:start + size])

    def datagram(self, payload):
        """A copy that carries that UDP payload, with its lengths."""
        head = bytearray(self.data[:self.payload_at])
        head[self.payload_at - 4:self.payload_at - 2] = struct.pack(">H", 8 + len(payload))
        if head[12:14] == b"\x08\x00":
            head[16:18] = struct.pack(">H", self.payload_at - 14 + len(payload))
        else:
            head[18:20] = struct.pack(">H", self.payload_at - 54 + len(payload))
        return Packet(self.stamp, bytes(head) + payload)


def varint(octets, at):
    """RFC 9000 section 16: the number, and where it ends."""
    size = 1 << (octets[at] >> 6)
    return int.from_bytes(octets[at:at + size], "big") & ((1 << 8 * size - 2) - 1), at + size


def quic_type(datagram):
    """Of its first packet: 0 Initial, 1 0-RTT (RFC 9000 section 17.2, RFC 9369 section 3.2); None where its header is short."""
    if not datagram or datagram[0] & 0x80 == 0:
        return None
    return ((datagram[0] >> 4) - (datagram[1:5] == b"\x6b\x33\x43\xcf")) & 3


def behind_initial(datagram):
    """What follows an Initial packet in its datagram."""
    at = 6 + datagram[5]
    at += 1 + datagram[at]
    size, at = varint(datagram, at)
    size, at = varint(datagram, at + size)
    return datagram[at + size:]


def read(path):
    """(octets of all blocks before the first packet, packets, octets after the last)."""
    octets = open(path, "rb").read()
    at, head, tail, packets = 0, b"", b"", []
    while at < len(octets):
        kind, size = struct.unpack("<II", octets[at:at + 8])
        block = octets[at:at + size]
        if kind == 6:
            _, high, low, captured, _ = struct.unpack("<IIIII", block[8:28])
            packets.append(Packet((high, low), block[28:28 + captured]))
        elif packets:
            tail += block
        else:
            head += block
        at += size
    return head, packets, tail


def write(path, head, packets, tail, stamps=None):
    """stamps: the time stamps in order, when packets have moved."""
    with open(path, "wb") as out:
        out.write(head)
        for i, packet in enumerate(packets):
            high, low = stamps[min(i, len(stamps) - 1)] if stamps else packet.stamp
            padding = -len(packet.data) % 4
            size = 32 + len(packet.data) + padding
            out.write(struct.pack("<IIIIIII", 6, size, 0, high, low, len(packet.data), len(packet.data)))
            out.write(packet.data + bytes(padding) + struct.pack("<I", size))
        out.write(tail)


def shuffled(packets, window, seed):
    """The data segments and datagrams of a burst (one direction, until the other side speaks or 16 packets
    passed) change places within a window, as parallel paths do; everything else stays."""
    out, rand, bursts, last = list(packets), random.Random(seed), [], {}
    for i, packet in enumerate(packets):
        if not packet.payload:
            continue
        ends = frozenset((packet.flow[:len(packet.flow) // 2 - 2], packet.flow[len(packet.flow) // 2 - 2:-4],
                          packet.flow[-4:-2], packet.flow[-2:]))
        burst = last.get(ends)
        if packet.flags & 0x07 or not burst or burst[0] != packet.flow or len(burst[1]) == window or \
                (burst[1] and i - burst[1][-1] > 16):
            last[ends] = burst = (packet.flow, [])
            bursts.append(burst)
        if not packet.flags & 0x07:
            burst[1].append(i)
    for _, places in bursts:
        mixed = places[:]
        rand.shuffle(mixed)
        for to, origin in zip(places, mixed):
            out[to] = packets[origin]
    return out


def early_first(packets):
    """0-RTT packets that share a datagram with their Initial become a datagram of their own before it."""
    out = []
    for packet in packets:
        payload = packet.payload
        rest = behind_initial(payload) if packet.is_udp and quic_type(payload) == 0 else b""
        if quic_type(rest) == 1:
            out += [packet.datagram(rest), packet.datagram(payload[:-len(rest)])]
        else:
            out.append(packet)
    return out


def doubled(packets):
    return [copy for packet in packets for copy in ([packet, packet] if packet.payload else [packet])]


def overlapped(packets):
    """Every data segment becomes two that share their middle third."""
    out = []
    for packet in packets:
        size = len(packet.payload)
        if size < 3 or packet.flags & 0x07 or packet.is_udp:
            out.append(packet)
            continue
        third = size // 3
        out += [packet.segment(0, 2 * third), packet.segment(third, size - third)]
    return out
