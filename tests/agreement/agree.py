#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds altshark against tshark: the same Alt-Svc values in the same packets,
connections and streams, over HTTP/1, HTTP/2 and ALTSVC frames, and the same
requests. Usage: agree.py ALTSHARK CAPTURE... ; exit 1 when any differs."""
import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

TSHARK = ["tshark", "-o", "tcp.reassemble_out_of_order:TRUE", "-o", "http.desegment_body:FALSE",
          "-Y", "http or http2", "-T", "pdml", "-J", "frame tcp http http2"]


def unshown(text):
    """tshark's text of a field, without the line end it shows for HTTP/1 lines."""
    return text.replace("\\r\\n", "").replace("\r\n", "").strip()


def of_http1(proto):
    """Alt-Svc lines and requests of one HTTP/1 message."""
    lines, request = [], None
    for field in proto.iter("field"):
        name, show = field.get("name"), field.get("show", "")
        if name == "http.response.line" and show.lower().startswith("alt-svc:"):
            lines.append(unshown(show[len("alt-svc:"):]))
        elif name == "http.request.uri":
            request = show
    return lines, request


def of_http2(proto):
    """(stream, Alt-Svc lines, frame value, path) of every frame."""
    for frame in proto.iter("field"):
        if frame.get("name") != "http2.stream":
            continue
        stream, lines, value, path, pushed = None, [], None, None, False
        for field in frame.iter("field"):
            name, show = field.get("name"), field.get("show", "")
            if name == "http2.streamid":
                stream = int(show)
            elif name == "http2.type":
                pushed = show == "5"
            elif name == "http2.altsvc.field_value":
                value = show
            elif name == "http2.header":
                parts = {f.get("name"): f.get("show", "") for f in field.iter("field")}
                header = parts.get("http2.header.name")
                if header == "alt-svc":
                    lines.append(parts.get("http2.header.value", ""))
                elif header == ":path" and not pushed:
                    path = parts.get("http2.header.value", "")
        yield stream, lines, value, path


def by_tshark(capture):
    """Advertisements and requests that tshark shows, as sorted tuples."""
    xml = subprocess.run(TSHARK + ["-r", capture], check=True, capture_output=True).stdout
    advertisements, requests = [], []
    for packet in ElementTree.fromstring(xml).iter("packet"):
        number, connection = None, None
        for proto in packet.findall("proto"):
            if proto.get("name") == "frame":
                number = int(next(f.get("show") for f in proto.iter("field")
                                  if f.get("name") == "frame.number"))
            elif proto.get("name") == "tcp":
                connection = next(("tcp:" + f.get("show") for f in proto.iter("field")
                                   if f.get("name") == "tcp.stream"), connection)
            elif proto.get("name") == "http":
                lines, request = of_http1(proto)
                if lines:
                    advertisements.append((number, connection, -1, ", ".join(lines)))
                if request is not None:
                    requests.append((number, connection, -1))
            elif proto.get("name") == "http2":
                for stream, lines, value, path in of_http2(proto):
                    if lines:
                        advertisements.append((number, connection, stream, ", ".join(lines)))
                    if value is not None:
                        advertisements.append((number, connection, stream, value))
                    if path is not None:
                        requests.append((number, connection, stream))
    return sorted(advertisements), sorted(requests)


def by_altshark(altshark, capture):
    """The same from altshark's observations; what tshark cannot show is left out."""
    run = subprocess.run([altshark, "-z", "observations", "-T", "ndjson", capture],
                         check=True, capture_output=True)
    advertisements, requests = [], []
    for line in run.stdout.splitlines():
        seen = json.loads(line)
        if not seen.get("connection", "").startswith("tcp:"):
            continue
        where = (seen["packet"], seen["connection"], seen.get("stream", -1))
        if seen["kind"] == "advertisement" and seen.get("value"):
            advertisements.append(where + (seen.get("value", ""),))
        elif seen["kind"] == "request" and where[2] % 2:  # even streams are pushed
            requests.append(where)
    return sorted(advertisements), sorted(requests)


def main():
    failed = 0
    for capture in sys.argv[2:]:
        theirs, ours = by_tshark(capture), by_altshark(sys.argv[1], capture)
        if theirs == ours:
            print(f"{capture}: {len(ours[0])} advertisements, {len(ours[1])} requests agree")
            continue
        failed += 1
        print(f"{capture}: DIFFERENT")
        for what, them, us in zip(("advertisement", "request"), theirs, ours):
            for one in sorted(set(them) - set(us)):
                print(f"  only tshark   {what} {one}")
            for one in sorted(set(us) - set(them)):
                print(f"  only altshark {what} {one}")
            if set(them) == set(us) and them != us:
                print(f"  {what}s: not the same number of each")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
