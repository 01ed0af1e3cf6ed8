# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of connections that fail, or nearly so, made up packet by packet, one a second:
each with the reasons of the failures that it shows."""
import struct

import made

CLIENT, SERVER, ROUTER = ("192.0.2.10", 40000), ("192.0.2.1", 443), "192.0.2.254"
SYN, RST, ACK, FIN_ACK, RST_ACK, PUSH_ACK = 2, 4, 16, 17, 20, 24
UNREACHABLE, REDIRECT = 3, 5


class Capture(made.Capture):
    """What is repeated has the sequence number it had."""

    def again(self, source, target, flags, data=b""):
        key, taken = (source, target), len(data) + (1 if flags & 3 else 0)
        self.next[key] -= taken
        return self.segment(source, target, flags, data)

    def wait(self, seconds):
        """Somebody else's packets, one a second."""
        for _ in range(seconds):
            self.packets.append(bytes(12) + b"\x08\x06" + bytes(28))

    def ip(self, protocol, source, target, payload):
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0,
                           made.address(source), made.address(target))
        self.packets.append(bytes(5) + b"\2" + bytes(5) + b"\1" + b"\x08\0" + head + payload)

    def udp(self, source, target, payload):
        self.ip(17, source[0], target[0],
                struct.pack("!HHHH", source[1], target[1], 8 + len(payload), 0) + payload)

    def icmp(self, kind, code, rest, frame, octets=28):
        """An error about the frame, of whose IP packet it has so many octets."""
        packet = frame[14:14 + octets]
        to = ".".join(map(str, packet[12:16]))
        self.ip(1, ROUTER, to, struct.pack("!BBHI", kind, code, 0, rest) + packet)


def hello():
    """A ClientHello of TLS 1.2 without extensions, in a record."""
    body = b"\3\3" + bytes(range(32)) + b"\0" + b"\0\2\xc0\x2f" + b"\1\0"
    message = b"\1" + struct.pack("!I", len(body))[1:] + body
    return b"\x16\3\1" + struct.pack("!H", len(message)) + message


def server_hello():
    body = b"\3\3" + bytes(range(32, 64)) + b"\0" + b"\xc0\x2f" + b"\0"
    message = b"\2" + struct.pack("!I", len(body))[1:] + body
    return b"\x16\3\3" + struct.pack("!H", len(message)) + message


def alert(level, description):
    return b"\x15\3\3\0\2" + bytes([level, description])


def no_answer():
    capture = Capture()
    capture.segment(CLIENT, SERVER, SYN, b"")
    capture.again(CLIENT, SERVER, SYN)
    capture.wait(4)
    return capture, ["no-answer"]


def no_answer_late():
    """Repeated only when the time is over."""
    capture = Capture()
    capture.segment(CLIENT, SERVER, SYN, b"")
    capture.wait(5)
    capture.again(CLIENT, SERVER, SYN)
    return capture, ["no-answer"]


def not_repeated():
    capture = Capture()
    capture.segment(CLIENT, SERVER, SYN, b"")
    capture.wait(6)
    return capture, []


def refused():
    capture = Capture()
    capture.segment(CLIENT, SERVER, SYN, b"")
    capture.segment(SERVER, CLIENT, RST_ACK, b"")
    return capture, ["refused"]


def reset_by_client():
    capture = Capture()
    capture.segment(CLIENT, SERVER, SYN, b"")
    capture.segment(CLIENT, SERVER, RST, b"")
    return capture, []


def stalled():
    capture = Capture()
    capture.open(CLIENT, SERVER)
    capture.ask(made.request("a.test"), CLIENT, SERVER)
    for _ in range(7):
        capture.again(CLIENT, SERVER, PUSH_ACK, made.request("a.test"))
    return capture, ["stalled"]


def stalled_server():
    """A client may have gone."""
    capture = Capture()
    capture.open(CLIENT, SERVER)
    capture.ask(made.request("a.test"), CLIENT, SERVER)
    capture.answer(made.response(), CLIENT, SERVER)
    for _ in range(7):
        capture.again(SERVER, CLIENT, PUSH_ACK, made.response())
    return capture, []


def answered_between():
    capture = Capture()
    capture.open(CLIENT, SERVER)
    capture.ask(made.request("a.test"), CLIENT, SERVER)
    for _ in range(7):
        capture.again(CLIENT, SERVER, PUSH_ACK, made.request("a.test"))
        capture.segment(SERVER, CLIENT, ACK, b"")
    return capture, []


def unreachable():
    capture = Capture()
    capture.segment(CLIENT, SERVER, SYN, b"")
    capture.icmp(UNREACHABLE, 1, 0, capture.packets[0])
    return capture, ["icmp-unreachable"]


