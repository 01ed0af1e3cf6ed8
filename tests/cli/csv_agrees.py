# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds rows of CSV against the NDJSON of the same report. Usage: csv_agrees.py NDJSON CSV"""
import csv
import json
import sys


def cell(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.9f}"
    if isinstance(value, dict):
        return " ".join(f"{key}={cell(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ("; " if value and isinstance(value[0], dict) else " ").join(map(cell, value))
    if isinstance(value, str):
        assert value.isascii() and value.isprintable(), "choose another sample"
        return "'" + value if value[:1] in tuple("=+-@") else value
    return str(value)


def main():
    lines = [json.loads(line) for line in open(sys.argv[1])]
    with open(sys.argv[2], newline="") as file:
        heading, *rows = list(csv.reader(file))
    assert len(set(heading)) == len(heading), "a column stands twice"
    assert len(rows) == len(lines), f"{len(rows)} rows for {len(lines)} lines"
    for number, (line, row) in enumerate(zip(lines, rows), 1):
        line.update(line.pop("alternative", {}))
        assert len(row) == len(heading), f"row {number} has {len(row)} cells"
        assert not line.keys() - set(heading), f"no column for {line.keys() - set(heading)}"
        for name, found in zip(heading, row):
            wanted = cell(line[name]) if name in line else ""
            assert found == wanted, f"row {number}, {name}: {found!r}, not {wanted!r}"


main()
