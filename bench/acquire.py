# SPDX-License-Identifier: Apache-2.0
"""Acquisition: thousands of sources on one nginx, fetched by junhengd and by what else one might use."""
import contextlib
import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

from common import Daemon, cpu_of, debian, note, quiet, spread

AT_ONCE = 100
TLS_SOURCES = 100
GIB = 1 << 20  # in KiB
PROMETHEUS_MOST_S = 300


# ---- the portal ------------------------------------------------------------------------------------------


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for_port(port, process, what):
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    sys.exit(f"bench/run: {what} does not start")


NGINX = """\
daemon off;
{user}
pid {dir}/nginx.pid;
error_log {dir}/nginx.log;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    types {{ text/csv csv; }}
    sendfile on;
    keepalive_requests 1000000;
    {temporary}
    server {{
        listen 127.0.0.1:{port}{tls};
        root {root};
        {server}
    }}
}}
"""
SAME = 'etag off; if_modified_since off; add_header Last-Modified "";'  # bytes come again, whoever asks


@contextlib.contextmanager
def nginx(bench, root, server, tls=""):
    """One worker that serves the folder ROOT; yields its port."""
    where, port = bench.path("nginx"), free_port()
    os.makedirs(where, exist_ok=True)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {where}/{kind};" for kind in kinds)
    conf = os.path.join(where, f"{port}.conf")
    with open(conf, "w", encoding="utf-8") as out:
        out.write(NGINX.format(user="user root;" if os.geteuid() == 0 else "", dir=where, temporary=temporary,
                               port=port, tls=tls, root=root, server=server))
    with open(os.path.join(where, "out"), "wb") as log:
        process = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-p", where, "-c", conf], stderr=log)
    try:
        wait_for_port(port, process, "nginx")
        yield port
    finally:
        stop(process)
        os.unlink(conf)


def has_nginx(bench):
    there = lambda: shutil.which("nginx") or os.path.exists("/usr/sbin/nginx")
    return debian(bench, "nginx-light", there)


def has_curl(bench):
    return debian(bench, "curl", lambda: shutil.which("curl"))


# ---- the sources -----------------------------------------------------------------------------------------