def unreachable_whole():
    """The error quotes all of the segment, which Wireshark then takes for one of the connection."""
    capture = Capture()
    capture.segment(CLIENT, SERVER, SYN, b"")
    capture.icmp(UNREACHABLE, 10, 0, capture.packets[0], 40)
    return capture, ["icmp-unreachable"]


def unreachable_client():
    """Of what the server sent: a client that has gone is no failure."""
    capture = Capture()
    capture.open(CLIENT, SERVER)
    capture.icmp(UNREACHABLE, 3, 0, capture.packets[1])
    return capture, []


def unreachable_foreign():
    """Quotes a segment that was never sent."""
    capture = Capture()
    capture.segment(CLIENT, SERVER, SYN, b"")
    first = capture.packets[0]
    capture.icmp(UNREACHABLE, 1, 0, first[:38] + struct.pack("!I", 900_000) + first[42:])
    return capture, []


def redirected():
    capture = Capture()
    capture.open(CLIENT, SERVER)
    capture.icmp(REDIRECT, 1, 0x0A000001, capture.packets[0])
    return capture, []


def too_big():
    capture = Capture()
    capture.open(CLIENT, SERVER)
    big = capture.ask(hello(), CLIENT, SERVER)
    capture.icmp(UNREACHABLE, 4, 1280, capture.packets[big - 1])
    return capture, ["packet-too-big"]


def too_big_later():
    """What works is probed for larger packets."""
    capture = Capture()
    capture.open(CLIENT, SERVER)
    big = capture.ask(made.request("a.test"), CLIENT, SERVER)
    capture.answer(made.response(), CLIENT, SERVER)
    capture.icmp(UNREACHABLE, 4, 1280, capture.packets[big - 1])
    return capture, []


def closed_in_handshake():
    capture = Capture()
    capture.open(CLIENT, SERVER)
    capture.ask(hello(), CLIENT, SERVER)
    capture.answer(server_hello(), CLIENT, SERVER)
    capture.segment(SERVER, CLIENT, FIN_ACK, b"")
    return capture, ["handshake-incomplete"]


def left_in_handshake():
    capture = Capture()
    capture.open(CLIENT, SERVER)
    capture.ask(hello(), CLIENT, SERVER)
    capture.wait(3)
    return capture, ["handshake-incomplete"]


def warned():
    """An alert that is no more than a warning, then one that is."""
    capture = Capture()
    capture.open(CLIENT, SERVER)
    capture.ask(hello(), CLIENT, SERVER)
    capture.answer(alert(1, 112), CLIENT, SERVER)
    capture.answer(server_hello(), CLIENT, SERVER)
    capture.ask(alert(2, 42), CLIENT, SERVER)
    capture.segment(CLIENT, SERVER, FIN_ACK, b"")
    return capture, ["tls-alert"]


def versions(initial, offered):
    """A client's first QUIC datagram, and what a server answers that wants other versions (RFC 9000 6)."""
    size = initial[5]
    destination, source = initial[6:6 + size], initial[7 + size:7 + size + initial[6 + size]]
    answer = b"\x80\0\0\0\0" + bytes([len(source)]) + source + bytes([len(destination)]) + destination
    answer += b"".join(struct.pack("!I", version) for version in offered)
    capture = Capture()
    capture.udp(CLIENT, SERVER, initial)
    capture.udp(SERVER, CLIENT, answer)
    return capture


ALL = [no_answer, no_answer_late, not_repeated, refused, reset_by_client, stalled, stalled_server, answered_between,
       unreachable, unreachable_whole, unreachable_client, unreachable_foreign, redirected, too_big, too_big_later,
       closed_in_handshake, left_in_handshake, warned]


def of_quic(initial):
    """The same of QUIC: name, capture, failures. initial: a client's first datagram."""
    repeated = Capture()
    for _ in range(3):
        repeated.udp(CLIENT, SERVER, initial)
    repeated.wait(2)
    repeated.udp(("192.0.2.99", 1000), ("192.0.2.98", 1001), b"time")
    gone = Capture()
    gone.udp(CLIENT, SERVER, initial)
    gone.icmp(UNREACHABLE, 3, 0, gone.packets[0])
    large = Capture()
    large.udp(CLIENT, SERVER, initial)
    large.icmp(UNREACHABLE, 4, 1280, large.packets[0], 560)
    return [("other_versions", versions(initial, [0x1A2A3A4A, 0x57414954]), ["version-negotiation"]),
            ("same_version", versions(initial, [0x1A2A3A4A, struct.unpack("!I", initial[1:5])[0]]), []),
            ("unanswered", repeated, ["no-answer"]),
            ("unreachable", gone, ["icmp-unreachable"]),
            ("too_big", large, ["packet-too-big"])]
