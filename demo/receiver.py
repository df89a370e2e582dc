#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Receives webhooks on a free port of loopback and checks them as Standard Webhooks say.

    receiver.py SECRET_FILE PORT_FILE LOG [EVERY]

Each request becomes one line of JSON in LOG. With EVERY, each EVERYth request is answered
with 503 after it was written down, so that the sender has to come again.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time

secret_file, port_file, log_file = sys.argv[1:4]
every = int(sys.argv[4]) if len(sys.argv) > 4 else 0
with open(secret_file) as file:
    secret = base64.b64decode(file.read().strip().removeprefix("whsec_"))
lock = threading.Lock()
seen = 0


def is_signed(headers, body):
    signed = "%s.%s." % (headers["webhook-id"], headers["webhook-timestamp"])
    digest = hmac.new(secret, signed.encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(digest).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    given = headers["webhook-signature"].split()
    return fresh and any(hmac.compare_digest(wanted, one) for one in given)


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        global seen
        body = self.rfile.read(int(self.headers["Content-Length"]))
        message = json.loads(body)
        alerts = message["junheng"]["alerts"]
        with lock, open(log_file, "a") as log:
            seen += 1
            status = 503 if every and seen % every == 0 else 204
            line = {
                "id": self.headers["webhook-id"],
                "key": message["junheng"]["key"],
                "verified": is_signed(self.headers, body),
                "answered": status,
                "receiver": message["receiver"],
                "status": message["status"],
                "group": message["groupLabels"],
                "pairs": sorted("%s:%d" % (a["id"], a["transition"]) for a in alerts),
                "counties": [a["county"]["name"] for a in alerts],
                "rounds": [a["round"] for a in alerts],
            }
            print(json.dumps(line, ensure_ascii=False), file=log)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
with open(port_file + ".new", "w") as file:
    file.write("%d\n" % server.server_port)
os.rename(port_file + ".new", port_file)
server.serve_forever()
