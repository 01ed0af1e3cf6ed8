#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the plugin shows of packets, as tshark prints it: each case looks at the
fields of the right packet. Usage: tree_test.py PLUGIN SAMPLES"""
import json
import pathlib
import sys
import unittest
import xml.etree.ElementTree as xml

import made
from wireshark import Wireshark

# Findings that only the whole traffic shows.
LATE = {"altsvc.advertised_sometimes", "altsvc.advertisements_differ", "altsvc.not_used",
        "altsvc.client_has_no_cache", "altsvc.client_ignores_frames", "altsvc.coverage_bytes_lost",
        "altsvc.per_client_alternative", "altsvc.alternative_refused", "altsvc.udp_blocked_likely"}
FORWARD = "What became of it"


class Item:
    """A node of a tree: its field's name, what it shows, the octets it marks, its children."""

    def __init__(self, node):
        self.name = node.get("name")
        self.words = node.get("showname") or node.get("show")
        # Wireshark writes booleans in numbers before 4.2, in words since.
        self.show = {"True": "1", "False": "0"}.get(node.get("show"), node.get("show"))
        self.octets = bytes.fromhex(node.get("value") or "")
        self.children = [Item(child) for child in node]

    def all(self, name):
        found = [self] if self.name == name else []
        for child in self.children:
            found += child.all(name)
        return found

    def values(self, name):
        return [item.show for item in self.all("altsvc." + name)]

    def value(self, name):
        values = self.values(name)
        assert len(values) == 1, f"{name}: {values}"
        return values[0]

    def octets_of(self, name):
        return [item.octets.decode() for item in self.all("altsvc." + name)]

    def experts(self):
        """Names of the findings, without `altsvc.`."""
        return sorted(child.name.split(".")[1] for item in self.all("_ws.expert") for child in item.children
                      if child.name.startswith("altsvc."))

    def lines(self, depth=0):
        """The tree as text, without what looks forward and what only the whole traffic shows."""
        if self.words == FORWARD or (self.name == "_ws.expert" and self.children[0].name in LATE):
            return []
        return ["  " * depth + f"{self.name} {self.words} {self.octets.hex()}"] + [
            line for child in self.children for line in child.lines(depth + 1)]

    def is_late(self):
        """Shown for a finding of the whole traffic only."""
        return bool(self.all("_ws.expert")) and all(
            item.children[0].name in LATE for item in self.all("_ws.expert")) and not (
            self.values("event") or self.values("value") or self.values("alt_used") or "421" in self.values("status"))


