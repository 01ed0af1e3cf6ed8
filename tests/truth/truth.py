"""
Compares the caches that altshark reconstructs with those the clients stored:
truth.py ALTSHARK FOLDER [RUN...]. Every run is a folder with a capture and
truth.json (see README.md). For curl the file after each step counts as well,
of Chromium what it marks as broken. Compares the verdicts too (verdict.py).
"""
import collections
import datetime
import functools
import json
import os
import re
import subprocess
import sys
import tempfile

import verdict

TOLERANCE = 2  # seconds, of an expiry
LEAST = 0.95  # of the captures must agree
LATEST = 2**63 / 1e9  # seconds: the last moment that altshark can tell
PENDING_LIFE = 15  # seconds: what Firefox gives an entry whose validation is pending

# Runs whose log of requests is another than what the capture can show.
REQUESTS_DIFFER = {
    "19b-restart-h2--chromium": "a first run was not captured",
    "19b-restart-h2--curl8": "a first run was not captured",
    "36c-shut-down-cleanly--chromium": "the server behind port 454 writes another log",
    "36c-shut-down-cleanly--firefox": "the server behind port 454 writes another log",
}

# Marks of Chromium's that the capture does not show, by run and place.
MARKS_DIFFER = {
    ("05b-clear-header-over-h2--chromium", "a.test:449"): "cleared before the capture ended, so "
                                                          "that no row is left to carry it",
    ("20-syntax--chromium", "[::1]:443"): "what goes to ::1 does not leave the machine",
}


def seconds(text):
    whole, dot, fraction = text.rstrip("Z").partition(".")
    moment = datetime.datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S")
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp() + float("0." + (fraction or "0"))


def canonical(origin):
    return re.sub(r"^(https://.*):443$|^(http://.*):80$", lambda m: m[1] or m[2], origin)


