#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds what the project reads from clients' storage against what was written
down about the same files when the clients had exited.

usage: storage.py STORAGE_LIST FOLDER

FOLDER has a folder for each run, with storage.* and truth.json in it; of
truth.json the last member of `caches` counts (after_step null), for
storage.cN.* the caches of the Nth client.
"""

import json
import pathlib
import re
import subprocess
import sys

# The last moment that 64 bits of nanoseconds hold.
LAST = 2**63 - 1


def expected_of(truth, name):
    """The caches that belong to a file of storage."""
    part = re.match(r"storage\.c(\d+)\.", name)
    if part:
        truth = truth["clients"][sorted(truth["clients"])[int(part[1]) - 1]]
    return next(c for c in truth["caches"] if c["after_step"] is None)


def normal(entry):
    entry = {k: v for k, v in entry.items() if v is not None}
    entry["origin"] = re.sub(r"^(https://.*):443$", r"\1", entry["origin"])
    for key in entry:
        entry[key] = str(entry[key])
    return entry


def read(lister, path):
    """Entries and marks, and when each entry expires in nanoseconds."""
    lines = subprocess.run([lister, path], check=True, capture_output=True, text=True).stdout.splitlines()
    parts = [line.split("\t") for line in lines]
    made = [(p[0], dict(item.split("=", 1) for item in p[1:])) for p in parts]
    return [e for kind, e in made if kind == "entry"], [e for kind, e in made if kind == "mark"]


def sort_key(entry):
    return sorted((k, v) for k, v in entry.items() if k != "expires")


def compare(entries, truth):
    """What is different, as lines."""
    want = sorted((normal(e) for e in truth["entries"]), key=sort_key)
    got = sorted((normal(e) for e in entries), key=sort_key)
    faults = [] if len(want) == len(got) else [f"{len(got)} entries instead of {len(want)}"]
    for one, other in zip(want, got):
        # truth.json has seconds as a float, which is good for some microseconds.
        seconds, nanoseconds = float(one.pop("expires")), int(other.pop("expires"))
        near = abs(seconds * 1e9 - nanoseconds) < 5000 or (seconds * 1e9 > LAST and nanoseconds == LAST)
        if one != other or not near:
            faults.append(f"{other} until {nanoseconds} instead of {one} until {seconds}")
    return faults


def compare_marks(marks, truth):
    want = [normal({**m, "origin": "", "protocol": m["protocol"].replace("quic", "h3")}) for m in truth.get("broken", [])]
    got = [normal({**m, "origin": ""}) for m in marks]
    return [] if sorted(want, key=sort_key) == sorted(got, key=sort_key) else [f"marks {got} instead of {want}"]


def main():
    lister, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    files = faulty = count = 0
    for path in sorted(folder.glob("*/storage.*")):
        truth = expected_of(json.loads((path.parent / "truth.json").read_text()), path.name)
        entries, marks = read(lister, path)
        files += 1
        count += len(truth["entries"]) + len(truth.get("broken", []))
        faults = compare(entries, truth) + compare_marks(marks, truth)
        faulty += bool(faults)
        for fault in faults:
            print(f"{path.parent.name}/{path.name}: {fault}")
    print(f"{files} files, {count} entries and marks, {faulty} files differ")
    return 1 if faulty or not count else 0


if __name__ == "__main__":
    sys.exit(main())
