"""Our S3 client beside those that install from PyPI, on the same files, against the same servers, in the same run."""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

import peers
import virtualenv

from . import network, rivals
from .servers import NotStarted, NullServer, SeaweedFS

HERE = os.path.dirname(os.path.abspath(__file__))
GIB = 1 << 30

# What is to be reached, of the run against the server that costs nothing: name, most, and what it says.
AIMS = [
    ("large_up_cpu_per_gib", 1.3, "CPU-s to send 1 GiB"),
    ("large_up_mib", 48, "MiB of memory, at most, while sending it"),
    ("large_down_cpu_per_gib", 1.2, "CPU-s to fetch 1 GiB"),
    ("small_up_cpu_ms_each", 1.0, "CPU-ms to send an object of 256 KiB"),
    ("small_down_cpu_ms_each", 1.0, "CPU-ms to fetch one"),
]

# What is to be reached over a network that breaks: name, least or most, and what it says.
NETWORK_AIMS = [
    ("goodput_up_of_clean", "least", 0.85, "of the pace of a clean network is kept with 1 % resets and 1 % stalls, up"),
    ("goodput_down_of_clean", "least", 0.85, "the same down"),
    ("goodput_bytes_lost", "most", 0, "bytes lost or changed"),
    *((f"slowdown_{rate}_achieved", "least", 0.9, f"of {rate} requests a second that a store takes") for rate in network.RATES),
    *((f"slowdown_{rate}_refused", "most", 0.05, "of requests refused meanwhile") for rate in network.RATES),
    ("slowdown_objects_given_up", "most", 0, "objects given up"),
    ("network_runs_failed", "most", 0, "runs that came to no end; the others were not begun"),
]


def scratch():
    """A folder in memory where there is room for the files twice, so that no disk is measured."""
    memory = "/dev/shm"
    roomy = os.path.isdir(memory) and shutil.disk_usage(memory).free > 6 * GIB
    return tempfile.mkdtemp(prefix="slipway-s3-", dir=memory if roomy else None)


def make_files(folder, job):
    """Files of bytes that do not compress, the same in each run."""
    os.makedirs(folder)
    chance = random.Random(7)
    block = chance.randbytes(1 << 20)
    for number in range(job.count):
        with open(os.path.join(folder, f"{number:05d}.bin"), "wb") as file:
            left = job.size
            while left > 0:
                piece = block[:min(left, len(block))]
                file.write(number.to_bytes(4, "big") + left.to_bytes(8, "big") + piece[12:] if len(piece) > 12 else piece)
                left -= len(piece)


def move(client, home, way, job, directory, server):
    """Runs one client once. - Returns: seconds, CPU seconds, MiB at most, the server's CPU seconds; or why it failed."""
    source, target = os.path.join(directory, job.name), os.path.join(directory, "target")
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    usage = os.path.join(directory, "usage")
    environment = rivals.environment(server.endpoint, directory)
    command = rivals.command(client, home, way, job, source, target, server.endpoint)
    before, begin = server.used(), time.monotonic()
    # GNU time, since a child counts the memory of the one it was forked from as its own.
    try:
        done = subprocess.run(["/usr/bin/time", "-q", "-f", "%U %S %M", "-o", usage, *command], env=environment,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=600)
    except subprocess.TimeoutExpired:
        return {"failed": "no end after 600 s"}
    seconds, server_seconds = time.monotonic() - begin, server.used() - before
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["?"]
        return {"failed": f"status {done.returncode}: {lines[-1][:120]}"}
    if way == "down":
        got = sum(os.path.getsize(os.path.join(root, name)) for root, _, names in os.walk(target) for name in names)
        if got != job.bytes:
            return {"failed": f"{got} of {job.bytes} bytes came"}
    with open(usage) as file:
        user, system, kib = file.read().split()[-3:]
    return {"seconds": seconds, "cpu": float(user) + float(system), "mib": int(kib) / 1024, "server_cpu": server_seconds}


def best(old, new):
    """The better of two runs, figure by figure; noise only ever slows, and memory is what it was at most."""
    if old is None or "failed" in old:
        return new
    if "failed" in new:
        return old
    return {name: (max if name == "mib" else min)(old[name], new[name]) for name in old}


def create_bucket(server, home, directory):
    if server.name == "null":
        urllib.request.urlopen(urllib.request.Request(f"{server.endpoint}/{rivals.BUCKET}", method="PUT")).close()
        return
    subprocess.run([os.path.join(home, "bin", "python"), "-c", "import boto3,sys; boto3.client('s3').create_bucket("
                    f"Bucket={rivals.BUCKET!r})"], env=rivals.environment(server.endpoint, directory),
                   check=True, timeout=60)


def measure(options, home, clients, jobs, directory):
    """Every client takes its turn with a fresh server, round by round. - Returns: results by server, job, way, client."""
    results = {}
    for _ in range(options.rounds):
        for name in options.servers.split(","):
            for client in clients:
                print(f"{name}: {client}…", file=sys.stderr)
                places = [(job, way, results.setdefault(name, {}).setdefault(job.name, {}).setdefault(way, {}))
                          for job in jobs for way in ("up", "down")]
                try:
                    with (NullServer() if name == "null" else SeaweedFS(directory)) as server:
                        create_bucket(server, home, directory)
                        for job, way, place in places:
                            place[client] = best(place.get(client), move(client, home, way, job, directory, server))
                except (NotStarted, OSError, subprocess.SubprocessError) as error:
                    print(f"{name}: {client}: {error}", file=sys.stderr)
                    for _, _, place in places:
                        place.setdefault(client, {"failed": str(error)[:120]})
    return results


