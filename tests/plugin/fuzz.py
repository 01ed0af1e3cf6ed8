#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Feeds tshark with damaged captures while a plugin built with gcc's sanitizers is loaded.
A crash, a sanitizer's report, a hang, a dissector bug or a warning of GLib is a failure,
unless tshark alone does the same. Many damaged copies of one capture go into one file,
each with addresses of its own. Usage: fuzz.py PLUGIN COUNT SEED CAPTURE...
Every capture is also cut short, at as many places as it is damaged in ways. Failing files stay in the folder for temporary files."""
import copy
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import made
from wireshark import NOBODY, OPTIONS, Wireshark

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rewrite  # noqa: E402

TIMEOUT = 120  # seconds; a file takes one or two
PER_FILE = 40
PER_FILE_QUIC = 8  # connection ids are not made different: few may meet
HEAD = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28) + struct.pack("<IIHHII", 1, 20, 1, 0, 0, 20)
LOOKS = ["-O", "altsvc", "-z", "altsvc,observations", "-z", "altsvc,timeline", "-z", "altsvc,cache",
         "-z", "altsvc,findings", "-z", "altsvc,tree", "-z", "altsvc,table", "-z", "expert"]
# What tshark is told, and what of it only the plugin knows.
WAYS = [(["-V"], LOOKS), (["-V", "-2"], LOOKS), (["-V", "-2"], ["-Y", "altsvc", *LOOKS]),
        (["-V", "-o", "tcp.reassemble_out_of_order:FALSE", "-o", "http.desegment_body:TRUE"],
         ["-o", "altsvc.client_by:ip+agent", *LOOKS])]
BAD = re.compile(rb"AddressSanitizer.*|.*runtime error.*|.*CRITICAL.*|.*GLib-WARNING.*|ERROR:.*|Dissector bug.*")
WORDS = [b"alt-svc", b"Alt-Svc: h2=\":1\"\r\n", b'h3=":443"; ma=1', b"clear", b"Alt-Used: a.test\r\n", b"\r\n\r\n", b"421",
         b'h2="', b"; persist=1", b"; ma=99999999999999999999", b"%", b"HTTP/1.1 421 x\r\n", b"CONNECT a:1 HTTP/1.1\r\n",
         b"HTTP/1.1 200 \r\n\r\n", made.altsvc(0, "http://a.test", 'h2=":1"'), made.altsvc(1, "", "clear"),
         made.frame(10, 0, 0, b"\xff\xff"), made.frame(9, 4, 1, b""), made.frame(12, 0, 0, b"\0\5http:"),
         made.frame(5, 4, 1, b"\0\0\0\2"), made.SETTINGS, made.get(1, "a.test"), made.headers(1, ("alt-svc", 'h2=":1"')),
         b"PROXY TCP4 ", b"\0", b"\xff\xff\xff\xff"]


# ---- what is damaged ----

def plain(capture, *arguments):
    """What tshark prints without the plugin."""
    return subprocess.run(["tshark", *OPTIONS, "-r", capture, *arguments], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, env={"HOME": "/nonexistent", "PATH": os.environ["PATH"]}).stdout


def said(capture, stream):
    """What both sides of a TLS connection said: (is of the client, octets), in order."""
    text = plain(capture, "-q", "-z", f"follow,tls,raw,{stream}").decode()
    lines = [line for line in text.splitlines() if line.strip() and set(line.strip()) <= set("0123456789abcdef")]
    return [(not line.startswith("\t"), bytes.fromhex(line.strip())) for line in lines]


def conversations(capture):
    """What the TLS connections of a capture carried, so that damage reaches more than ciphers."""
    streams = plain(capture, "-Y", "http || http2", "-T", "fields", "-e", "tcp.stream").split()
    return [spoken for stream in sorted(set(streams))[:4] if (spoken := said(capture, stream.decode()))]


def packets_of(spoken):
    """A conversation in clear as packets of TCP."""
    capture = made.Capture()
    capture.open()
    for of_client, octets in spoken:
        for at in range(0, len(octets), 1400):
            (capture.ask if of_client else capture.answer)(octets[at:at + 1400])
    capture.segment(made.CLIENT, made.SERVER, 17, b"")
    return [rewrite.Packet((0x5F000, i * 1000), data) for i, data in enumerate(capture.packets)]


def change(rand, octets):
    """Octets with one fault."""
    at, size = rand.randrange(len(octets) + 1), min(rand.choice([1, 1, 2, 4, 9, 40]), len(octets))
    kind = rand.randrange(5)
    if kind == 0:
        return octets[:at] + octets[at + size:]
    if kind == 1:
        return octets[:at] + rand.choice(WORDS) + octets[at:]
    if kind == 2:
        return octets[:at] + rand.choice(WORDS) + octets[at + size:]
    if kind == 3:
        return octets[:at] + octets[at:at + size] * rand.choice([2, 2, 50]) + octets[at + size:]
    value = rand.choice([b"\0", b"\xff", b"\x7f", b"\x80", bytes([rand.randrange(256)])])
    return octets[:at] + value + octets[at + 1:]


def changed_words(rand, spoken):
    spoken = list(spoken)
    for _ in range(rand.choice([1, 1, 2, 4, 8])):
        i = rand.randrange(len(spoken))
        spoken[i] = (spoken[i][0] if rand.random() < 0.98 else not spoken[i][0], change(rand, spoken[i][1]))
    return packets_of(spoken)


def with_data(packet, data):
    """The packet with other octets, which need not make sense."""
    twin = copy.copy(packet)
    twin.data = data
    return twin


def overwritten(rand, packet):
    data = bytearray(packet.data)
    start = packet.payload_at if packet.payload_at < len(data) and rand.random() < 0.8 else 14
    for _ in range(rand.choice([1, 1, 2, 8])):
        if start < len(data):
            data[rand.randrange(start, len(data))] = rand.choice([0, 255, 127, 128, rand.randrange(256)])
    return with_data(packet, bytes(data))


def changed_packets(rand, packets):
    packets = list(packets)
    for _ in range(rand.choice([1, 2, 4, 8])):
        i, kind = rand.randrange(len(packets)), rand.randrange(8)
        if kind == 0 and len(packets) > 1:
            del packets[i]
        elif kind == 1:
            packets.insert(i, packets[rand.randrange(len(packets))])
        elif kind == 2:
            other = rand.randrange(len(packets))
            packets[i], packets[other] = packets[other], packets[i]
        elif kind == 3:
            packets[i] = with_data(packets[i], packets[i].data[:rand.randrange(len(packets[i].data) + 1)])
        else:
            packets[i] = overwritten(rand, packets[i])
    return packets


def cut(packets, most):
    """The capture as if it ended early, within a packet: at every packet, or at so many of them."""
    step = max(1, len(packets) // most)
    for i in range(0, len(packets), step):
        last = packets[i]
        yield packets[:i] + [with_data(last, last.data[:len(last.data) * (i % 7) // 7])]


def moved(packets, number):
    """The same between other addresses."""
    net = bytes([11 + number // 250 % 100, 1 + number % 250])
    for packet in packets:
        data = packet.data
        if data[12:14] == b"\x08\0" and len(data) >= 34:
            data = data[:26] + net + data[28:30] + net + data[32:]
        yield with_data(packet, data)


# ---- running ----

class Fuzz:
    def __init__(self, wireshark):
        self.wireshark, self.files, self.variants, self.packets = wireshark, 0, 0, 0
        self.failures, self.alone = [], 0
        libraries = [subprocess.run(["gcc", f"-print-file-name={name}"], check=True, capture_output=True, text=True).stdout.strip()
                     for name in ("libasan.so", "libubsan.so")]
        self.environment = {"HOME": str(wireshark.home), "PATH": os.environ["PATH"], "TZ": "UTC",
                            "LD_PRELOAD": ":".join(libraries), "ASAN_OPTIONS": "detect_leaks=0",
                            "G_SLICE": "always-malloc"}

    def faults(self, path, arguments, plugin=True):
        """What goes wrong in a run: lines."""
        user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
        environment = self.environment if plugin else self.environment | {"HOME": "/nonexistent"}
        try:
            run = subprocess.run([*user, "tshark", *OPTIONS, "-r", str(path), *arguments], check=False, timeout=TIMEOUT,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.wireshark.home, env=environment)
        except subprocess.TimeoutExpired:
            return {"hang"}
        found = {line.decode(errors="replace") for line in BAD.findall(run.stderr)}
        return found if run.returncode in (0, 2) else found | {f"exit {run.returncode}"}

    def check(self, name, head, variants, tail):
        """One file of these variants."""
        path = self.wireshark.home / "fuzz.pcapng"
        packets = [packet for number, variant in enumerate(variants) for packet in moved(variant, number)]
        rewrite.write(path, head, packets, tail)
        path.chmod(0o644)
        common, looks = WAYS[self.files % len(WAYS)]
        self.files, self.variants, self.packets = self.files + 1, self.variants + len(variants), self.packets + len(packets)
        faults = self.faults(path, common + looks)
        if not faults:
            return
        alone = self.faults(path, common, plugin=False)
        if faults <= alone:
            self.alone += 1
            return
        kept = os.path.join(tempfile.gettempdir(), f"altsvc-fuzz-{name}-{self.files}.pcapng")
        shutil.copy(path, kept)
        self.failures.append(kept)
        print(f"FAILED {kept} {' '.join(common + looks)}", *sorted(faults - alone), sep="\n  ", flush=True)

    def check_all(self, name, head, variants, tail, per_file):
        variants = list(variants)
        for at in range(0, len(variants), per_file):
            self.check(name, head, variants[at:at + per_file], tail)


def main():
    plugin, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    captures = [pathlib.Path(capture) for capture in sys.argv[4:]]
    rand = random.Random(seed)
    each = -(-count // len(captures))
    with Wireshark(plugin) as wireshark:
        fuzz = Fuzz(wireshark)
        for capture in captures:
            name = capture.parent.name
            head, packets, tail = rewrite.read(capture)
            per_file = PER_FILE if any(packet.flow for packet in packets) else PER_FILE_QUIC
            fuzz.check_all(name, head, cut(packets, each), tail, per_file)
            spoken = conversations(capture)
            in_clear = each * 2 // 3 if spoken else 0
            fuzz.check_all(name, HEAD, (changed_words(rand, rand.choice(spoken)) for _ in range(in_clear)), b"", PER_FILE)
            fuzz.check_all(name, head, (changed_packets(rand, packets) for _ in range(each - in_clear)), tail, per_file)
        print(f"{fuzz.variants} captures, {fuzz.packets} packets in {fuzz.files} files: "
              f"{len(fuzz.failures)} failed, {fuzz.alone} more fail without the plugin as well")
        return 1 if fuzz.failures else 0


if __name__ == "__main__":
    sys.exit(main())
