# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures made up octet by octet, where it matters which packet holds what: TCP
segments as given, HTTP/1 as text, HTTP/2 with literal header fields only."""
import struct

CLIENT, SERVER = ("192.0.2.10", 40000), ("192.0.2.1", 80)
START = 1_800_000_000


def address(text):
    return bytes(int(part) for part in text.split("."))


class Capture:
    """A pcap file of TCP connections in clear. Packets are numbered from 1, one a second."""

    def __init__(self):
        self.packets = []
        self.next = {}

    def segment(self, source, target, flags, data):
        number = self.next.setdefault((source, target), 1000)
        acknowledged = self.next.setdefault((target, source), 1000)
        tcp = struct.pack("!HHIIBBHHH", source[1], target[1], number, acknowledged if flags & 16 else 0,
                          0x50, flags, 65535, 0, 0) + data
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0,
                         address(source[0]), address(target[0]))
        self.packets.append(bytes(5) + b"\2" + bytes(5) + b"\1" + b"\x08\0" + ip + tcp)
        self.next[(source, target)] = number + len(data) + (1 if flags & 3 else 0)
        return len(self.packets)

    def open(self, client=CLIENT, server=SERVER):
        self.segment(client, server, 2, b"")
        self.segment(server, client, 18, b"")
        self.segment(client, server, 16, b"")

    def ask(self, data, client=CLIENT, server=SERVER):
        """One segment of the client; its packet number."""
        return self.segment(client, server, 24, data)

    def answer(self, data, client=CLIENT, server=SERVER):
        return self.segment(server, client, 24, data)

    def write(self, path):
        with open(path, "wb") as out:
            out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
            for number, packet in enumerate(self.packets):
                out.write(struct.pack("<IIII", START + number, 0, len(packet), len(packet)) + packet)


# ---- HTTP/1 ----

def request(host, path="/", extra=""):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{extra}\r\n".encode()


def response(extra="", status="200 OK", body=b"ok"):
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode() + body


# ---- HTTP/2 ----

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
END_STREAM, END_HEADERS = 1, 4


def frame(kind, flags, stream, payload):
    return struct.pack("!I", len(payload))[1:] + bytes([kind, flags]) + struct.pack("!I", stream) + payload


SETTINGS = frame(4, 0, 0, b"")


def fields(*pairs):
    """A header block: each field a literal without indexing (RFC 7541 6.2.2)."""
    block = b""
    for name, value in pairs:
        assert len(name) < 127 and len(value) < 127
        block += b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
    return block


def get(stream, host, *extra):
    return frame(1, END_STREAM | END_HEADERS, stream,
                 fields((":method", "GET"), (":scheme", "http"), (":authority", host), (":path", "/"), *extra))


def headers(stream, *extra, status="200", flags=END_STREAM | END_HEADERS):
    return frame(1, flags, stream, fields((":status", status), *extra))


def altsvc(stream, origin, value):
    return frame(10, 0, stream, struct.pack("!H", len(origin)) + origin.encode() + value.encode())
