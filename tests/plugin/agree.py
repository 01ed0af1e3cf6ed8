#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the plugin against altshark: `tshark -z altsvc,observations` must print what
`altshark -z observations -T ndjson` prints, in one pass, in two, and with a display
filter. So must captures that are made up (failures.py), which hold the failures they say.
Usage: agree.py ALTSHARK PLUGIN CAPTURE... ; exit 1 when any differs."""
import json
import pathlib
import subprocess
import sys
import tempfile

import failures
from wireshark import Wireshark

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
import rewrite  # noqa: E402

# What the plugin cannot know: Wireshark does not tell a plugin about the file.
UNKNOWN = {"file": None, "format": ["capture"], "complete": ["capture"], "dropped": ["capture"]}
# What a loss cost: Wireshark does not tell a plugin which records and messages it left out.
LOSSES = ["bytes-lost", "hpack-lost", "qpack-lost"]
# Captures with QUIC connections that Wireshark 4.0 does not open or tell apart: what it reads of
# them must be right, what it does not read is not missed.
CLOSED = {
    "no-secrets-client": "opens the server's packets only with the client's secrets, too",
    "offload": "does not split datagrams that offload glued together",
    "24-gso-capture--firefox": "the same",
    "quic-retry": "takes a second Retry, which the client ignores",
    "curl8-nginx-h3-retry": "the same",
    "quic-same-ports": "mixes up the handshakes of connections that begin at once between the same ports",
    "quic-three-concurrent-same-tuple": "the same",
    "gtls-gtls-ccm": "has no AES-CCM for QUIC",
    "10-replaced--firefox": "takes what pads a datagram behind a short header for a part of the packet",
    "quic-0rtt-chacha20": "opens 0-RTT packets with the first suite that the client offers",
}
READ = ["request", "response", "advertisement"]
# Packets that Wireshark cannot open may hide connection ids, so it misses some behind them.
HIDDEN = "bytes"
PASSES = [[], ["-2"], ["-Y", "altsvc"]]


def comparable(line):
    """The observation without what only one side can know; None when it is not to be compared."""
    seen = json.loads(line)
    if seen["kind"] == "unreadable" and seen["reason"] in LOSSES:
        return None
    if seen["kind"] == "unreadable" and seen["connection"].startswith("quic:"):
        seen.pop(HIDDEN)
    for key, kinds in UNKNOWN.items():
        if kinds is None or seen["kind"] in kinds:
            seen.pop(key, None)
    return json.dumps(seen)


def observations(text):
    """All that is to be compared, by packet: within a packet the order is free, since a response
    seen before its request waits for it in altshark."""
    found = [one for one in map(comparable, text.splitlines()) if one]
    return sorted(found, key=lambda one: (json.loads(one)["packet"], one))


def by_altshark(altshark, capture):
    run = subprocess.run([altshark, "-z", "observations", "-T", "ndjson", capture], check=False,
                         capture_output=True)
    return observations(run.stdout)


def agree(theirs, ours, closed):
    if not closed:
        return theirs == ours and ours
    open_ones = [[one for one in side if '"connection": "quic:' not in one] for side in (theirs, ours)]
    read = [one for one in theirs if json.loads(one)["kind"] in READ]
    return open_ones[0] == open_ones[1] and all(one in ours for one in read)


def show(theirs, ours):
    for one in theirs:
        if one not in ours:
            print(f"  only plugin   {one}")
    for one in ours:
        if one not in theirs:
            print(f"  only altshark {one}")


def compare(wireshark, capture, ours, passes=PASSES):
    """TRUE when the plugin says the same of the capture in these ways to run it."""
    closed = pathlib.Path(capture).parent.name in CLOSED
    for options in passes:
        theirs = observations(wireshark.tshark(capture, *options, "-q", "-z", "altsvc,observations"))
        if not agree(theirs, ours, closed):
            print(f"{capture} {' '.join(options)}: DIFFERENT")
            show(theirs, ours)
            return False
    print(f"{capture}: {len(ours)} observations agree")
    return True


def first_datagram(capture):
    """The first one of QUIC."""
    _, packets, _ = rewrite.read(capture)
    return next(packet.payload for packet in packets if packet.is_udp and packet.payload[:1] >= b"\xc0")


def made_up(captures):
    quic = next(one for one in captures if pathlib.Path(one).parent.name == "over-h3")
    return [(made.__name__, *made()) for made in failures.ALL] + failures.of_quic(first_datagram(quic))


def check_failures(wireshark, altshark, captures):
    """How many of the captures that are made up are not told as they should."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, capture, expected in made_up(captures):
            path = pathlib.Path(folder) / f"{name}.pcap"
            capture.write(path)
            ours = by_altshark(altshark, path)
            told = [seen["reason"] for seen in map(json.loads, ours) if seen["kind"] == "failure"]
            if told != expected:
                print(f"{name}: {told} instead of {expected}")
            failed += told != expected or not compare(wireshark, path, ours, PASSES[:1])
    return failed


def check_unasked(wireshark, altshark, captures):
    """HTTP/3 without the packets that its client sends behind the handshake: what waits for them,
    and that they are missing, is told at the end."""
    head, packets, tail = rewrite.read(next(one for one in captures if pathlib.Path(one).parent.name == "over-h3"))
    client = next(packet.data[26:30] for packet in packets if packet.is_udp and packet.payload[:1] >= b"\xc0")
    short = [packet.is_udp and packet.data[26:30] == client and packet.payload[:1] < b"\x80" for packet in packets]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "unasked.pcapng"
        rewrite.write(path, head, [packet for packet, gone in zip(packets, short) if not gone], tail)
        ours = by_altshark(altshark, path)
        told = any('"one-direction"' in one for one in ours) and any('"advertisement"' in one for one in ours)
        return int(not told or not compare(wireshark, path, ours))


def main():
    altshark, plugin, captures = sys.argv[1], sys.argv[2], sys.argv[3:]
    with Wireshark(plugin) as wireshark:
        failed = check_failures(wireshark, altshark, captures)
        failed += check_unasked(wireshark, altshark, captures)
        failed += sum(not compare(wireshark, capture, by_altshark(altshark, capture)) for capture in captures)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
