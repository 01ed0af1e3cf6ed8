#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cuts each capture in two by client, observes each half apart, and reads both
observation files: the report must be that of the whole but for packet,
connection and file. Usage: seam.py ALTSHARK CAPTURE..."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rewrite  # noqa: E402

LABELS = {"packet", "packets", "connection", "file", "last_packet", "captures", "filter", "message"}


def unlabelled(value):
    if isinstance(value, dict):
        return {k: unlabelled(v) for k, v in value.items() if k not in LABELS}
    return [unlabelled(v) for v in value] if isinstance(value, list) else value


def run(altshark, *words):
    return subprocess.run([altshark, "--no-progress", *words], capture_output=True, check=True).stdout


def check(altshark, capture, folder):
    whole = json.loads(run(altshark, "-T", "json", capture))
    clients = [client["client"] for client in whole["clients"]]
    head, packets, tail = rewrite.read(capture)
    first = bytes(int(part) for part in clients[0].split(".")) if clients and "." in clients[0] else b""
    if b'"migrated":true' in run(altshark, "-z", "observations", "-T", "ndjson", capture):
        first = b""  # a connection that moves has several addresses: it cannot be cut out by one
    halves = ([p for p in packets if first and first in p.data[26:34]],
              [p for p in packets if not first or first not in p.data[26:34]])
    files = []
    for i, half in enumerate(halves):
        part, out = folder / f"half{i}.pcapng", folder / f"half{i}.ndjson"
        rewrite.write(part, head, half, tail)
        out.write_bytes(run(altshark, "-z", "observations", "-T", "ndjson", part) if half else b"")
        files += [out] if half else []
    joined = json.loads(run(altshark, "-T", "json", *files))
    return len(clients), unlabelled(joined) == unlabelled(whole)


def main():
    failed, several = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for capture in sys.argv[2:]:
            clients, same = check(sys.argv[1], capture, pathlib.Path(folder))
            several += clients > 1
            failed += not same
            print(f"{capture}: {clients} clients, {'the same' if same else 'ANOTHER REPORT'}")
    print(f"{several} captures with several clients, {failed} differ")
    return 1 if failed or not several else 0


if __name__ == "__main__":
    sys.exit(main())
