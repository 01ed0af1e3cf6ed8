#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs altshark on every case of the decryption matrix and holds what it
observed against the case's expect.json: each request with its connection,
stream, origin, path and status, and each Alt-Svc value for its own request
and no other. Usage: matrix.py ALTSHARK FOLDER [CASE...]; exit 1 on a miss."""
import collections
import json
import pathlib
import subprocess
import sys

# By design not all can be read here: nothing wrong may be said, and coverage must say what is missing.
PARTIAL = {"link-snap200", "link-start-missing5", "link-server-side-only", "link-client-side-only",
           "link-lost-segment", "file-keylog-server-only"}


def observe(altshark, case, expect):
    capture = next(p for p in sorted(case.iterdir()) if p.name.startswith("capture."))
    keys = ["-k", case / "keylog"] if capture.suffix == ".pcap" else []
    run = subprocess.run([altshark, "-z", "observations", "-T", "ndjson", *keys, capture],
                         capture_output=True, timeout=60)
    if run.returncode != 0:
        raise RuntimeError(f"exit {run.returncode}: {run.stderr.decode()}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def exchanges(seen):
    """Each request with its response's status and Alt-Svc values, and the values of no final response."""
    requests, by_packet, other = [], collections.defaultdict(list), []
    latest = {}
    for o in seen:
        if o["kind"] not in ("request", "response", "advertisement"):
            continue
        key = (o["id"], o.get("stream"))
        if o["kind"] == "request":
            r = dict(o, status=None, alt_svc=[], responses=0)
            requests.append(r)
            by_packet[(o["id"], o["packet"])].append(r)
            if "stream" in o:
                latest[key] = r
        elif o["kind"] == "response":
            r = latest.get(key) if "stream" in o else next(
                (r for r in by_packet[(o["id"], o.get("request_packet"))] if r["status"] is None), None)
            if r is not None and o["status"] >= 200:
                r["status"] = o["status"]
                if "stream" not in o:
                    latest[key] = r
        elif o.get("trailer") or o["via"] == "altsvc-frame" or 0 < o.get("status", 0) < 200:
            other.append(o)
        else:
            r = latest.get(key)
            if r is not None:
                r["alt_svc"].append((o.get("origin"), o["value"]))
            else:
                other.append(o)
    return requests, other


def authority_of(origin):
    return origin.split("://", 1)[1] if origin else None


def check(altshark, case):
    expect = json.loads((case / "expect.json").read_text())
    seen = observe(altshark, case, expect)
    requests, other = exchanges(seen)
    faults = []
    pool = list(requests)
    for want in expect["requests"]:
        found = [r for r in pool if r.get("path") == want["path"]
                 and authority_of(r.get("origin")) == want["authority"].removesuffix(":443")
                 and (r["connection"] == want["connection"] or r["connection"].startswith("pdu:"))
                 and ("stream" not in want or r.get("stream") == want["stream"])]
        if not found:
            if case.name not in PARTIAL:
                faults.append(f"request {want['path']} not found")
            continue
        r = found[0]
        pool.remove(r)
        values = [value for _, value in r["alt_svc"]]
        expected = [want["alt_svc"]] if want.get("alt_svc") else []
        if case.name in PARTIAL and not values:
            continue
        if values != expected or any(origin != r["origin"] for origin, _ in r["alt_svc"]):
            faults.append(f"request {want['path']}: {r['alt_svc']} instead of {expected}")
        if want.get("status") and r["status"] != want["status"]:
            faults.append(f"request {want['path']}: status {r['status']} instead of {want['status']}")
    allowed = {want.get("alt_svc") for want in expect["requests"]}
    allowed |= {v.removeprefix("ALTSVC-frame:") for v in expect.get("also_on_wire", [])}
    allowed |= set(expect.get("not_headers_on_wire", []))
    for o in seen:
        if o["kind"] == "advertisement" and o["value"] not in allowed:
            faults.append(f"invented value {o['value']}")
    told = {o["value"] for o in seen if o["kind"] == "advertisement"}
    for value in expect.get("also_on_wire", []):
        if value.removeprefix("ALTSVC-frame:") not in told:
            faults.append(f"value {value} not found")
    if case.name in PARTIAL and not any(o["kind"] == "unreadable" for o in seen):
        faults.append("nothing says what could not be read")
    return faults


def main():
    altshark, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    cases = [folder / name for name in sys.argv[3:]] or sorted(p.parent for p in folder.glob("*/expect.json"))
    failed = 0
    for case in cases:
        try:
            faults = check(altshark, case)
        except Exception as problem:  # the case's own failure: say it and go on
            faults = [str(problem)]
        failed += bool(faults)
        for fault in faults:
            print(f"{case.name}: {fault}")
    print(f"{len(cases) - failed} of {len(cases)} cases agree")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