def figures(results, jobs):
    """What the aims are about."""
    found = {}
    sizes = {job.name: job for job in jobs}
    for name, ways in results.get("null", {}).items():
        job = sizes[name]
        for way, clients in ways.items():
            ours = clients.get("slipway", {})
            if "cpu" not in ours:
                continue
            found[f"{name}_{way}_cpu_per_gib"] = ours["cpu"] * GIB / job.bytes
            found[f"{name}_{way}_cpu_ms_each"] = ours["cpu"] * 1000 / job.count
            found[f"{name}_{way}_mib"] = ours["mib"]
            others = [each for client, each in clients.items() if client != "slipway" and "cpu" in each]
            for figure in ("cpu", "mib") if others else ():
                least = min(each[figure] for each in others)
                found[f"{name}_{way}_{figure}_of_leanest_rival"] = ours[figure] / least
    for name, ways in results.get("seaweedfs", {}).items():
        for way, clients in ways.items():
            ours = clients.get("slipway", {})
            others = [each["seconds"] for client, each in clients.items() if client != "slipway" and "seconds" in each]
            if "seconds" in ours and others:
                found[f"{name}_{way}_seconds_of_fastest_rival"] = ours["seconds"] / min(others)
    return found


def cross_network(options, home):
    """- Returns: figures of our client over a network that breaks."""
    directory = scratch()
    found = {}
    try:
        with SeaweedFS(directory) as server:
            create_bucket(server, home, directory)
            found.update(network.goodput(server, directory, options.quick))
        # A store that answers at once: what limits is the proxy alone.
        with NullServer() as server:
            create_bucket(server, home, directory)
            found.update(network.pace(server, directory, options.quick))
    except (network.Failed, NotStarted, OSError, subprocess.SubprocessError) as error:
        print(f"network: {error}", file=sys.stderr)
        found["network_runs_failed"] = 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return found


def show_network(found):
    print()
    for name, side, bound, meaning in NETWORK_AIMS:
        if name in found:
            good = found[name] >= bound if side == "least" else found[name] <= bound
            print(f"{'ok  ' if good else 'FAIL'} {name:28} {found[name]:7.3f}  (at {side} {bound:g}): {meaning}")


def show(results, found, jobs):
    for server, works in results.items():
        for job in jobs:
            for way in ("up", "down"):
                print(f"\n{server}, {job.count} x {job.size >> 10:,} KiB {way}\n"
                      f"  {'':10} {'MB/s':>8} {'CPU-s/GiB':>10} {'CPU-ms each':>12} {'MiB':>7} {'server CPU-s':>13}")
                for client, each in works[job.name][way].items():
                    if "failed" in each:
                        print(f"  {client:10} {each['failed']}")
                        continue
                    print(f"  {client:10} {job.bytes / each['seconds'] / 1e6:8,.0f} {each['cpu'] * GIB / job.bytes:10.2f} "
                          f"{each['cpu'] * 1000 / job.count:12.2f} {each['mib']:7.0f} {each['server_cpu']:13.1f}")
    print()
    for name, most, meaning in AIMS:
        if name in found:
            print(f"{'ok  ' if found[name] <= most else 'FAIL'} {name:28} {found[name]:7.2f}  (at most {most:g}): {meaning}")
    for name, value in sorted(found.items()):
        if name.endswith("mib_of_leanest_rival"):
            print(f"     {name:40} {value:5.2f}")
        elif "rival" in name:
            print(f"{'ok  ' if value <= 1.02 else 'FAIL'} {name:40} {value:5.2f}  (at most 1)")


def main():
    parser = argparse.ArgumentParser(prog="bench/run s3")
    parser.add_argument("--quick", action="store_true", help="a quarter of the bytes, one round: two minutes")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, help="how often everything is done; the best counts (3, or 1)")
    parser.add_argument("--clients", default=",".join(rivals.ALL), help=f"of {', '.join(rivals.ALL)}")
    parser.add_argument("--servers", default="null,seaweedfs")
    parser.add_argument("--network", choices=["with", "only", "without"], default="with",
                        help="our client over a network that breaks")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.quick else 3)
    peers.need(("time", "time"))
    jobs = [rivals.Job("large", 1, GIB // 4 if options.quick else GIB),
            rivals.Job("small", 500 if options.quick else 2000, 256 << 10)]
    clients = options.clients.split(",")
    try:
        home = virtualenv.of_file("s3", os.path.join(HERE, "peers.txt"))
    except virtualenv.Missing as error:
        print(f"the rivals {error}: only ours is measured, against the null server", file=sys.stderr)
        home, clients, options.servers = None, ["slipway"], "null"
    if options.network == "only":
        clients, options.servers = [], ""
    directory = scratch()
    try:
        for job in jobs:
            make_files(os.path.join(directory, job.name), job)
        results = measure(options, home, clients, jobs, directory) if clients else {}
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    found = figures(results, jobs)
    if options.network != "without" and home:
        found.update(cross_network(options, home))
    if options.json:
        print(json.dumps({"results": results, "figures": found}, indent=2, sort_keys=True))
    else:
        show(results, found, jobs)
        show_network(found)


main()
