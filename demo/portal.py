#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A statistics portal in miniature: serves the files of a folder on a free port of loopback.

    portal.py FOLDER PORT_FILE

Answers with an ETag and takes If-None-Match. A symbolic link is answered with a redirect to
the file it points to, as portals do that have an address for "the newest".
"""
import hashlib
import http.server
import os
import sys

folder, port_file = sys.argv[1:3]


class Portal(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = os.path.join(folder, os.path.basename(self.path))
        if os.path.islink(path):
            return self.answer(302, Location="/" + os.readlink(path))
        try:
            with open(path, "rb") as file:
                body = file.read()
        except OSError:
            return self.answer(404)
        etag = '"%s"' % hashlib.sha256(body).hexdigest()[:32]
        if self.headers.get("If-None-Match") == etag:
            return self.answer(304, ETag=etag)
        return self.answer(200, body, ETag=etag, Content_Type="text/csv; charset=utf-8")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
with open(port_file + ".new", "w") as file:
    file.write("%d\n" % server.server_port)
os.rename(port_file + ".new", port_file)
server.serve_forever()
