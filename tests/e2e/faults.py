# SPDX-License-Identifier: Apache-2.0
"""A portal with every fault. faults.py PORT_FILE GOOD_FILE [CERT KEY]"""
import functools
import http.server
import itertools
import os
import socket
import ssl
import struct
import sys
import threading
import time
import zlib

port_file, good_file = sys.argv[1:3]
BOMB = 200 << 20
count = itertools.count()
making = threading.Lock()
HEADER = b"round,county_code,school_code,kind,owner,pupils_primary\n"


@functools.lru_cache
def packed_bomb():
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    return b"".join([pack.compress(zeros) for _ in range(BOMB >> 20)]) + pack.flush()


def bomb():
    with making:
        return packed_bomb()


class Faults(http.server.BaseHTTPRequestHandler):
    def start(self, status=200, **headers):
        self.send_response(status)
        self.send_header("Content-Type", "text/csv")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def do_GET(self):
        try:
            getattr(self, "do_" + self.path.split("?")[0].strip("/"))()
        except OSError:
            pass

    def do_good(self):
        with open(good_file, "rb") as file:
            body = file.read()
        self.start(Content_Length=str(len(body)))
        self.wfile.write(body)

    def wait(self):
        """As long as the other side does."""
        self.rfile.read(1)

    def do_hang(self):
        self.wait()

    def do_stall(self):
        self.start(Content_Length="100000")
        self.wfile.write(b"round,county_code\n")
        self.wfile.flush()
        self.wait()

    def do_bomb(self):
        self.start(Content_Encoding="gzip")
        self.wfile.write(bomb())

    def do_endless(self):
        self.start()
        while True:
            self.wfile.write(bytes(1 << 16))

    def do_drip(self):
        self.start(Content_Length="100000")
        while True:
            self.wfile.write(b".")
            self.wfile.flush()
            time.sleep(0.05)

    def do_reset(self):
        self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Le")
        self.wfile.flush()
        # so that closing is no orderly end
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def do_half(self):
        self.start(Content_Length="100000")
        self.wfile.write(b"round,county_code\n")

    def do_length(self):
        self.start(Content_Length="99999999999")
        self.wfile.write(b"round,county_code\n")

    def do_loop(self):
        self.start(302, Location="/loop")

    def do_304(self):
        self.start(304)

    def do_500(self):
        self.start(500)

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


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Faults)
if len(sys.argv) > 4:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[3], sys.argv[4])
    server.socket = tls.wrap_socket(server.socket, server_side=True)
with open(port_file + ".new", "w") as file:
    file.write("%d\n" % server.server_port)
os.rename(port_file + ".new", port_file)
server.serve_forever()
