#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds reports (JSON), their NDJSON and NDJSON observations against the schemas
in report/schema/. What a file is, its content says. Beyond the schemas: nothing
is null, and `relative` has nine decimals. Usage: validate.py FILE... (- is
standard input); exit 1 and a line per fault when any does not match."""
import json
import pathlib
import re
import sys

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "report" / "schema"
FAULTS_SHOWN = 20


def validator(name, part=None):
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    if part:
        schema = {"$schema": schema["$schema"], "$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}
    return jsonschema.Draft202012Validator(schema)


def part_of(line):
    """Which definition of the report's schema a line of its NDJSON is to match."""
    for key, part in (("event", "event_line"), ("rank", "row_line"), ("verdict", "origin_line"),
                      ("code", "finding"), ("opened", "connection_row")):
        if key in line:
            return part
    return "line"


def nulls(value, path=""):
    if value is None:
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from nulls(item, f"{path}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from nulls(item, f"{path}/{index}")


def deepest(error):
    """The fault itself, not the alternatives that do not fit because of it."""
    return jsonschema.exceptions.best_match([error])


class Checker:
    def __init__(self):
        self.validators = {}

    def faults(self, value, name, part=None):
        key = (name, part)
        if key not in self.validators:
            self.validators[key] = validator(*key)
        for error in self.validators[key].iter_errors(value):
            error = deepest(error)
            yield f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        for path in nulls(value):
            yield f"{path}: is null"

    def line(self, value):
        if not isinstance(value, dict):
            return ["is no object"]
        if value.get("schema") == "altshark/1":
            return list(self.faults(value, "report"))
        if "schema" in value:
            return list(self.faults(value, "observation"))
        return list(self.faults(value, "report", part_of(value)))

    def file(self, text):
        for number in re.findall(r'"relative": ?([^,}\n]*)', text):
            if not re.fullmatch(r"-?(0|[1-9][0-9]*)\.[0-9]{9}", number):
                yield f"relative {number}: not nine decimals"
        if text.startswith("{\n"):
            yield from self.line(json.loads(text))
            return
        for number, line in enumerate(text.splitlines(), 1):
            try:
                yield from (f"line {number}: {fault}" for fault in self.line(json.loads(line)))
            except json.JSONDecodeError as problem:
                yield f"line {number}: {problem}"


def main():
    checker, failed = Checker(), False
    for name in sys.argv[1:]:
        text = sys.stdin.read() if name == "-" else pathlib.Path(name).read_text()
        try:
            faults = list(checker.file(text))
        except json.JSONDecodeError as problem:
            faults = [str(problem)]
        failed |= bool(faults)
        for fault in faults[:FAULTS_SHOWN]:
            print(f"{name}: {fault}")
    return 1 if failed or len(sys.argv) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