def sources_of(bench, urls, more=""):
    """A table of sources, a row for each URL, and the lines of configuration that read it."""
    table = bench.path("sources.csv")
    with open(table, "w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["name", "profile", "url"])
        rows.writerows([f"county-{i:04}", "county", url] for i, url in enumerate(urls))
    return (f"max_transfers: {AT_ONCE}\n"
            f"profiles: {{county: {{plugin: http, format: csv, interval: 31d, jitter: 0s{more}}}}}\n"
            f"sources_from: {table}")


def handled(daemon):
    return sum(daemon.metrics("bodies_total"))


class Watch:
    """Looks on, seconds apart: with thousands of sources that costs something, which is taken off."""

    def __init__(self, daemon):
        self.daemon, self.looks, self.before = daemon, 0, daemon.cpu()

    def look(self, name):
        time.sleep(1)
        self.looks += 1
        return self.daemon.metrics(name)

    def used(self):
        """CPU without what looking takes when nothing else goes on."""
        used = self.daemon.cpu() - self.before
        before = self.daemon.cpu()
        for _ in range(5):
            handled(self.daemon)
        return used - self.looks * (self.daemon.cpu() - before) / 5


def first_cycle(daemon, n):
    """CPU from the start until everything is judged."""
    watch = Watch(daemon)
    watch.before = 0
    daemon.wait(lambda: watch.look('bodies_total{result="evaluated"}') == [n], 1200)
    return watch.used()


def cycle(daemon, n):
    """All polled once more: seconds to the last body fetched and to the last one done with, and CPU."""
    done, watch, start = handled(daemon), Watch(daemon), time.time()
    if daemon.ask("POST", "/api/v1/poll")[0] != 200:
        sys.exit("bench/run: the sources cannot be polled")
    daemon.wait(lambda: sum(watch.look("bodies_total")) == done + n)
    used = watch.used()
    fetched = max(daemon.metrics("source_last_success_timestamp_seconds"))
    return fetched - start, daemon.metric("bodies_last_timestamp_seconds") - start, used


def unchanged_only(daemon, n):
    if daemon.metric('bodies_total{result="evaluated"}') != n or daemon.metric('bodies_total{result="refused"}'):
        sys.exit("bench/run: unchanged data were evaluated again, or refused")


def print_cycles(name, cycles, curl, bodies):
    for i, what in enumerate(("to the last answer", "to the last hashed")[:1 + bodies]):
        print(f"  {name + ', ' + what:<34} {spread([c[i] / r[0] for c, r in zip(cycles, curl)]):>22}")
    print(f"  {name + ', CPU':<34} {spread([c[2] / r[1] for c, r in zip(cycles, curl)]):>22}")


def bench_sources(bench):
    print(f"\n3,000 sources of one portal, {AT_ONCE} transfers at once: junhengd's cycle beside curl's")
    if not has_nginx(bench) or not has_curl(bench):
        note("nginx or curl is not installed: left out")
        return
    folder = bench.make("counties", "--split")
    names = sorted(os.listdir(folder))
    server = f"location / {{ {SAME} }} location /tagged/ {{ alias {folder}/; }}"
    with nginx(bench, folder, server) as port:
        where = f"http://127.0.0.1:{port}"
        curl = ["curl", "-sS", "-Z", "--parallel-max", str(AT_ONCE), "-o", "/dev/null",
                f"{where}/[0000-{len(names) - 1:04}].csv"]
        for name, path in (("fetched and hashed", ""), ("304 by its ETag", "tagged/")):
            sources = sources_of(bench, [f"{where}/{path}{name}" for name in names])
            cycles, peer = [], []
            with Daemon(bench, sources) as daemon:
                first, peak = first_cycle(daemon, len(names)), daemon.peak()
                for turn in range(bench.runs + 1):
                    result, beside = cycle(daemon, len(names)), bench.measure("curl", curl)
                    if turn:
                        cycles.append(result)
                        peer.append(beside)
                unchanged_only(daemon, len(names))
            if not path:
                print(f"\n  {'junhengd / curl':<34} {'min median max':>22}")
            print_cycles(name, cycles, peer, not path)
            note(f"before that, once: everything fetched, parsed, judged and committed in {first:.2f} s of CPU, {peak / 1024:.0f} MiB")


# ---- TLS -------------------------------------------------------------------------------------------------


def make_ca(bench):
    """An authority of our own behind those of the system, and a certificate of its for loopback."""
    where = bench.path("tls")
    at = lambda name: os.path.join(where, name)
    if not os.path.exists(at("bundle.pem")):
        os.makedirs(where, exist_ok=True)
        quiet("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=bench",
              "-keyout", at("ca.key"), "-out", at("ca.pem"))
        quiet("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1",
              "-keyout", at("key.pem"), "-out", at("request.pem"))
        with open(at("names"), "w", encoding="ascii") as out:
            out.write("subjectAltName=IP:127.0.0.1\n")
        quiet("openssl", "x509", "-req", "-days", "3650", "-in", at("request.pem"), "-CA", at("ca.pem"),
              "-CAkey", at("ca.key"), "-CAcreateserial", "-extfile", at("names"), "-out", at("cert.pem"))
        with open(at("bundle.pem"), "wb") as out:
            for name in ("/etc/ssl/certs/ca-certificates.crt", at("ca.pem")):
                with contextlib.suppress(FileNotFoundError), open(name, "rb") as pem:
                    out.write(pem.read())
    return where


def bench_tls(bench):
    print(f"\n{TLS_SOURCES} sources over TLS, a new connection each, with all of the system's authorities")
    if not has_nginx(bench) or not has_curl(bench) or not shutil.which("openssl"):
        note("nginx, curl or openssl is not installed: left out")
        return
    folder, tls = bench.make("counties", "--split"), make_ca(bench)
    bundle = os.path.join(tls, "bundle.pem")
    server = (f"ssl_certificate {tls}/cert.pem; ssl_certificate_key {tls}/key.pem; ssl_session_tickets off; "
              f"ssl_session_cache off; keepalive_timeout 0; {SAME}")
    with nginx(bench, folder, server, " ssl") as port:
        where = f"https://127.0.0.1:{port}"
        curl = ["curl", "-sS", "-Z", "--parallel-max", str(AT_ONCE), "--cacert", bundle, "-o", "/dev/null",
                f"{where}/[0000-{TLS_SOURCES - 1:04}].csv"]
        urls = [f"{where}/{i:04}.csv" for i in range(TLS_SOURCES)]
        ratios, ours = [], []
        with Daemon(bench, sources_of(bench, urls, f", ca_file: {bundle}")) as daemon:
            first_cycle(daemon, TLS_SOURCES)
            for turn in range(bench.runs + 1):
                used, beside = cycle(daemon, TLS_SOURCES)[2], bench.measure("curl", curl)
                if turn:
                    ratios.append(used / beside[1])
                    ours.append(used)
            unchanged_only(daemon, TLS_SOURCES)
    print(f"\n  {'junhengd / curl':<34} {'min median max':>22}")
    print(f"  {'CPU of a connection and its body':<34} {spread(ratios):>22}")
    note(f"{1000 * sorted(ours)[len(ours) // 2] / TLS_SOURCES:.2f} ms of CPU each; reading the authorities anew would be about 20")


# ---- Prometheus ------------------------------------------------------------------------------------------


def expose(folder, name, to):
    """A county's figures in Prometheus's text format: a series for each school and figure."""
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))
    with open(to, "w", encoding="ascii") as out:
        for column in range(6, len(rows[0])):
            out.writelines(f'school_{column}{{county="{row[1]}",school="{row[2]}"}} {row[column]}\n'
                           for row in rows[1:] if row[column])


