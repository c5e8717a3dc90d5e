"""Measures how quick the API stays while builds are processed, with wrk, as ratios. Standard library only.

A status GET idle and under load, and plain reads beside a bare route of the same HTTP library with one query
(`slipway-bench bare`). The load is builds pushed one after another, so that both cores always have jobs.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from pipeline import PROGRAM, free_port, make_tree

BARE = os.path.abspath(".build/release/slipway-bench")
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


def wrk(url, seconds, connections, token=None):
    """Requests a second, and the 50th and 99th percentile in milliseconds."""
    command = ["wrk", "--latency", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    text = subprocess.run(command + [url], check=True, capture_output=True, text=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)", text)
    if failed:
        raise SystemExit(f"{url}: {failed.group(0)}")

    def percentile(name):
        value, unit = re.search(rf"^\s+{name}%\s+([0-9.]+)(us|ms|s|m)\s*$", text, re.M).groups()
        return float(value) * UNITS[unit]

    return {"rate": float(re.search(r"Requests/sec:\s+([0-9.]+)", text).group(1)), "p50_ms": percentile("50"),
            "p99_ms": percentile("99")}


class Up:
    """A `slipway up` of its own."""

    def __init__(self, directory):
        self.directory = directory
        port = free_port()
        self.log = open(directory + "/log", "w")
        self.process = subprocess.Popen([PROGRAM, "up", "--data", directory + "/up", "--port", str(port)],
                                        stdout=self.log, stderr=self.log)
        # The file is written before the server listens, so the server is what is waited for.
        deadline = time.time() + 180
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2)
                break
            except OSError:
                if self.process.poll() is not None or time.time() > deadline:
                    raise SystemExit(f"slipway up did not start; see {directory}/log")
                time.sleep(0.2)
        with open(directory + "/up/dev.json") as file:
            self.settings = json.load(file)
        self.environment = dict(os.environ, SLIPWAY_DEV=directory + "/up/dev.json")

    def get(self, path):
        request = urllib.request.Request(self.settings["url"] + "/api/v1/developer" + path,
                                         headers={"Authorization": "Bearer " + self.settings["token"]})
        return json.load(urllib.request.urlopen(request, timeout=60))

    def push(self, tree, version):
        return subprocess.Popen([PROGRAM, "push", tree, "--game", "bench", "--create-game", "--version", version],
                                env=self.environment, stdout=self.log, stderr=self.log)

    def database(self):
        """The address of the private cluster, as its own files tell it."""
        with open(self.directory + "/up/postgres/data/postmaster.pid") as file:
            lines = file.read().split("\n")
        return f"postgresql://postgres@/postgres?host={lines[4]}&port={lines[3]}"

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Load(threading.Thread):
    """Pushes builds one after another until it is told to stop; every one has content of its own."""

    def __init__(self, up, tree):
        super().__init__(daemon=True)
        self.up, self.tree, self.stopping, self.pushed = up, tree, threading.Event(), 0

    def run(self):
        while not self.stopping.is_set():
            with open(f"{self.tree}/salt-{self.pushed}", "wb") as file:
                file.write(os.urandom(64 << 20))
            push = self.up.push(self.tree, f"load-{self.pushed}")
            while push.poll() is None and not self.stopping.is_set():
                time.sleep(0.1)
            if push.poll() is None:
                push.send_signal(signal.SIGINT)
                push.wait(30)
            self.pushed += 1


def bare_rate(up, seconds, connections):
    """The same library, the same database, one query, nothing else; None where the program is not built."""
    if not os.path.exists(BARE):
        return None
    port = free_port()
    server = subprocess.Popen([BARE, "bare", "--database", up.database(), "--port", str(port)])
    try:
        url = f"http://127.0.0.1:{port}/row"
        deadline = time.time() + 20
        while True:
            try:
                urllib.request.urlopen(url, timeout=2)
                break
            except OSError:
                if time.time() > deadline:
                    raise SystemExit("slipway-bench bare did not start")
                time.sleep(0.1)
        return wrk(url, seconds, connections)
    finally:
        server.terminate()
        server.wait(10)


def measure(options, directory):
    seconds, connections = (3, 4) if options.quick else (15, 8)
    up = Up(directory)
    try:
        tree = directory + "/tree"
        os.makedirs(tree)
        make_tree(tree, (128 if options.quick else 1024) << 20)
        if up.push(tree, "first").wait(600) != 0:
            raise SystemExit("the push failed")
        game = up.get("/games")["items"][0]["game_id"]
        version = up.get(f"/games/{game}/versions")["items"][0]["version_id"]
        base, token = up.settings["url"] + "/api/v1/developer", up.settings["token"]
        status = f"{base}/games/{game}/versions/{version}"
        result = {"status_idle": wrk(status, seconds, 1, token), "reads": wrk(f"{base}/games/{game}", seconds, connections,
                                                                             token)}
        result["bare"] = bare_rate(up, seconds, connections)
        load = Load(up, tree)
        load.start()
        time.sleep(3 if options.quick else 10)
        result["status_loaded"] = wrk(status, seconds, 1, token)
        load.stopping.set()
        load.join(60)
        result["builds_pushed"] = load.pushed
    finally:
        up.stop()
    result["loaded_over_idle_p99"] = result["status_loaded"]["p99_ms"] / result["status_idle"]["p99_ms"]
    if result["bare"]:
        result["reads_over_bare"] = result["reads"]["rate"] / result["bare"]["rate"]
    return result


def main():
    parser = argparse.ArgumentParser(prog="bench/run api")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("bench/run api needs wrk: apt-get install wrk")
    directory = tempfile.mkdtemp(prefix="slipway-bench-api-")
    os.chmod(directory, 0o755)
    try:
        result = measure(options, directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    if options.json:
        print(json.dumps(result, indent=2, sort_keys=True))
        return
    idle, loaded = result["status_idle"], result["status_loaded"]
    print(f"status GET   idle p50 {idle['p50_ms']:.2f} ms, p99 {idle['p99_ms']:.2f} ms")
    print(f"             while builds are processed p50 {loaded['p50_ms']:.2f} ms, p99 {loaded['p99_ms']:.2f} ms: "
          f"{result['loaded_over_idle_p99']:.1f} x (wanted: at most 5 x, and under 50 ms)")
    print(f"plain reads  {result['reads']['rate']:,.0f}/s", end="")
    if result["bare"]:
        print(f"; a bare route with one query {result['bare']['rate']:,.0f}/s: {result['reads_over_bare']:.2f} x "
              "(wanted: at least 0.5 x)")
    else:
        print("; no slipway-bench is built, so there is nothing to compare with")


if __name__ == "__main__":
    sys.exit(main())
