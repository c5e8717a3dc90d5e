"""Measures how quick the API stays while builds are processed, with wrk, as ratios. Standard library only.

A status GET idle and under load, and plain reads beside a bare route of the same HTTP library with one query
(`slipway-bench bare`), in short turns, so that whatever else the machine does hits all of them alike. The load is builds
pushed one after another, so that both cores always have jobs.
"""

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import peers
from pipeline import PROGRAM, free_port, make_tree

BARE = os.path.abspath(".build/release/slipway-bench")
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}
# Far away, so that nothing is refused; not `off`, so that counting is part of what is measured.
RATES = "read=1000000000/1000000000,write=1000000000/1000000000,uploads=1000000000/1000000000"


def processor_seconds(*pids):
    """What processes and their threads have used so far, in user and system mode."""
    ticks = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


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
                                        stdout=self.log, stderr=self.log, env=dict(os.environ, SLIPWAY_RATES=RATES))
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

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


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


class Bare:
    """The same library, the same database, one query, nothing else."""

    def __init__(self, database):
        self.port = free_port()
        self.process = subprocess.Popen([BARE, "bare", "--database", database, "--port", str(self.port)])
        self.url = f"http://127.0.0.1:{self.port}/row"
        deadline = time.time() + 20
        while True:
            try:
                urllib.request.urlopen(self.url, timeout=2)
                break
            except OSError:
                if self.process.poll() is not None or time.time() > deadline:
                    self.stop()
                    raise SystemExit("slipway-bench bare did not start")
                time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def in_turns(targets, rounds, seconds, connections):
    """Each target for a moment, round after round: the median rate, and the microseconds of processor a request costs the
    server, its database not counted."""
    rates, costs = {name: [] for name in targets}, {name: [] for name in targets}
    for _ in range(rounds):
        for name, (url, token, pid) in targets.items():
            before = processor_seconds(pid)
            rate = wrk(url, seconds, connections, token)["rate"]
            rates[name].append(rate)
            costs[name].append((processor_seconds(pid) - before) * 1e6 / max(1, rate * seconds))
    return {name: {"rate": statistics.median(rates[name]), "server_us": statistics.median(costs[name])} for name in targets}


def measure(options, directory):
    seconds, rounds, connections = (4, 2, 8) if options.quick else (10, 5, 8)
    up = Up(directory)
    bare = None
    try:
        bare = Bare(up.settings["database_url"])
        tree = directory + "/tree"
        os.makedirs(tree)
        make_tree(tree, (128 if options.quick else 1024) << 20)
        if up.push(tree, "first").wait(600) != 0:
            raise SystemExit("the push failed")
        game = up.get("/games")["items"][0]["game_id"]
        version = up.get(f"/games/{game}/versions")["items"][0]["version_id"]
        base, token = up.settings["url"] + "/api/v1/developer", up.settings["token"]
        status = f"{base}/games/{game}/versions/{version}"
        result = {"status_idle": wrk(status, seconds * 2, 1, token)}
        reads = {"company": "/accounts/me", "game": f"/games/{game}", "games": "/games", "metadata": f"/games/{game}/metadata",
                 "versions": f"/games/{game}/versions"}
        targets = {name: (base + path, token, up.process.pid) for name, path in reads.items()}
        targets["bare"] = (bare.url, None, bare.process.pid)
        result["reads"] = in_turns(targets, rounds, max(1, seconds // 4), connections)
        result["bare"] = result["reads"].pop("bare")
        load = Load(up, tree)
        load.start()
        time.sleep(3 if options.quick else 10)
        before = processor_seconds(up.process.pid)
        result["status_loaded"] = wrk(status, seconds * 2, 1, token)
        result["load_processors"] = (processor_seconds(up.process.pid) - before) / (seconds * 2)
        load.stopping.set()
        load.join(60)
        result["builds_pushed"] = load.pushed
    finally:
        if bare:
            bare.stop()
        up.stop()
    result["loaded_over_idle_p99"] = result["status_loaded"]["p99_ms"] / result["status_idle"]["p99_ms"]
    for read in result["reads"].values():
        read["over_bare"] = read["rate"] / result["bare"]["rate"]
    return result


def main():
    parser = argparse.ArgumentParser(prog="bench/run api")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    peers.need(("wrk", "wrk"))
    directory = tempfile.mkdtemp(prefix="slipway-bench-api-")
    os.chmod(directory, 0o755)
    try:
        result = measure(options, directory)
    except BaseException:
        with open(directory + "/log") as file:
            sys.stderr.write("".join(file.readlines()[-20:]))
        raise
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    if options.json:
        print(json.dumps(result, indent=2, sort_keys=True))
        return
    idle, loaded = result["status_idle"], result["status_loaded"]
    print(f"status GET   idle p50 {idle['p50_ms']:.2f} ms, p99 {idle['p99_ms']:.2f} ms")
    print(f"             while builds are processed p50 {loaded['p50_ms']:.2f} ms, p99 {loaded['p99_ms']:.2f} ms: "
          f"{result['loaded_over_idle_p99']:.1f} x (wanted: at most 5 x, and under 50 ms); "
          f"{result['load_processors']:.1f} processors are used")
    print(f"bare route   {result['bare']['rate']:>8,.0f}/s  {result['bare']['server_us']:>5.0f} us of processor each")
    for name, read in sorted(result["reads"].items()):
        print(f"  {name:<11}{read['rate']:>8,.0f}/s  {read['server_us']:>5.0f} us  {read['over_bare']:.2f} x the bare route "
              "(wanted: at least 0.5 x)")


if __name__ == "__main__":
    sys.exit(main())