def exposed(bench, folder, names):
    to, series = bench.path("exposed"), 0
    os.makedirs(to, exist_ok=True)
    for name in names:
        path = os.path.join(to, name)
        if not os.path.exists(path):
            expose(folder, name, path + ".new")
            os.rename(path + ".new", path)
        with open(path, "rb") as f:
            series += f.read().count(b"\n")
    return to, series


def memory_free():
    with open("/proc/meminfo", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("MemAvailable"))


def prometheus_conf(bench, port, names):
    """Every county is a target; all of them are scraped once in the first interval."""
    where = bench.path("prometheus")
    shutil.rmtree(where, ignore_errors=True)
    os.makedirs(where)
    targets = [{"targets": [f"127.0.0.1:{port}"], "labels": {"__metrics_path__": f"/{name}", "county_file": name}}
               for name in names]
    with open(os.path.join(where, "targets.json"), "w", encoding="ascii") as out:
        json.dump(targets, out)
    conf = os.path.join(where, "prometheus.yml")
    with open(conf, "w", encoding="ascii") as out:
        out.write("global: {scrape_interval: 60s, scrape_timeout: 60s}\n"
                  "scrape_configs:\n"
                  f"  - {{job_name: schools, file_sd_configs: [{{files: [{where}/targets.json]}}]}}\n")
    return where, conf


def ask_prometheus(port, query):
    url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": query})
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=60) as answer:
        result = json.load(answer)["data"]["result"]
        return float(result[0]["value"][1]) if result else 0
    return 0


def peak_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def scrape(bench, port, names, series):
    """CPU seconds and peak KiB of a Prometheus that has scraped everything once."""
    where, conf = prometheus_conf(bench, port, names)
    own = free_port()
    with open(os.path.join(where, "log"), "wb") as log:
        process = subprocess.Popen(["prometheus", f"--config.file={conf}", f"--storage.tsdb.path={where}/data",
                                    f"--web.listen-address=127.0.0.1:{own}"], stderr=log, stdout=log)
    try:
        until = time.monotonic() + PROMETHEUS_MOST_S
        while ask_prometheus(own, "sum(scrape_samples_scraped)") < series:
            if time.monotonic() > until or process.poll() is not None or memory_free() < GIB:
                return None
            time.sleep(5)
        return cpu_of(process.pid), peak_of(process.pid)
    finally:
        stop(process)
        shutil.rmtree(os.path.join(where, "data"), ignore_errors=True)


def judge(bench, folder, port, names):
    """CPU seconds and peak KiB of a junhengd that has fetched and judged everything once."""
    urls = [f"http://127.0.0.1:{port}/{name}" for name in names]
    with Daemon(bench, sources_of(bench, urls)) as daemon:
        return first_cycle(daemon, len(names)), daemon.peak()


def bench_prometheus(bench):
    names = sorted(os.listdir(bench.make("counties", "--split")))[:bench.counties]
    print(f"\n{len(names)} counties: fetched, parsed and judged once, beside Prometheus that scrapes their schools' figures once")
    if not has_nginx(bench) or not debian(bench, "prometheus", lambda: shutil.which("prometheus")):
        note("nginx or prometheus is not installed: left out")
        return
    folder = bench.path("counties")
    to, series = exposed(bench, folder, names)
    wanted = 2 * GIB + series * 4  # 4 KiB a series at most
    if memory_free() < wanted:
        note(f"{series} series may take {wanted // GIB} GiB, which are not free: fewer with --counties")
        return
    with nginx(bench, folder, SAME) as port:
        ours = judge(bench, folder, port, names)
    with nginx(bench, to, SAME + " default_type text/plain;") as port:
        theirs = scrape(bench, port, names, series)
    if not theirs:
        note("Prometheus did not come to the end in time, or memory became short")
        return
    note(f"{series} series; CPU {ours[0]:.2f} s and {theirs[0]:.2f} s; peak {ours[1] / 1024:.0f} MiB and {theirs[1] / 1024:.0f} MiB")
    print(f"\n  {'Prometheus / junhengd':<34} CPU {theirs[0] / ours[0]:7.1f}   memory {theirs[1] / ours[1]:7.1f}")
