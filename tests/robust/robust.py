#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What reordering and loss may do to a report. Usage: robust.py ALTSHARK CAPTURE...
Shuffled and doubled segments and datagrams, overlapped segments, 0-RTT packets before their Initial: the same report
but for packet numbers and times. Any one packet lost: no crash, no advertisement
that was not there, and a word in coverage unless nothing is missing, or what is
was QUIC's last word: nobody acknowledges an answer at which the client closes. A capture that starts late, at every
packet: the same, and what is paired is paired as in the whole."""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import rewrite  # noqa: E402

# What names a packet or a time; the rest must be the same.
TIMES = {"time", "relative", "packet", "packets", "expires", "learned", "last_time", "last_packet", "last_used",
         "first", "last", "opened", "closed", "bytes", "id", "file", "because", "findings"}


# Places of one capture where something is taken out or cut off.
PLACES = 30


def run(altshark, capture, *options):
    result = subprocess.run([altshark, "--no-progress", *options, capture], capture_output=True, timeout=60)
    if result.returncode != 0:
        raise RuntimeError(f"exit {result.returncode}: {result.stderr.decode()}")
    return result.stdout


def timeless(value):
    """The report without what names a packet or a time. Findings stay, as a list of their own."""
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k not in TIMES or (k == "findings" and len(value) > 20)}
    if isinstance(value, list):
        return [timeless(v) for v in value]
    if isinstance(value, str):
        return re.sub(r"#\d+|packet \d+|\d+\.\d+ s|\d+ m?s\b|\d{4}-\d\d-\d\dT[0-9:.]+Z|\d\d:\d\d:\d\d[0-9.]*", "*", value)
    return value


def report(altshark, capture):
    whole = json.loads(run(altshark, capture, "-T", "json"))
    events = [e["event"] for c in whole["clients"] for o in c["origins"] for e in o["events"]]
    return timeless({"clients": whole["clients"], "coverage": whole["coverage"], "connections": whole["connections"]}), \
        timeless(whole["findings"]), events


def observations(altshark, capture):
    return [json.loads(line) for line in run(altshark, capture, "-z", "observations", "-T", "ndjson").splitlines()]


def unordered(altshark, capture):
    """What was seen, in no order, as QUIC has none among streams and connections; but for closes, which
    may be told before or after a loss is known."""
    numbers = {"connection", "request_packet", "stream_packet"}
    return collections.Counter(json.dumps(timeless({k: v for k, v in o.items() if k not in numbers}), sort_keys=True)
                               for o in observations(altshark, capture) if o["kind"] != "close")


def advertisements(altshark, capture):
    seen = observations(altshark, capture)
    values = collections.Counter((o.get("origin"), o.get("value"), o["via"]) for o in seen if o["kind"] == "advertisement")
    return values, collections.Counter(o["kind"] for o in seen)


def check_order(altshark, capture, folder):
    head, packets, tail = rewrite.read(capture)
    compare = unordered if any(p.is_udp for p in packets) else report
    wanted = compare(altshark, capture)
    ways = {"doubled": rewrite.doubled(packets), "overlapped": rewrite.overlapped(packets),
            "0-RTT before its Initial": rewrite.early_first(packets)}
    for seed in range(3):
        ways[f"shuffled ({seed})"] = rewrite.shuffled(packets, 4, seed)
        ways[f"overlapped and shuffled ({seed})"] = rewrite.shuffled(rewrite.overlapped(packets), 4, seed)
    for way, changed in ways.items():
        other = folder / "changed.pcapng"
        rewrite.write(other, head, changed, tail, sorted(p.stamp for p in changed))
        if compare(altshark, other) != wanted:
            yield f"{way}: another report"


def is_last_word(seen, packets, lost):
    """TRUE when all messages of that datagram are answers, and the client sent nothing between it and its close."""
    here = [o for o in seen if o["packet"] == lost + 1 and o["kind"] in ("request", "response", "advertisement")]
    if not packets[lost].is_udp or not here or any(o["kind"] == "request" for o in here):
        return False
    closes = {o["connection"]: o["packet"] - 1 for o in seen if o["kind"] == "close" and o.get("by") == "client"}
    close = closes.get(here[0]["connection"], lost)
    last = packets[close]
    return close > lost and not any(p.flow == last.flow and p.payload[1:5] == last.payload[1:5] for p in packets[lost + 1:close])


def sampled(places):
    """Not more places of a capture than CI has time for, evenly spread."""
    places = list(places)
    return places[::max(1, -(-len(places) // PLACES))]


def check_loss(altshark, capture, folder):
    head, packets, tail = rewrite.read(capture)
    whole = observations(altshark, capture)
    wanted, kinds = advertisements(altshark, capture)
    for i in sampled(i for i, packet in enumerate(packets) if packet.payload):
        other = folder / "lost.pcapng"
        rewrite.write(other, head, packets[:i] + packets[i + 1:], tail)
        got, got_kinds = advertisements(altshark, other)
        placed = {k: n for k, n in got.items() if k[0]}
        for key, count in placed.items():
            if count > wanted[key]:
                yield f"without packet {i + 1}: invented {key}"
        missing = any(got_kinds[k] < kinds[k] for k in ("request", "response", "advertisement"))
        if missing and not got_kinds["unreadable"] and not is_last_word(whole, packets, i):
            yield f"without packet {i + 1}: something is missing and coverage does not say so"


def pairs(seen, skipped):
    """Advertisements with an origin, and responses with their requests, by packets of the whole capture."""
    for o in seen:
        packet = o["packet"] + skipped
        if o["kind"] == "advertisement" and "origin_problem" not in o:
            yield packet, o["origin"], o["value"], o["via"]
        elif o["kind"] == "response" and "request_packet" in o:
            yield packet, o["origin"] if "origin" in o else "", o["request_packet"] + skipped, o.get("stream")


def is_knowable(packets, skipped, begun, response):
    """FALSE for a QUIC connection that has no Initial packet any more: nothing tells it from other UDP."""
    if not response["connection"].startswith("quic:"):
        return True
    first = begun[response["connection"]]
    end = min([n for n in begun.values() if n > first] + [response["packet"]])
    return any(p.is_udp and rewrite.quic_type(p.payload) == 0 for p in packets[max(skipped, first):end])


def check_late(altshark, capture, folder):
    head, packets, tail = rewrite.read(capture)
    whole = observations(altshark, capture)
    wanted = collections.Counter(pairs(whole, 0))
    begun = {o["connection"]: o["packet"] - 1 for o in reversed(whole) if o["kind"] == "connection"}
    for skipped in sampled(range(1, len(packets))):
        other = folder / "late.pcapng"
        rewrite.write(other, head, packets[skipped:], tail)
        seen = observations(altshark, other)
        for pair in collections.Counter(pairs(seen, skipped)) - wanted:
            yield f"from packet {skipped + 1}: invented {pair}"
        responses = sum(o["kind"] == "response" and o["packet"] > skipped and is_knowable(packets, skipped, begun, o) for o in whole)
        missing = sum(o["kind"] == "response" for o in seen) < responses
        if missing and not any(o["kind"] == "unreadable" for o in seen):
            yield f"from packet {skipped + 1}: something is missing and coverage does not say so"


def check_block(altshark, capture, folder):
    """Without the middle half, key updates in it included: what follows is read, nothing is invented."""
    head, packets, tail = rewrite.read(capture)
    other, quarter = folder / "block.pcapng", len(packets) // 4
    rewrite.write(other, head, packets[:quarter] + packets[-quarter:], tail)
    wanted, got = observations(altshark, capture), observations(altshark, other)
    failed = [[o["reason"] for o in seen if o["kind"] == "unreadable"].count("decrypt-failed") for seen in (wanted, got)]
    handshake_stays = quarter >= 10
    if handshake_stays and failed[1] > failed[0]:
        yield "without the middle half: packets behind it are not decrypted"
    values = [collections.Counter((o["origin"], o["value"]) for o in seen if o["kind"] == "advertisement" and "origin" in o)
              for seen in (wanted, got)]
    for invented in values[1] - values[0]:
        yield f"without the middle half: invented {invented}"


def main():
    altshark, failed = sys.argv[1], 0
    with tempfile.TemporaryDirectory() as folder:
        for capture in sys.argv[2:]:
            try:
                faults = [f for check in (check_order, check_loss, check_late, check_block) for f in check(altshark, capture, pathlib.Path(folder))]
            except Exception as problem:  # the capture's own failure: say it and go on
                faults = [str(problem)]
            failed += bool(faults)
            print("\n".join([f"{capture}: {len(faults)} faults"] + faults[:20]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
