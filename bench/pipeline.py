"""Pushes one large build through `slipway up` and says where time and memory went. Standard library only."""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

PROGRAM = os.path.abspath(".build/release/slipway")


def real_files():
    """Files of this machine that a build could have: libraries, programs, data."""
    for root in ["/usr/lib", "/usr/share", "/usr/bin", os.path.realpath(shutil.which("swift") or "/usr/bin") + "/../../.."]:
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if name != "clamav-testfiles")  # they are found, rightly
            for name in sorted(names):
                path = os.path.join(folder, name)
                try:
                    if not os.path.islink(path) and os.path.isfile(path) and 0 < os.path.getsize(path) < 1 << 30:
                        yield path
                except OSError:
                    pass


def make_tree(target, size):
    """Copies real files until the tree has `size` bytes; a second round salts them, so that nothing is there twice."""
    written, round_number, count = 0, 0, 0
    while written < size:
        for path in real_files():
            try:
                with open(path, "rb") as source:
                    data = source.read()
            except OSError:
                continue
            if round_number:
                salt = round_number.to_bytes(8, "big")
                data = b"".join(data[i:i + 4096] + salt for i in range(0, len(data), 4096))
            folder = os.path.join(target, f"r{round_number}", f"{count // 500:04d}")
            os.makedirs(folder, exist_ok=True)
            name = re.sub(r"[^A-Za-z0-9._+-]", "_", os.path.basename(path)).rstrip(".")[:80]
            with open(os.path.join(folder, f"{count:07d}-{name}"), "wb") as file:
                file.write(data)
            count += 1
            written += len(data)
            if written >= size:
                break
        round_number += 1
    return count, written


def make_small_files(target, count):
    generator, written = random.Random(1), 0
    pool = generator.randbytes(1 << 20)
    for number in range(count):
        if number % 1000 == 0:
            folder = os.path.join(target, f"{number // 1000:04d}")
            os.makedirs(folder)
        size = 1024 * min(64, int(generator.paretovariate(1.0)))
        start = generator.randrange(len(pool) - size - 8)
        with open(os.path.join(folder, f"{number:07d}.bin"), "wb") as file:
            file.write(number.to_bytes(8, "big") + pool[start:start + size - 8])
        written += size
    return count, written


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def peak_mib(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024


def hash_limit(tree, limit):
    """MB/s of one core's SHA-256 (OpenSSL) over warm files of the tree."""
    hashed, begin = 0, time.process_time()
    for folder, _, names in os.walk(tree):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
            hashlib.sha256(data).digest()
            hashed += len(data)
        if hashed > limit:
            break
    return hashed / 1e6 / (time.process_time() - begin)


def run(options):
    directory = tempfile.mkdtemp(prefix="slipway-bench-")
    os.chmod(directory, 0o755)
    up = None
    try:
        tree = os.path.join(directory, "tree")
        os.makedirs(tree)
        print("making the build…", file=sys.stderr)
        files, size = (make_small_files(tree, options.files) if options.what == "small-files"
                       else make_tree(tree, int(options.gib * (1 << 30))))
        port = free_port()
        log = open(os.path.join(directory, "up.log"), "wb")
        up = subprocess.Popen([PROGRAM, "up", "--data", directory + "/up", "--port", str(port)], stdout=log, stderr=log)
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2)
                break
            except OSError:
                time.sleep(0.1)
        idle = peak_mib(up.pid)
        environment = dict(os.environ, SLIPWAY_DEV=directory + "/up/dev.json")
        begin = time.time()
        push = subprocess.Popen([PROGRAM, "push", tree, "--game", "bench", "--create-game", "--version", "1"],
                                env=environment, stdout=log, stderr=subprocess.PIPE, text=True)
        output = push.communicate()[1]
        if push.returncode != 0:
            print(output, file=sys.stderr)
            raise SystemExit("the push failed")
        wall = time.time() - begin
        with open(directory + "/up/dev.json") as file:
            settings = json.load(file)

        def get(path):
            request = urllib.request.Request(settings["url"] + "/api/v1/developer" + path,
                                             headers={"Authorization": "Bearer " + settings["token"]})
            return json.load(urllib.request.urlopen(request, timeout=60))

        game = get("/games")["items"][0]["game_id"]
        version = get(f"/games/{game}/versions")["items"][0]
        version = get(f"/games/{game}/versions/{version['version_id']}")
        moment = lambda text: time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) + float("0" + text[19:-1])
        stages = {s["stage"]: moment(s["finished_at"]) - moment(s["started_at"])
                  for s in version["stages"] if s["started_at"] and s["finished_at"]}
        result = {
            "files": files, "bytes": size, "push_seconds": wall,
            "commit_to_ready_seconds": moment(version["finished_at"]) - moment(version["committed_at"]),
            "stage_seconds": stages, "peak_mib": peak_mib(up.pid), "idle_mib": idle,
            "files_per_second_hash": files / stages["hash"], "hash_mb_per_second": size / 1e6 / stages["hash"],
            "sha256_one_core_mb_per_second": hash_limit(tree, 1 << 30),
        }
        result["hash_vs_sha256_two_cores"] = result["hash_mb_per_second"] / (2 * result["sha256_one_core_mb_per_second"])
        if options.json:
            print(json.dumps(result, indent=2, sort_keys=True))
            return
        print(f"{files:,} files, {size / 1e9:.2f} GB")
        for name, seconds in stages.items():
            print(f"  {name:10} {seconds:8.2f} s  {size / 1e6 / max(seconds, 0.001):9,.0f} MB/s  "
                  f"{files / max(seconds, 0.001):11,.0f} files/s")
        print(f"  commit to ready {result['commit_to_ready_seconds']:.2f} s; push {wall:.2f} s")
        print(f"  SHA-256 alone, one core: {result['sha256_one_core_mb_per_second']:,.0f} MB/s; "
              f"the hash stage reaches {result['hash_vs_sha256_two_cores']:.2f} of two")
        print(f"  peak memory of `up`: {result['peak_mib']:.0f} MiB ({idle:.0f} MiB before the push)")
    finally:
        if up is not None:
            up.send_signal(signal.SIGINT)
            try:
                up.wait(60)
            except subprocess.TimeoutExpired:
                up.kill()
        shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(prog="bench/run")
    parser.add_argument("what", choices=["pipeline", "small-files"])
    parser.add_argument("--gib", type=float, default=4)
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--json", action="store_true")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
