#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes altshark write an altsvc file, and curl use it: two TLS servers on
loopback, an observation that the first one advertised the second one; then
`curl --alt-svc` asks for the first one's origin. Prints where the request
arrived and what it said. Needs curl with alt-svc, and openssl for a certificate.

usage: curl_uses.py ALTSHARK FOLDER
"""

import datetime
import http.server
import json
import pathlib
import ssl
import subprocess
import sys
import threading

SCHEMA = "altshark-observation/1"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append(self.headers.get("Alt-Used"))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_):
        pass


def make_certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True)


def serve(folder):
    """A server on a port of the system's choice."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    context.set_alpn_protocols(["http/1.1"])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def write_observations(path, origin_port, other_port):
    """A request to the origin and a response that advertises the other port for an hour."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000000000Z")
    origin = f"https://localhost:{origin_port}"
    common = {"schema": SCHEMA, "time": now, "file": "x", "client": "127.0.0.1", "server": f"127.0.0.1:{origin_port}",
              "connection": "tcp:0", "id": "0000000000000001"}
    lines = [
        {"kind": "connection", "packet": 1, "transport": "tcp"},
        {"kind": "request", "packet": 2, "origin": origin, "method": "GET", "path": "/"},
        {"kind": "advertisement", "packet": 3, "via": "http1-header", "origin": origin, "status": 200, "from": "server",
         "value": f'http%2F1.1=":{other_port}"; ma=3600'},
        {"kind": "response", "packet": 3, "origin": origin, "status": 200, "alt_svc": True},
    ]
    path.write_text("".join(json.dumps({**common, **line}) + "\n" for line in lines))


def main():
    altshark, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    make_certificate(folder)
    origin, other = serve(folder), serve(folder)
    write_observations(folder / "seen.ndjson", origin.server_port, other.server_port)
    altsvc = subprocess.run([altshark, "-T", "curl-altsvc", "-z", "cache", folder / "seen.ndjson"],
                            check=True, capture_output=True)
    (folder / "altsvc.txt").write_bytes(altsvc.stdout)
    subprocess.run(["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20", "--resolve",
                    f"localhost:{origin.server_port}:127.0.0.1", "--resolve", f"localhost:{other.server_port}:127.0.0.1",
                    "--alt-svc", folder / "altsvc.txt", "--cacert", folder / "cert.pem",
                    f"https://localhost:{origin.server_port}/"], check=True)
    print("origin", len(origin.seen), "alternative", len(other.seen))
    print("Alt-Used right" if other.seen == [f"localhost:{other.server_port}"] else f"Alt-Used {other.seen}")
    rest = subprocess.run([altshark, "-q", "--expect-cache", folder / "altsvc.txt", folder / "seen.ndjson"],
                          capture_output=True)
    print("expected" if rest.returncode == 0 else rest.stdout.decode())


if __name__ == "__main__":
    main()
