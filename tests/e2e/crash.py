# SPDX-License-Identifier: Apache-2.0
"""Kills junhengd at its n-th write, for many n, and compares what is there in the end.

    crash.py BUILD_DIR WORK_DIR PRELOADED_LIBRARY POINTS SEED

A county passes, slips and recovers, is certified between, and told of through a folder and a
webhook. Each life of that kind is disturbed once, started again and led to its end. POINTS 0:
all there are. Prints one line a life that differs, and a summary.
"""
import http.client
import http.server
import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import threading
import time

build, work, library, points, seed = sys.argv[1:6]
PATIENCE = 60  # seconds; the machine may have other things to do
NOW = str(int(time.time()) * 1000)
hooks = {}  # life: [(key, pairs), ...]

STANDARD = """\
standard: books
title: books
effective: 2010-01-01
population: {campus: merge}
indicators:
  - {id: books_per_pupil, title: books, numerator: books, per: 1, split: true}
cv_rule: {applies_to: composite, primary: 0.65}
"""
CONFIG = """\
state_dir: {dir}/state
control_socket: {dir}/sock
timezone: Asia/Shanghai
standards: {{dir: standards, use: [books]}}
sources:
  - {{name: one, plugin: file, format: csv, path: {dir}/one.csv, settle: 0s, interval: 1d}}
alerts: {{group_wait: 0s}}
channels:
  - {{name: spool, plugin: spool, path: {dir}/spool}}
  - {{name: hook, plugin: webhook, url: "http://127.0.0.1:{port}/{name}", secret_file: {work}/secret}}
offices:
  - {{id: all, name: all, level: nation, channels: [spool, hook]}}
"""
STATE = {
    "alerts": "SELECT id, state, stale, round, revision, transition, cause, told FROM alert ORDER BY id",
    "transitions": 'SELECT alert, n, "from", "to", round, cause, at_ms FROM transition ORDER BY alert, n',
    "verdicts": "SELECT round, county, standard, stage, revision, outcome FROM verdict ORDER BY 1, 2, 3, 4, 5",
    "outbox": "SELECT alert, transition, office, channel, message FROM outbox ORDER BY 1, 2, 3, 4",
    "messages": "SELECT key, office, channel, state, text, json FROM message ORDER BY key",
    "sound": "PRAGMA integrity_check",
}


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        pairs = sorted("%s:%d" % (a["id"], a["transition"]) for a in message["junheng"]["alerts"])
        hooks.setdefault(self.path[1:], []).append((self.headers["webhook-id"], tuple(pairs)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Control(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("junheng", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Died(Exception):
    pass


class Life:
    def __init__(self, name, at):
        self.name, self.at = name, at
        self.dir = os.path.join(work, name)
        self.deaths = 0
        self.daemon = None
        os.makedirs(self.dir + "/standards")
        os.mkdir(self.dir + "/spool")
        self.put("standards/books.yaml", STANDARD)
        self.put("junheng.yaml", CONFIG.format(dir=self.dir, work=work, name=name, port=server.server_port))
        self.put("clock", NOW)

    def put(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path + ".new", "w") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def publish(self, year, books):
        rows = "%d,990101,Qingshi,1,primary,100,100\n%d,990101,Qingshi,2,primary,100,%d\n" % (year, year, books)
        self.put("one.csv", "round,county_code,county_name,school_code,kind,pupils_primary,books\n" + rows)

    def start(self):
        environ = dict(os.environ, LD_PRELOAD=library, JUNHENG_BREAK_ROOT=self.dir)
        environ["ASAN_OPTIONS"] = environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0:detect_leaks=0"
        if self.at and not self.deaths:
            environ["JUNHENG_BREAK_AT"] = str(self.at)
        if not self.at:
            environ["JUNHENG_BREAK_LOG"] = self.dir + ".calls"
        with open(self.dir + ".log", "a") as log:
            self.daemon = subprocess.Popen(
                [build + "/junhengd", "-c", self.dir + "/junheng.yaml", "--clock", self.dir + "/clock"],
                env=environ, stderr=log)
        self.until(lambda: self.ask("GET", "/readyz"), "it is not ready")

    def look(self):
        """Raises Died as soon as the daemon has gone."""
        code = self.daemon.poll()
        if code is None:
            return
        if code != -9 or self.deaths:
            raise SystemExit("%s: ended with %s\n%s" % (self.name, code, self.log()))
        raise Died

    def log(self):
        with open(self.dir + ".log") as file:
            return file.read()[-2000:]

    def ask(self, method, path, body=None):
        control = Control(self.dir + "/sock")
        try:
            control.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
            answer = control.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.look()
            return None
        finally:
            control.close()
        if answer.status >= 400:
            return None
        return json.loads(text) if text.startswith(b"{") else True

    def until(self, holds, why):
        end = time.monotonic() + PATIENCE
        while not holds():
            self.look()
            if time.monotonic() > end:
                raise SystemExit("%s: %s\n%s" % (self.name, why, self.log()))
            time.sleep(0.01)

    def judged(self, year):
        history = self.ask("GET", "/api/v1/counties/990101/history")
        if history and any(row["round"] == str(year) for row in history["data"]):
            return True
        self.ask("POST", "/api/v1/sources/one/poll")
        return False

    def certify(self):
        return self.ask("POST", "/api/v1/certifications", {
            "certifications": [{"county": "990101", "standard": "books", "date": "2020-12-31", "baseline": "2019"}],
            "by": "test", "reason": "trial"})

    def sent(self):
        status = self.ask("GET", "/api/v1/status")
        return status and status["data"]["deliveries"]["waiting"] + status["data"]["deliveries"]["queued"] == 0

    def stop(self):
        self.daemon.terminate()
        code = self.daemon.wait(PATIENCE)
        if code == -9 and not self.deaths:
            raise Died
        if code:
            raise SystemExit("%s: ends with %s\n%s" % (self.name, code, self.log()))

    def live(self):
        """From the first round to a good end, through one death."""
        steps = [self.start]
        for year, books in ((2020, 150), (2021, 900), (2022, 160)):
            steps.append(lambda year=year, books=books: self.publish(year, books))
            steps.append(lambda year=year: self.until(lambda: self.judged(year), "round %d is not judged" % year))
            if year == 2020:
                steps.append(lambda: self.until(self.certify, "it is not certified"))
            steps.append(lambda: self.until(self.sent, "something is not sent"))
        steps.append(self.stop)
        at = 0
        while at < len(steps):
            try:
                steps[at]()
                at += 1
            except Died:
                self.deaths += 1
                at -= at > 0 and steps[at] == self.start
                if steps[at] != self.start:
                    self.start()

    def outcome(self):
        """All that should be the same whatever happened in between."""
        ret = {"spool": {}}
        database = self.dir + "/state/junheng.db"
        verify = subprocess.run([build + "/junhengctl", "journal", "verify", "--database", database],
                                capture_output=True, text=True)
        ret["journal"] = "sound" if verify.returncode == 0 else verify.stdout + verify.stderr
        db = sqlite3.connect(database)
        for name, query in STATE.items():
            ret[name] = db.execute(query).fetchall()
        db.close()
        for name in os.listdir(self.dir + "/spool"):
            with open(self.dir + "/spool/" + name) as file:
                ret["spool"][name] = file.read()
        ret["hooks"] = sorted(set(hooks.get(self.name, [])))
        return ret


def run(name, at):
    life = Life(name, at)
    try:
        life.live()
        return life.deaths, life.outcome()
    finally:
        if life.daemon and life.daemon.poll() is None:
            life.daemon.kill()
            life.daemon.wait()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
_, wanted = run("undisturbed", 0)
with open(os.path.join(work, "undisturbed.calls")) as file:
    calls = file.read().splitlines()
chosen = range(1, len(calls) + 1)
if int(points) and int(points) < len(calls):
    # One in each of as many stretches of the life, so that none of it is left out.
    dice, step = random.Random(int(seed)), len(calls) / int(points)
    chosen = [1 + int(i * step + dice.random() * step) for i in range(int(points))]
killed = differ = again = 0
for n in chosen:
    name = "at%d" % n
    deaths, got = run(name, n)
    killed += deaths
    again += len(hooks.get(name, [])) > len(got["hooks"])
    bad = [key for key in wanted if got[key] != wanted[key]]
    if bad:
        differ += 1
        print("# killed at %d of %d (about: %s)" % (n, len(calls), calls[n - 1]))
        for key in bad:
            print("#   %s: %s, not %s" % (key, str(got[key])[:600], str(wanted[key])[:600]))
print("# %d transitions, %d messages; %d writes, killed at %d of them, told again in %d" % (
    len(wanted["transitions"]), len(wanted["messages"]), len(calls), killed, again))
print("transitions %d messages %d hooks %d spool %d journal %s" % (
    len(wanted["transitions"]), len(wanted["messages"]), len(wanted["hooks"]), len(wanted["spool"]),
    wanted["journal"]))
print("differ %d killed %s" % (differ, "nearly always" if killed > 0.9 * len(chosen) else killed))