class Run:
    def __init__(self, altshark, folder, name):
        self.altshark = altshark
        self.folder = os.path.join(folder, name)
        self.name = name
        with open(os.path.join(self.folder, "truth.json")) as file:
            self.truth = json.load(file)
        self.requests = [line for line in self.truth.get("requests") or []
                         if isinstance(line, str)]

    def altshark_says(self, *options):
        command = [self.altshark, "--no-progress", *options,
                   os.path.join(self.folder, "capture.pcapng")]
        done = subprocess.run(command, capture_output=True)
        if done.returncode not in (0, 2):
            raise SystemExit(f"{self.name}: {done.stderr.decode()}")
        return done.stdout

    def report(self, at=None, start=None):
        options = ["-T", "json"]
        if "net-change" in self.name:
            options += ["--client-by", "mac"]
        if at is not None:
            moment = datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
            options += ["--at", moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")]
        if start:
            options += ["--start-cache", start]
        return json.loads(self.altshark_says(*options))

    @functools.cached_property
    def start(self):
        """The file of what the client began with; None: nothing."""
        return None if self.truth.get("clients") else start_cache(self, self.truth)

    @functools.cached_property
    def final(self):
        return self.report(start=self.start)


class Entry:
    """One entry: what must be equal in key, and what counts where both have it."""

    def __init__(self, key, expires, persist, validated=True):
        self.key = key
        self.expires = expires
        self.persist = persist
        self.validated = validated

    def fits(self, other):
        persist = self.persist is None or other.persist is None or self.persist == other.persist
        mine, others = min(self.expires, LATEST), min(other.expires, LATEST)
        return self.key == other.key and abs(mine - others) <= TOLERANCE and persist

    def __str__(self):
        return " ".join(str(part) for part in self.key if part) + f" until {self.expires:.1f}" + \
            (" persist" if self.persist else "") + ("" if self.validated else " unvalidated")


def stored(cache):
    """The client's entries, the same in several partitions counted once."""
    entries = []
    for row in cache["entries"]:
        host = row["host"].strip("[]")
        key = (canonical(row["origin"]), row.get("learned_over"), row["protocol_id"], host,
               row["port"])
        entry = Entry(key, row["expires"], row.get("persist"), row.get("validated", True))
        if "partition" in row and any(entry.fits(known) for known in entries):
            continue
        entries.append(entry)
    return entries


def reconstructed(report, address):
    entries = []
    for client in report["clients"]:
        if address and client["client"] != address:
            continue
        for origin in client["origins"]:
            for row in origin["cache"]:
                key = (origin["origin"], row.get("learned_over"), row["alpn"],
                       row["host"].strip("[]"), row.get("port"))
                entries.append(Entry(key, seconds(row["expires"]), row.get("persist", False),
                                     row.get("validated", True)))
    return entries


class Comparison:
    def __init__(self, run, where, want, got, end):
        self.run, self.where = run, where
        self.missing, self.excused = [], []
        left = list(got)
        self.total = len(want)
        for entry in want:
            match = next((other for other in left if entry.fits(other)), None)
            if match:
                left.remove(match)
            elif not entry.validated or ("--firefox" in run.name and
                                         entry.expires - end <= PENDING_LIFE):
                # It may be there with another life, or not at all.
                match = next((other for other in left if entry.key == other.key), None)
                if match:
                    left.remove(match)
                self.excused.append(f"validation pending at exit: {entry}")
            else:
                self.missing.append(entry)
        self.extra = left

    def agrees(self):
        return not self.missing and not self.extra

    def print(self):
        for text in self.excused:
            print(f"  {self.run.name} {self.where}: excepted, {text}")
        for entry in self.missing:
            print(f"  {self.run.name} {self.where}: the client has, altshark has not: {entry}")
        for entry in self.extra:
            print(f"  {self.run.name} {self.where}: altshark has, the client has not: {entry}")


REQUEST = re.compile(r"(\S+) HTTP/(\S+) (\S+) (\S+) (.*) alt-used=(\S+)")
# Of the server that sends malformed responses, which notes no path.
RAW_REQUEST = re.compile(r"(\S+) RAW (\S+) request ")


def logged(run):
    """Time, host and path (None: not noted) of each request that the server saw."""
    requests = []
    for line in run.requests:
        found, raw = REQUEST.match(line), RAW_REQUEST.match(line)
        if found:
            requests.append((seconds(found[1]), found[4].split(":")[0], found[5].split("?")[0]))
        elif raw:
            requests.append((seconds(raw[1]), raw[2], None))
    return requests


def navigations(run):
    """The time of each of the client's requests; None where the server saw none."""
    times = []
    waiting = logged(run)
    for step in run.truth["steps"]:
        if not step.startswith("nav:"):
            continue
        host, _, path = step[len("nav:"):].split("://", 1)[1].partition("/")
        path = ("/" + path).split("?")[0]
        host = re.sub(r":\d+$", "", host)
        at = next((i for i, (_, name, asked) in enumerate(waiting)
                   if asked in (path, None) and name == host), None)
        times.append(None)
        if at is not None:
            times[-1] = waiting[at][0]
            del waiting[:at + 1]
    return times


def compare_steps(run, caches, end, start, address=None):
    """Of curl, which writes its file after each request."""
    times = navigations(run) if not address else []
    comparisons = []
    for cache in caches:
        step = cache["after_step"]
        if not step or step > len(times):
            continue
        after = [time for time in times[step:] if time is not None]
        if not after and step < len(times):
            continue  # nothing tells when the next one began
        before = [time for time in times[:step] if time is not None]
        at = end + 0.001
        if after:
            # The server notes a request a little after its packet was captured.
            at = after[0] - min(0.2, (after[0] - before[-1]) / 4 if before else 0.2)
        got = reconstructed(run.report(at=at, start=start), address)
        comparisons.append(Comparison(run, f"after step {step}", stored(cache), got, at))
    return comparisons


def compare(run):
    clients = run.truth.get("clients") or {None: run.truth}
    comparisons = []
    for address, client in clients.items():
        caches = client.get("caches") or []
        final = [cache for cache in caches if cache["after_step"] is None]
        if not final:
            continue
        end = max(seconds(capture["last"]) for capture in run.final["captures"])
        comparisons.append(Comparison(run, "at the end", stored(final[0]),
                                      reconstructed(run.final, address), end))
        if client["client"].startswith("curl"):
            comparisons += compare_steps(run, caches, end, run.start, address)
    return comparisons


def marks_wanted(run):
    """What Chromium had marked as broken when it had exited, and until when."""
    final = [cache for cache in run.truth.get("caches") or [] if cache["after_step"] is None]
    return {f"{mark['host']}:{mark['port']}": mark["broken_until"]
            for cache in final for mark in cache.get("broken") or [] if "broken_until" in mark}


def marks_seen(run):
    return {f"{row['host']}:{row['port']}": seconds(row["broken_until"])
            for client in run.final["clients"] for origin in client["origins"]
            for row in origin["cache"] if "broken_until" in row}


def compare_marks(run):
    """How many are equal, of how many."""
    want, seen = marks_wanted(run), marks_seen(run)
    equal = 0
    for place in sorted(set(want) | set(seen)):
        if place in want and place in seen and abs(want[place] - seen[place]) <= TOLERANCE:
            equal += 1
            continue
        reason = MARKS_DIFFER.get((run.name, place))
        equal += bool(reason)
        print(f"  {run.name}: {place} broken until {want.get(place)}, altshark says "
              f"{seen.get(place)}" + (f" ({reason})" if reason else ""))
    return equal, len(set(want) | set(seen))


ADVERTISED = re.compile(r'as=(\w+)="([^:"]*):(\d+)"; ma=(\d+)$')


def learned_before(run):
    """What the server's log says that curl was told, over HTTP/2, before the capture began."""
    first = min(seconds(capture["first"]) for capture in run.report()["captures"])
    entries = []
    for line in run.requests:
        found = REQUEST.match(line)
        told = found and ADVERTISED.search(found[5])
        if told and found[2][0] == "2" and seconds(found[1]) < first:
            entries.append({"origin": f"https://{found[4]}:443", "protocol_id": told[1],
                            "host": told[2] or found[4], "port": int(told[3]),
                            "learned_over": "h2",
                            "expires": int(seconds(found[1])) + int(told[4])})
    return entries


def start_cache(run, client):
    """The storage that the client began with, written as curl's file; None: it was empty."""
    caches = client.get("caches") or []
    kept = next((cache["entries"] for cache in caches if cache["after_step"] == 0), None)
    if kept is None and client["client"].startswith("curl"):
        kept = learned_before(run)
    if not kept:
        return None
    path = os.path.join(tempfile.mkdtemp(), "start")
    with open(path, "w") as file:
        for row in kept:
            origin = re.match(r"https://(.*):(\d+)$", row["origin"])
            moment = datetime.datetime.fromtimestamp(row["expires"], datetime.timezone.utc)
            file.write(f"{row.get('learned_over', 'h2')} {origin[1]} {origin[2]} "
                       f"{row['protocol_id']} {row['host']} {row['port']} "
                       f"\"{moment:%Y%m%d %H:%M:%S}\" {int(row.get('persist', False))} 0\n")
    return path


def requests_wanted(run):
    wanted = collections.Counter()
    for line in run.requests:
        found = REQUEST.match(line)
        if not found:
            continue
        _, version, method, host, path, alt_used = found.groups()
        method = "GET" if method == "UPGRADE" else method
        wanted[(version[0], method, re.sub(":443$", "", host), path.split("?")[0], alt_used)] += 1
    return wanted


def requests_seen(run):
    seen = collections.Counter()
    for line in run.altshark_says("-z", "observations", "-T", "ndjson").splitlines():
        told = json.loads(line)
        if told["kind"] != "request":
            continue
        version = "3" if told["connection"].startswith("quic") else "2" if "stream" in told else "1"
        host = (told.get("origin") or "://").split("://")[1]
        seen[(version, told.get("method"), host, (told.get("path") or "").split("?")[0],
              told.get("alt_used", "-"))] += 1
    return seen


def compare_requests(run):
    lacking = requests_wanted(run) - requests_seen(run)
    if not lacking:
        return True
    reason = REQUESTS_DIFFER.get(run.name)
    shown = ", ".join(" ".join(key) for key in list(lacking)[:3])
    print(f"  {run.name}: requests not seen: {shown}" + (f" ({reason})" if reason else ""))
    return bool(reason)


def counted(pair):
    return {"equal": pair[0], "all": pair[1]}


def main():
    altshark, folder, *names = sys.argv[1:]
    names = names or sorted(name for name in os.listdir(folder)
                            if os.path.exists(os.path.join(folder, name, "truth.json")))
    agree = total = entries = entries_total = 0
    steps = steps_agree = requests = 0
    marks, verdicts = collections.Counter(), collections.Counter()
    rows = verdict.wanted(folder)
    for name in names:
        run = Run(altshark, folder, name)
        requests += compare_requests(run)
        marks.update(counted(compare_marks(run)))
        verdicts.update(counted(verdict.compare(name, run.final, rows.get(name, {}))))
        comparisons = compare(run)
        if not comparisons:
            continue
        total += 1
        for one in comparisons:
            one.print()
        good = all(one.agrees() for one in comparisons)
        agree += good
        for one in comparisons:
            if one.where == "at the end":
                entries += one.total - len(one.missing) - len(one.excused)
                entries_total += one.total
            else:
                steps += 1
                steps_agree += one.agrees()
    print(f"{agree} of {total} captures agree, {entries} entries of {entries_total}; "
          f"{steps_agree} of {steps} steps of curl; "
          f"requests of {requests} of {len(names)} captures equal")
    print(f"marks of Chromium: {marks['equal']} of {marks['all']} equal or excepted")
    print(f"verdicts: {verdicts['equal']} of {verdicts['all']} equal")
    sys.exit(agree < LEAST * total or requests < len(names) or
             marks["equal"] < marks["all"] or verdicts["equal"] < verdicts["all"])


if __name__ == "__main__":
    main()
