# SPDX-License-Identifier: Apache-2.0
"""What the parts of bench/run have in common: data, measuring, peers, a daemon."""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
PYTHON = "/usr/bin/python3"  # the one that has Debian's modules
STANDARD = ["evaluate", "--standard", "basic-2012", "--format", "csv"]


class Bench:
    def __init__(self, args):
        self.build = os.path.abspath(args.build)
        self.runs, self.install = args.runs, not args.no_install
        self.dir = os.path.join(self.build, "bench-data")
        os.makedirs(self.dir, exist_ok=True)
        self.ctl = os.path.join(self.build, "junhengctl")
        if not os.path.exists(self.ctl):
            sys.exit(f"bench/run: no {self.ctl}: build first, with CFLAGS=-O2 and without sanitizers, or name another by --build")
        quiet("make", "-s", "-C", self.build, "bench/measure", "junhengctl", "junhengd")

    def path(self, name):
        return os.path.join(self.dir, name)

    def make(self, name, *options):
        """A data set, made once. The name is a folder where --split asks for one."""
        if not os.path.exists(self.path(name)):
            quiet(PYTHON, os.path.join(HERE, "nation.py"), *options, self.path(name + ".new"))
            os.rename(self.path(name + ".new"), self.path(name))
        return self.path(name)

    def measure(self, name, command, env=None):
        """(wall seconds, CPU seconds, peak KiB, what it said to stderr); its output lies in name.out."""
        env = {**os.environ, **(env or {})}
        run = subprocess.run([os.path.join(self.build, "bench/measure"), self.path(name + ".out"), *command],
                             capture_output=True, text=True, env=env, cwd=self.dir)
        if run.returncode:
            sys.exit(f"bench/run: {name} failed:\n{run.stderr}")
        wall, cpu, peak = run.stdout.split()
        return float(wall), float(cpu), int(peak), run.stderr

    def measure_in_turn(self, commands):
        """Each command `runs` times, one after the other, after a first round that does not count."""
        seen = {name: [] for name in commands}
        for turn in range(self.runs + 1):
            for name, command in commands.items():
                result = self.measure(name, command)
                if turn:
                    seen[name].append(result)
        return seen

    def junhengctl(self, *files):
        return [self.ctl, *STANDARD, *files]


def quiet(*command):
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"bench/run: {' '.join(command)}:\n{run.stdout}{run.stderr}")


def note(text):
    print(f"  {text}", flush=True)


def debian(bench, package, there):
    """Is it there, perhaps after apt-get?"""
    if there():
        return True
    if bench.install and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", package], capture_output=True)
    return there()


def spread(values):
    return f"{min(values):6.2f} {statistics.median(values):6.2f} {max(values):6.2f}"


def cpu_of(pid):
    """Seconds, so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        user, system = stat.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


# ---- a daemon ----------------------------------------------------------------------------------------------


class Daemon:
    """A junhengd in a folder of its own; SOURCES are lines of its configuration."""

    def __init__(self, bench, sources):
        self.dir = tempfile.mkdtemp(prefix="junheng-bench-")
        conf = os.path.join(self.dir, "junheng.yaml")
        with open(conf, "w", encoding="utf-8") as out:
            out.write(f"""\
state_dir: {self.dir}/state
control_socket: {self.dir}/socket
http: {{listen: "127.0.0.1:0"}}
standards: {{dir: {TOP}/etc/standards, use: [basic-2012]}}
{sources}
channels: [{{name: spool, plugin: spool, path: {self.dir}/spool}}]
offices: [{{id: all, name: all, level: nation, channels: [spool]}}]
""")
        with open(os.path.join(self.dir, "log"), "wb") as log:
            self.process = subprocess.Popen([os.path.join(bench.build, "junhengd"), "-c", conf], stderr=log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        shutil.rmtree(self.dir)

    def ask(self, method, path):
        connection = http.client.HTTPConnection("junheng", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(os.path.join(self.dir, "socket"))
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def metrics(self, name):
        """All of a name, whatever their labels."""
        found = re.findall(rf"^junheng_{re.escape(name)}(?:\{{.*\}})? (.*)$", self.ask("GET", "/metrics")[1], re.M)
        return [float(value) for value in found]

    def metric(self, name):
        return next(iter(self.metrics(name)), 0)

    def source(self):
        return json.loads(self.ask("GET", "/api/v1/sources")[1])["data"][0]

    def wait(self, what, seconds=300):
        """Until `what` is so: it is asked again and again, and may fail while the daemon starts."""
        until = time.monotonic() + seconds
        while True:
            if self.process.poll() is not None or time.monotonic() > until:
                with open(os.path.join(self.dir, "log"), encoding="utf-8") as log:
                    sys.exit("bench/run: junhengd does not come that far:\n" + "".join(log.readlines()[-10:]))
            try:
                if what():
                    return
            except OSError:
                pass
            time.sleep(0.02)

    def peak(self):
        """KiB."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"^VmHWM:\s+(\d+)", status.read(), re.M).group(1))

    def cpu(self):
        return cpu_of(self.process.pid)
