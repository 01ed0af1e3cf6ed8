#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The architecture as a test: reads every #include of the product's folders and
fails on one that the folder's row does not allow. Usage: includes.py ROOT"""
import pathlib
import re
import sys

# What a folder may include besides its own headers, the C library and GLib.
ALLOWED = {
    "altsvc": [],
    "report": ["altsvc/", "jansson.h"],
    "analyzer": ["altsvc/", "report/", "analyzer/"],
    "analyzer/input": ["altsvc/bytes.h", "analyzer/sink.h", "analyzer/limits.h"],
    "analyzer/net": ["altsvc/bytes.h", "analyzer/sink.h", "analyzer/limits.h"],
    "analyzer/tls": ["altsvc/bytes.h", "analyzer/sink.h", "analyzer/limits.h"],
    "analyzer/quic": ["altsvc/bytes.h", "analyzer/sink.h", "analyzer/limits.h", "analyzer/tls/"],
    "analyzer/dns": ["altsvc/bytes.h", "analyzer/sink.h", "analyzer/limits.h"],
    "analyzer/http": ["altsvc/", "analyzer/sink.h", "analyzer/limits.h"],
    "analyzer/observe": ["altsvc/", "analyzer/sink.h", "analyzer/limits.h", "analyzer/dns/dns.h", "analyzer/http/http.h",
                         "analyzer/net/net.h", "analyzer/quic/quic.h"],
    "dissector": ["altsvc/", "report/", "analyzer/observe/", "analyzer/http/http.h", "analyzer/http/http3.h",
                  "analyzer/net/net.h", "analyzer/net/watch.h", "analyzer/quic/frame.h",
                  "analyzer/quic/stream.h", "analyzer/quic/watch.h", "analyzer/dns/dns.h"],
}
# Libraries that only some files may see.
LIBRARIES = {
    "pcap": r"analyzer/input/",
    "lz4": r"analyzer/input/",
    "zlib.h": r"analyzer/input/|analyzer/tls/certificate\.c",
    "zstd": r"analyzer/input/|analyzer/tls/certificate\.c",
    "openssl/": r"analyzer/tls/(crypto|certificate)\.c",
    "brotli/": r"analyzer/tls/certificate\.c",
    "nghttp2/": r"analyzer/http/hpack\.c",
    "nghttp3/": r"analyzer/http/qpack\.c",
    "epan/": r"dissector/",
    "wsutil/": r"dissector/",
    "ws_version.h": r"dissector/",
}
SYSTEM = re.compile(r"^(glib\.h|[a-z0-9_]+\.h|arpa/inet\.h|netinet/in\.h|sys/[a-z]+\.h)$")


def faults_of(root, path):
    name = path.relative_to(root).as_posix()
    folder = path.parent.relative_to(root).as_posix()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if not match:
            continue
        header = match.group(1)
        library = next((key for key in LIBRARIES if header.startswith(key)), None)
        if library:
            good = re.match(LIBRARIES[library], name)
        elif header.startswith(folder + "/") or (path.parent / header).exists():
            good = True
        else:
            good = any(header == a or (a.endswith("/") and header.startswith(a)) for a in ALLOWED[folder])
            good = good or ("/" not in header or header.startswith(("sys/", "arpa/", "netinet/"))) and SYSTEM.match(header)
        if not good:
            yield f"{name}:{number}: {header} is not {folder}'s to include"


def main():
    root = pathlib.Path(sys.argv[1])
    files = [p for folder in ALLOWED for p in sorted((root / folder).glob("*.[ch]"))]
    faults = [fault for path in files for fault in faults_of(root, path)]
    print("\n".join(faults) or f"{len(files)} files include only what their folders may")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
