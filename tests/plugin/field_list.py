#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin's fields as a document, made from what Wireshark says of them. Usage:
field_list.py check|write PLUGIN FILE; `check` fails when FILE says something else."""
import pathlib
import sys

from wireshark import Wireshark

KINDS = {"FT_STRING": "text", "FT_BOOLEAN": "yes or no", "FT_FRAMENUM": "link to a packet", "FT_UINT8": "number",
         "FT_UINT64": "number", "FT_ABSOLUTE_TIME": "time"}
HEAD = """# Fields of the Wireshark plugin

Written by `tests/plugin/field_list.py`; not to be edited by hand. `altsvc` alone finds all
packets that have anything to say. Links to later packets are there in Wireshark and with
`tshark -2`.

| filter | kind | what it is |
|---|---|---|
"""
FINDINGS = """
## Findings

Each finding is an expert info of its own: `altsvc.frame_origin_missing` finds its packets.

| filter | finding |
|---|---|
"""


def document(plugin):
    with Wireshark(plugin) as wireshark:
        rows = [line.split("\t") for line in wireshark.run("-G", "fields").decode().splitlines()]
    rows = [row for row in rows if row[0] == "F" and row[2].startswith("altsvc.")]
    fields = [f"| `{key}` | {KINDS[kind]} | {name}: {blurb} |"
              for _, name, key, kind, _, _, _, blurb in rows if kind in KINDS]
    findings = [f"| `{row[2]}` | {row[1]} |" for row in rows if row[3] not in KINDS]
    return HEAD + "\n".join(fields) + "\n" + FINDINGS + "\n".join(findings) + "\n"


def main():
    mode, plugin, path = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    text = document(plugin)
    if mode == "write":
        path.write_text(text)
    elif path.read_text() != text:
        print(f"{path} does not say what the plugin has: write it anew with {sys.argv[0]} write")
        return 1
    print(f"{path}: {text.count('| `altsvc.')} filters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