class Tree(unittest.TestCase):
    wireshark = None
    samples = None

    def sample(self, name):
        source = self.samples / name / "capture.pcapng"
        target = self.wireshark.home / "sample.pcapng"
        target.write_bytes(source.read_bytes())
        return target

    def made(self, capture):
        path = self.wireshark.home / "made.pcap"
        capture.write(path)
        return path

    def packets(self, path, *options):
        """The altsvc trees of a capture by packet number."""
        text = self.wireshark.tshark(path, *options, "-T", "pdml", "-J", "altsvc")
        found = {}
        for packet in xml.fromstring(text):
            number = int(packet.find("proto[@name='geninfo']/field[@name='num']").get("show"))
            trees = [Item(proto) for proto in packet.findall("proto[@name='altsvc']")]
            if trees:
                found[number] = trees
        return found

    # ---- HTTP/1 ----

    def test_pipelined(self):
        capture = made.Capture()
        capture.open()
        asked = capture.ask(made.request("a.test") + made.request("b.test"))
        told = capture.answer(made.response('Alt-Svc: h2="a:81"; ma=60\r\n') +
                              made.response('Alt-Svc: h2="b:82"\r\n'))
        packets = self.packets(self.made(capture))
        self.assertEqual(list(packets), [told])
        first, second = packets[told]
        self.assertEqual(first.value("origin"), "http://a.test")
        self.assertEqual(second.value("origin"), "http://b.test")
        self.assertEqual(first.value("request_in"), str(asked))
        self.assertEqual(first.octets_of("value"), ['h2="a:81"; ma=60'])
        self.assertEqual(second.octets_of("value"), ['h2="b:82"'])
        self.assertEqual(first.octets_of("max_age"), ["60"])
        self.assertEqual(second.value("max_age"), "86400")
        self.assertEqual(second.octets_of("max_age"), [""])

    def test_equal_values_in_one_packet(self):
        capture = made.Capture()
        capture.open()
        capture.ask(made.request("a.test") + made.request("b.test"))
        told = capture.answer(made.response('Alt-Svc: h2=":81"\r\n') + made.response('Alt-Svc: h2=":81"\r\n'))
        text = self.wireshark.tshark(self.made(capture), "-T", "pdml")
        places = [field.get("pos") for packet in xml.fromstring(text)
                  for field in packet.iterfind("proto[@name='altsvc']/field[@name='altsvc.value']")]
        self.assertEqual(len(places), 2)
        self.assertLess(int(places[0]), int(places[1]))
        self.assertEqual(len(self.packets(self.made(capture))[told]), 2)

    def test_header_section_over_many_packets(self):
        capture = made.Capture()
        capture.open()
        asked = capture.ask(made.request("a.test"))
        data = made.response('Alt-Svc: h2=":81"\r\nX: y\r\n', body=b"okok")
        told = [capture.answer(data[i:i + 20]) for i in range(0, len(data), 20)]
        packets = self.packets(self.made(capture))
        self.assertEqual(len(packets), 1)
        [[tree]] = packets.values()
        self.assertIn(list(packets)[0], told[1:])
        self.assertEqual(tree.value("request_in"), str(asked))
        self.assertEqual(tree.octets_of("value"), ['h2=":81"'])

    def test_interim_response(self):
        capture = made.Capture()
        capture.open()
        asked = capture.ask(made.request("a.test"))
        told = capture.answer(b'HTTP/1.1 103 Early Hints\r\nAlt-Svc: h2=":81"\r\n\r\n')
        capture.answer(made.response())
        [tree] = self.packets(self.made(capture))[told]
        self.assertEqual(tree.value("status"), "103")
        self.assertEqual(tree.value("accepted"), "1")
        self.assertEqual(tree.value("request_in"), str(asked))

    def test_many_alternatives(self):
        """As many as a cache keeps are drawn, and a line of them is in the column."""
        capture = made.Capture()
        capture.open()
        capture.ask(made.request("a.test"))
        value = ", ".join(f'h2=":{port}"' for port in range(1000, 1129))
        told = capture.answer(made.response(f"Alt-Svc: {value}\r\n"))
        path = self.made(capture)
        [tree] = self.packets(path)[told]
        self.assertEqual(tree.octets_of("alternative"), value.split(", ")[:128])
        self.assertEqual(len(tree.values("cache.entry")), 8)
        self.assertRegex(self.info(path)[str(told)], r'Alt-Svc learned: h2=":1000", .*\.\.\.$')

    def test_trailer(self):
        capture = made.Capture()
        capture.open()
        capture.ask(made.request("a.test"))
        told = capture.answer(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
                              b'2\r\nok\r\n0\r\nAlt-Svc: h2=":81"\r\n\r\n')
        [tree] = self.packets(self.made(capture))[told]
        self.assertEqual(tree.value("accepted"), "0")
        self.assertEqual(tree.value("ignored_reason"), "trailer-field")
        self.assertEqual(tree.experts(), ["trailer_field"])
        self.assertEqual(tree.octets_of("value"), ['h2=":81"'])

    def test_body_in_other_packets(self):
        """As Wireshark is set at first, a message is shown where its body ends: that is said."""
        capture = made.Capture()
        capture.open()
        capture.ask(made.request("a.test"))
        whole = capture.answer(made.response('Alt-Svc: h2=":82"\r\n'))
        capture.ask(made.request("a.test"))
        data = made.response('Alt-Svc: h2=":81"\r\n', body=b"x" * 1000)
        head = capture.answer(data[:500])
        ends = capture.answer(data[500:])
        path = self.made(capture)
        for options in ([], ["-2"]):
            packets = self.packets(path, "-o", "http.desegment_body:TRUE", *options)
            self.assertEqual(list(packets), [whole, ends])
            self.assertIn("packet_ends_body", packets[ends][0].experts())
            self.assertNotIn("packet_ends_body", packets[whole][0].experts())
            packets = self.packets(path, *options)
            self.assertEqual(list(packets), [whole, head])
            self.assertNotIn("packet_ends_body", packets[head][0].experts())
        found = self.packets(path, "-o", "http.desegment_body:TRUE", "-Y", "altsvc.packet_ends_body")
        self.assertEqual(list(found), [ends])

    # ---- HTTP/2 ----

    def http2(self):
        capture = made.Capture()
        capture.open()
        capture.ask(made.PREFACE + made.SETTINGS)
        capture.answer(made.SETTINGS)
        return capture

    def test_two_responses_in_one_packet(self):
        capture = self.http2()
        asked = [capture.ask(made.get(1, "a.test")), capture.ask(made.get(3, "b.test"))]
        told = capture.answer(made.headers(3, ("alt-svc", 'h2="b:82"')) + made.headers(1, ("alt-svc", 'h2="a:81"')))
        packets = self.packets(self.made(capture))
        self.assertEqual(list(packets), [told])
        first, second = packets[told]
        self.assertEqual([tree.value("stream") for tree in (first, second)], ["3", "1"])
        self.assertEqual([tree.value("origin") for tree in (first, second)], ["http://b.test", "http://a.test"])
        self.assertEqual([tree.value("request_in") for tree in (first, second)], [str(asked[1]), str(asked[0])])
        self.assertEqual([tree.octets_of("host") for tree in (first, second)], [["b"], ["a"]])
        self.assertEqual([tree.octets_of("port") for tree in (first, second)], [["82"], ["81"]])

    def test_equal_values_on_two_streams(self):
        capture = self.http2()
        capture.ask(made.get(1, "a.test") + made.get(3, "b.test"))
        told = capture.answer(made.headers(1, ("alt-svc", 'h2=":81"')) + made.headers(3, ("alt-svc", 'h2=":81"')))
        first, second = self.packets(self.made(capture))[told]
        self.assertEqual(first.octets_of("value") + second.octets_of("value"), ['h2=":81"'] * 2)
        self.assertEqual([first.value("origin"), second.value("origin")], ["http://a.test", "http://b.test"])

    def test_response_over_many_packets(self):
        capture = self.http2()
        asked = capture.ask(made.get(1, "a.test"))
        data = made.headers(1, ("x", "y" * 60), ("alt-svc", 'h2=":81"'), ("z", "w" * 60))
        told = [capture.answer(data[i:i + 30]) for i in range(0, len(data), 30)]
        packets = self.packets(self.made(capture))
        self.assertEqual(list(packets), [told[-1]])
        [tree] = packets[told[-1]]
        self.assertEqual(tree.value("request_in"), str(asked))
        self.assertEqual(tree.octets_of("value"), ['h2=":81"'])

    def test_continuation(self):
        capture = self.http2()
        capture.ask(made.get(1, "a.test"))
        block = made.fields((":status", "200"), ("alt-svc", 'h2=":81"; ma=7'), ("x", "y"))
        head = capture.answer(made.frame(1, made.END_STREAM, 1, block[:20]))
        told = capture.answer(made.frame(9, made.END_HEADERS, 1, block[20:]))
        packets = self.packets(self.made(capture))
        self.assertNotIn(head, packets)
        [tree] = packets[told]
        self.assertEqual(tree.octets_of("value"), ['h2=":81"; ma=7'])
        self.assertEqual(tree.value("max_age"), "7")

    def test_two_lines(self):
        capture = self.http2()
        capture.ask(made.get(1, "a.test"))
        told = capture.answer(made.headers(1, ("alt-svc", 'h2=":81"'), ("x", "y"), ("alt-svc", 'h3=":82", hq=":83"')))
        [tree] = self.packets(self.made(capture))[told]
        self.assertEqual(tree.value("value"), 'h2=":81", h3=":82", hq=":83"')
        self.assertEqual(tree.values("alternative"), ["h2 at a.test:81", "h3 at a.test:82", "hq at a.test:83"])
        self.assertEqual(tree.octets_of("alternative"), ['h2=":81"', 'h3=":82"', 'hq=":83"'])
        self.assertEqual(tree.values("cache.entry"), tree.values("alternative"))

    def test_parameters(self):
        value = 'h2="b.test:81"; ma=9; persist=1; v="46;4\\"3"; X=1'
        capture = self.http2()
        capture.ask(made.get(1, "a.test"))
        told = capture.answer(made.headers(1, ("alt-svc", value)))
        [tree] = self.packets(self.made(capture))[told]
        self.assertEqual(tree.octets_of("parameter"), ['v="46;4\\"3"', "X=1"])
        self.assertEqual(tree.octets_of("persist"), ["persist=1"])
        self.assertEqual(tree.value("persist"), "1")
        self.assertEqual(tree.octets_of("authority"), ["b.test:81"])
        self.assertEqual(tree.octets_of("protocol_id"), ["h2"])
        self.assertIn("parameter_unknown", tree.experts())

    def test_max_age_that_is_none(self):
        capture = self.http2()
        capture.ask(made.get(1, "a.test"))
        told = capture.answer(made.headers(1, ("alt-svc", 'h2=":81"; ma=abc')))
        [tree] = self.packets(self.made(capture))[told]
        self.assertEqual(tree.octets_of("parameter"), ["ma=abc"])
        self.assertEqual(tree.value("max_age"), "86400")
        self.assertEqual(tree.octets_of("max_age"), [""])

    def test_trailers(self):
        capture = self.http2()
        capture.ask(made.get(1, "a.test"))
        capture.answer(made.headers(1, flags=made.END_HEADERS) + made.frame(0, 0, 1, b"ok"))
        told = capture.answer(made.frame(1, made.END_STREAM | made.END_HEADERS, 1, made.fields(("alt-svc", 'h2=":81"'))))
        [tree] = self.packets(self.made(capture))[told]
        self.assertEqual(tree.value("ignored_reason"), "trailer-field")

    def test_frames(self):
        capture = self.http2()
        asked = capture.ask(made.get(1, "a.test"))
        on_stream = capture.answer(made.altsvc(1, "", 'h2=":81"'))
        on_connection = capture.answer(made.altsvc(0, "http://a.test", 'h2=":82"; ma=5'))
        [tree] = self.packets(self.made(capture))[on_stream]
        self.assertEqual(tree.value("request_in"), str(asked))
        self.assertEqual(tree.value("via"), "4")
        self.assertEqual(tree.octets_of("value"), ['h2=":81"'])
        [tree] = self.packets(self.made(capture))[on_connection]
        self.assertEqual(tree.octets_of("origin"), ["http://a.test"])
        self.assertEqual(tree.octets_of("port"), ["82"])
        self.assertEqual(tree.values("event"), ["learned", "replaced"])
        self.assertEqual(tree.values("learned_in"), [str(on_stream)])

    def test_ignored_frames(self):
        bad = [("", 'h2=":81"', 0, "frame-origin-missing"), ("http://b.test", 'h2=":81"', 1, "frame-origin-unexpected"),
               ("http://b.test", 'h2=":81"', 0, "frame-not-authoritative"), ("", "", 1, "frame-empty-value"),
               ("http://b.test/x", 'h2=":81"', 0, "frame-origin-invalid"), ("http://a.test", "h2", 0, "value-invalid")]
        capture = self.http2()
        capture.ask(made.get(1, "a.test"))
        told = [capture.answer(made.altsvc(stream, origin, value)) for origin, value, stream, _ in bad]
        told.append(capture.answer(made.frame(10, 0, 0, b"\0\x09h2")))
        packets = self.packets(self.made(capture))
        for number, reason in zip(told, [row[3] for row in bad] + ["frame-malformed"]):
            [tree] = packets[number]
            self.assertEqual(tree.value("accepted"), "0", reason)
            self.assertEqual(tree.value("ignored_reason"), reason)
            self.assertIn(reason.replace("-", "_"), tree.experts())
            only = self.packets(self.made(capture), "-Y", "altsvc." + reason.replace("-", "_"))
            self.assertEqual(list(only), [number])

    def test_push(self):
        packets = self.packets(self.sample("push"))
        trees = [tree for trees in packets.values() for tree in trees if int((tree.values("stream") or [1])[0]) % 2 == 0]
        self.assertTrue(trees)
        for tree in trees:
            self.assertNotEqual(tree.value("request_in"), "0")
            self.assertEqual(tree.value("accepted"), "1")

    # ---- HTTP/3 ----

    def test_http3_advertisements(self):
        path = self.sample("quic-early-data")
        for options in ([], ["-2"], ["-Y", "altsvc"]):
            first, second = self.packets(path, *options)[5]
            for tree, stream, age, event in ((first, "0", "51901", "learned"), (second, "4", "51902", "refreshed")):
                self.assertEqual(tree.value("origin"), "https://mx.test")
                self.assertEqual(tree.value("via"), "3")
                self.assertEqual(tree.value("stream"), stream)
                self.assertEqual(tree.value("status"), "200")
                self.assertEqual(tree.value("request_in"), "3")
                self.assertEqual(tree.value("value"), f'h3=":443"; ma={age}')
                self.assertEqual(tree.value("protocol_id"), "h3")
                self.assertEqual(tree.value("max_age"), age)
                self.assertEqual(tree.value("accepted"), "1")
                self.assertEqual(tree.value("event"), event)
                # Wireshark shows header fields of HTTP/3 from 4.2 on.
                self.assertIn(tree.octets_of("max_age"), ([age], [""]))
            self.assertEqual(second.value("learned_in"), "5")
            self.assertRegex(self.info(path, *options)["5"], r' \| Alt-Svc learned: h3=":443"; ma=51901 \| Alt-Svc ')
        self.assertEqual(list(self.packets(path, "-Y", "altsvc.via == 3 and altsvc.max_age == 51902")), [5])

    def test_http3_misdirected(self):
        path = self.sample("misdirected-h3")
        for options in ([], ["-2"], ["-Y", "altsvc"]):
            packets = self.packets(path, *options)
            [used], [removed] = packets[44], packets[56]
            self.assertIn("used", used.values("event"))
            self.assertEqual(used.value("alt_used"), "a.test")
            self.assertEqual(removed.value("origin"), "https://a.test")
            self.assertEqual(removed.value("status"), "421")
            self.assertEqual(removed.value("stream"), "4")
            self.assertEqual(removed.value("request_in"), "54")
            self.assertEqual(removed.value("event"), "removed")
            self.assertEqual(removed.value("alternative"), "h3 at a.test:443")
            self.assertEqual([removed.value(link) for link in ("learned_in", "tried_in", "used_in")], ["18", "21", "44"])
            self.assertEqual(removed.experts(), ["misdirected"])
            self.assertEqual(removed.values("cache.entry"), [])
            self.assertRegex(self.info(path, *options)["56"], r" \| Alt-Svc removed h3 at a.test:443 \(421\)$")
        self.assertEqual(list(self.packets(path, "-Y", "altsvc.misdirected")), [56])
        self.assertEqual(list(self.packets(path, "-Y", "quic and altsvc.status == 421")), [56])

    def test_http3_early_data(self):
        """A request is told at the packet it came in, when the server has accepted it."""
        path = self.wireshark.home / "sample.pcapng"
        path.write_bytes((self.samples.parent / "tests/matrix/quic-0rtt/capture.pcapng").read_bytes())
        text = self.wireshark.tshark(path, "-q", "-z", "altsvc,observations").decode()
        early = [seen for seen in map(json.loads, text.splitlines()) if seen["kind"] == "request" and seen.get("early_data")]
        self.assertEqual([(seen["packet"], seen["stream"]) for seen in early], [(13, 0), (13, 4), (25, 0), (25, 4)])

    # ---- what becomes of it ----

    def test_misdirected(self):
        path = self.sample("misdirected")
        packets = self.packets(path, "-2")
        [[learned], [used], [removed]] = [packets[number] for number in (19, 39, 54)]
        self.assertEqual(learned.value("tried_in"), "20")
        self.assertEqual(learned.value("used_in"), "39")
        self.assertEqual(learned.value("ended_in"), "54")
        self.assertEqual(used.values("event"), ["tried", "used", "validated"])
        self.assertEqual(used.octets_of("alt_used"), ["alt.test"])
        self.assertEqual(set(used.values("learned_in")), {"19"})
        self.assertEqual(removed.value("status"), "421")
        self.assertEqual(removed.value("event"), "removed")
        self.assertEqual(removed.value("alternative"), "h2 at alt.test:443")
        self.assertEqual(removed.value("learned_in"), "19")
        self.assertEqual(removed.value("used_in"), "39")
        self.assertEqual(removed.value("request_in"), "53")
        self.assertEqual(removed.experts(), ["misdirected"])
        self.assertEqual(removed.values("cache.entry"), [])
        [early] = self.packets(path)[19]
        for link in ("tried_in", "used_in", "ended_in"):
            self.assertEqual(early.values(link), [], link)

    def test_clear(self):
        packets = self.packets(self.sample("clear"), "-2")
        [learned], [cleared] = packets[18], packets[41]
        self.assertEqual(learned.value("ended_in"), "41")
        self.assertEqual(learned.values("cache.entry"), ["h3 at a.test:449"])
        self.assertEqual(cleared.value("clear"), "1")
        self.assertEqual(cleared.octets_of("clear"), ["clear"])
        self.assertEqual(cleared.value("event"), "cleared")
        self.assertEqual(cleared.values("cache.entry"), [])

    def test_whole_traffic(self):
        """A finding that needs all packets is there when they are known."""
        path = self.sample("misdirected")
        name = "altsvc.advertised_sometimes"
        self.assertEqual(self.packets(path, "-Y", name), {})
        self.assertTrue(self.packets(path, "-2", "-Y", name))

    def test_failures(self):
        """What failed is there when it is seen, with a finding of its own; silence when all packets are known."""
        [failed] = self.packets(self.sample("wrong-certificate"))[30]
        self.assertEqual(failed.values("event"), ["tried", "failed"])
        for sample, number, name, options in (("wrong-certificate", 30, "alternative_certificate_mismatch", []),
                                              ("keep-alive", 25, "alternative_alpn_mismatch", []),
                                              ("udp-dropped", 93, "alternative_no_answer", []),
                                              ("udp-dropped", 93, "udp_blocked_likely", ["-2"]),
                                              ("clear", 22, "alternative_refused", ["-2"])):
            found = self.packets(self.sample(sample), *options, "-Y", f"altsvc.{name}")
            self.assertEqual(list(found), [number], name)

    def test_same_on_every_pass(self):
        compared = 0
        for folder in sorted(self.samples.iterdir()):
            if not (folder / "capture.pcapng").exists():
                continue
            path = self.sample(folder.name)
            once, *others = [{number: kept for number, trees in self.packets(path, *options).items()
                              if (kept := [tree for tree in trees if not tree.is_late()])}
                             for options in ([], ["-2"], ["-Y", "altsvc"])]
            for again in others:
                self.assertEqual(list(once), list(again), folder.name)
                for number, trees in once.items():
                    compared += 1
                    self.assertEqual([tree.lines() for tree in trees], [tree.lines() for tree in again[number]],
                                     f"{folder.name} packet {number}")
        self.assertGreater(compared, 100)

    # ---- columns and preferences ----

    def info(self, path, *options):
        """The columns as they are printed: as fields they are without what post-dissectors append, from 4.2 on."""
        text = self.wireshark.tshark(path, "-o", 'gui.column.format:"No.","%m","Info","%i"', *options).decode()
        return {number: words.strip() for number, _, words in (line.strip().partition(" ") for line in text.splitlines())}

    def test_info(self):
        path = self.sample("misdirected")
        for options in ([], ["-2"]):
            info = self.info(path, *options)
            self.assertRegex(info["19"], r'DATA\[3\].* \| Alt-Svc learned: h2="alt.test:443"; ma=600$')
            self.assertRegex(info["54"], r"421 .* \| Alt-Svc removed h2 at alt.test:443 \(421\)$")
            self.assertNotIn("Alt-Svc", info["1"])
        self.assertRegex(self.info(self.sample("clear"))["41"], r"200 OK \| Alt-Svc cleared$")
        self.assertRegex(self.info(self.sample("frame-origin-missing"), "-Y", "altsvc.ignored_reason").popitem()[1],
                         r" \| Alt-Svc ignored: ")

    def test_columns_alone(self):
        text = self.wireshark.tshark(self.sample("clear")).decode()
        self.assertIn(' | Alt-Svc learned: h3=":449";ma=600', text)

    def test_client_by(self):
        path = self.sample("clear")
        [tree] = self.packets(path, "-o", "altsvc.client_by:capture")[18]
        self.assertEqual(tree.value("client"), "capture")
        [tree] = self.packets(path, "-o", "altsvc.client_by:mac")[18]
        self.assertRegex(tree.value("client"), "^([0-9a-f]{2}:){5}[0-9a-f]{2}$")
        [tree] = self.packets(path, "-o", "altsvc.client_by:ip+agent")[18]
        self.assertRegex(tree.value("client"), "^10.77.0.11 Mozilla")

    def test_model(self):
        """The rules that the preference names, in the tree and in the reports."""
        path = self.sample("misdirected")
        rules = {"auto": "each client's own, by its User-Agent", "rfc7838": "RFC 7838", "chromium": "those of chromium",
                 "firefox": "those of firefox", "curl": "those of curl"}
        for model, words in rules.items():
            option = ["-o", f"altsvc.model:{model}"]
            [used] = self.packets(path, *option)[39]
            self.assertIn("used", used.values("event"))
            self.assertEqual("validated" in used.values("event"), model in ("auto", "firefox"), model)
            report = self.wireshark.tshark(path, *option, "-q", "-z", "altsvc,timeline").decode()
            self.assertRegex(report, rf"Rules +{words}")
            self.assertEqual(" validated" in report, model in ("auto", "firefox"), model)
        whole = self.wireshark.tshark(path, "-q", "-z", "altsvc,timeline").decode()
        self.assertEqual(whole, self.wireshark.tshark(path, "-o", "altsvc.model:auto", "-q", "-z", "altsvc,timeline").decode())

    def test_client_by_in_reports(self):
        path = self.sample("clear")
        report = self.wireshark.tshark(path, "-o", "altsvc.client_by:ip+agent", "-q", "-z", "altsvc,timeline").decode()
        self.assertRegex(report, r"(?m)^.*10\.77\.0\.11 Mozilla")

    def test_cache_entries(self):
        capture = self.http2()
        capture.ask(made.get(1, "a.test"))
        told = capture.answer(made.headers(1, ("alt-svc", 'h2=":81", h2=":82", h2=":83"')))
        path = self.made(capture)
        for most, shown, more in ((0, 0, None), (1, 1, "and 2 more"), (3, 3, None)):
            [tree] = self.packets(path, "-o", f"altsvc.cache_entries:{most}")[told]
            self.assertEqual(len(tree.values("cache.entry")), shown)
            self.assertEqual([line for line in tree.lines() if "more" in line and "Alt-Svc cache" not in line
                              and "HTTP Alt" not in line] != [], more is not None)

    def test_segments_not_reordered(self):
        capture = made.Capture()
        capture.open()
        capture.ask(made.request("a.test"))
        data = made.response('Alt-Svc: h2=":81"\r\n')
        capture.answer(data[:10])
        capture.answer(data[10:30])
        capture.answer(data[30:])
        capture.packets[-2:] = capture.packets[:-3:-1]
        path = self.made(capture)
        late = len(capture.packets) - 1
        found = self.packets(path, "-o", "tcp.reassemble_out_of_order:FALSE", "-Y", "altsvc.segments_not_reordered")
        self.assertEqual(list(found), [late])
        self.assertEqual(self.packets(path, "-Y", "altsvc.segments_not_reordered"), {})


def main():
    plugin, samples = sys.argv[1], sys.argv[2]
    Tree.samples = pathlib.Path(samples)
    with Wireshark(plugin) as Tree.wireshark:
        unittest.main(argv=[sys.argv[0], *sys.argv[3:]])


if __name__ == "__main__":
    main()
