#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `-z altsvc,tree` and `-z altsvc,table` print. Usage: statistics_test.py PLUGIN SAMPLES"""
import pathlib
import re
import sys
import unittest

import made
from wireshark import Wireshark

PASSES = [[], ["-2"], ["-Y", "altsvc"]]


class Statistics(unittest.TestCase):
    wireshark = None
    samples = None

    def sample(self, name):
        target = self.wireshark.home / "sample.pcapng"
        target.write_bytes((self.samples / name / "capture.pcapng").read_bytes())
        return target

    def made(self, *advertisements):
        """A capture of HTTP/1 responses with these lines, by origin."""
        capture = made.Capture()
        capture.open()
        for host, line in advertisements:
            capture.ask(made.request(host))
            capture.answer(made.response(line + "\r\n"))
        path = self.wireshark.home / "made.pcap"
        capture.write(path)
        return path

    def tree(self, path, *options, argument=""):
        """Nodes as (depth, name, count)."""
        text = self.wireshark.tshark(path, *options, "-q", "-z", "altsvc,tree" + argument).decode()
        rows = re.findall(r"^( *)(\S.*?)  +(\d+) .*%", text, re.MULTILINE)
        return [(len(indent), name, int(count)) for indent, name, count in rows]

    def table(self, path, *options, argument=""):
        """Rows as lists of cells, packet number first."""
        text = self.wireshark.tshark(path, *options, "-q", "-z", "altsvc,table" + argument).decode()
        return [[cell.strip() for cell in line.split("|")[:5]] for line in text.splitlines()
                if re.match(r" *\d+ \|", line)]

    def test_tree(self):
        path = self.made(("a.test", 'Alt-Svc: h2="x:1", h3="x:2", h2="x:3"'), ("b.test", 'Alt-Svc: h2="x:1", h3=":2"'),
                         ("a.test", "Alt-Svc: clear"), ("a.test", "Alt-Svc: nonsense"))
        for options in PASSES:
            self.assertEqual(self.tree(path, *options), [
                (0, "By origin", 4), (1, "http://a.test", 3), (1, "http://b.test", 1),
                (0, "By protocol of the alternative", 6), (1, "h2", 3), (1, "h3", 2), (1, "clear", 1),
                (0, "By way", 4), (1, "http1-header", 4),
                (0, "By verdict", 4), (1, "accepted", 3), (1, "ignored: value-invalid", 1)], options)

    def test_tree_of_frames(self):
        tree = self.tree(self.sample("frame-origin-missing"))
        self.assertIn((1, "altsvc-frame", 1), tree)
        self.assertIn((1, "ignored: frame-origin-missing", 1), tree)
        self.assertIn((1, "not known", 1), tree)

    def test_table(self):
        path = self.sample("misdirected")
        for options in PASSES:
            self.assertEqual(self.table(path, *options), [
                ["19", "0.017085", "10.77.0.11", "https://a.test", "learned h2 at alt.test:443"],
                ["39", "0.159399", "10.77.0.11", "https://a.test", "tried h2 at alt.test:443"],
                ["39", "0.159399", "10.77.0.11", "https://a.test", "used h2 at alt.test:443"],
                ["39", "0.159399", "10.77.0.11", "https://a.test", "validated h2 at alt.test:443"],
                ["54", "1.315597", "10.77.0.11", "https://a.test", "removed h2 at alt.test:443 (421)"]], options)

    def test_filter(self):
        path = self.sample("misdirected")
        rows = self.table(path, argument=",altsvc.status==421")
        self.assertEqual([row[0] for row in rows], ["54"])
        self.assertEqual(self.tree(path, argument=",frame.number>19"), [
            (0, "By origin", 0), (0, "By protocol of the alternative", 0), (0, "By way", 0), (0, "By verdict", 0)])


def main():
    plugin, samples = sys.argv[1], sys.argv[2]
    Statistics.samples = pathlib.Path(samples)
    with Wireshark(plugin) as Statistics.wireshark:
        unittest.main(argv=[sys.argv[0], *sys.argv[3:]])


if __name__ == "__main__":
    main()
