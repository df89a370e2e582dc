# SPDX-License-Identifier: Apache-2.0
"""A portal with every fault. faults.py PORT_FILE GOOD_FILE [CERT KEY]"""
import http.server
import itertools
import os
import ssl
import sys
import time
import zlib

port_file, good_file = sys.argv[1:3]
BOMB = 200 << 20
count = itertools.count()
HEADER = b"round,county_code,school_code,kind,owner,pupils_primary\n"


def bomb():
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    for _ in range(BOMB >> 20):
        yield pack.compress(zeros)
    yield pack.flush()


class Faults(http.server.BaseHTTPRequestHandler):
    def start(self, status=200, **headers):
        self.send_response(status)
        self.send_header("Content-Type", "text/csv")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def do_GET(self):
        try:
            getattr(self, "do_" + self.path.strip("/"))()
        except OSError:
            pass

    def do_good(self):
        with open(good_file, "rb") as file:
            body = file.read()
        self.start(Content_Length=str(len(body)))
        self.wfile.write(body)

    def do_hang(self):
        time.sleep(600)

    def do_stall(self):
        self.start(Content_Length="100000")
        self.wfile.write(b"round,county_code\n")
        self.wfile.flush()
        time.sleep(600)

    def do_bomb(self):
        self.start(Content_Encoding="gzip")
        for part in bomb():
            self.wfile.write(part)

    def do_endless(self):
        self.start()
        while True:
            self.wfile.write(bytes(1 << 16))

    def do_503(self):
        self.start(503)

    def do_429(self):
        self.start(429, Retry_After="3600")

    def do_changing(self):
        with open(good_file, "rb") as file:
            body = file.read() + b"\r\n" * next(count)
        self.start(Content_Length=str(len(body)))
        self.wfile.write(body)

    def do_quote(self):
        self.start()
        self.wfile.write(HEADER + b'2021,998888,1,"primary,7,100\n')

    def do_other(self):
        self.start()
        self.wfile.write(HEADER + b"2021,998888,1,primary,7,100\n")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Faults)
server.daemon_threads = True
if len(sys.argv) > 4:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[3], sys.argv[4])
    server.socket = tls.wrap_socket(server.socket, server_side=True)
with open(port_file + ".new", "w") as file:
    file.write("%d\n" % server.server_port)
os.rename(port_file + ".new", port_file)
server.serve_forever()
