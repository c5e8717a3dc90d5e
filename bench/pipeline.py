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

import peers
import timeline

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


def repeat_tree(target, times):
    """Links every file `times - 1` more times, under other folders: a build that is larger than what is in it."""
    folders = os.listdir(target)
    for number in range(1, times):
        for folder, _, names in (found for name in folders for found in os.walk(os.path.join(target, name))):
            copy = os.path.join(target, f"copy{number}", os.path.relpath(folder, target))
            os.makedirs(copy)
            for name in names:
                os.link(os.path.join(folder, name), os.path.join(copy, name))


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


def processor_bound(directory, tree, size):
    """Seconds that the machine's processors need for the bare work, one tool for each: hash, scan, compress; and its disk's
    for reading and writing the bytes once. None of them can be left out, so no pipeline is faster than the greater."""
    peers.need(("zstd", "zstd"), ("clamd", "clamav-daemon"), ("clamdscan", "clamdscan"))
    names = [os.path.join(folder, name) for folder, _, names in os.walk(tree) for name in names]
    begin = time.process_time()
    for name in names:
        with open(name, "rb") as file:
            hashlib.file_digest(file, "sha256")
    hashing = time.process_time() - begin
    with peers.Clamd(directory) as clamd:
        scanning = clamd.scan(tree)[1]
    whole = os.path.join(directory, "whole.tar")
    subprocess.run(["tar", "-cf", whole, "-C", tree, "."], check=True)
    compressing = peers.processor_seconds("zstd", "-3", "-T1", "-q", "-c", whole)
    begin = time.monotonic()
    copy = os.path.join(directory, "copy")
    subprocess.run(["sh", "-c", f"cp -r '{tree}' '{copy}' && sync -f '{copy}'"], check=True)
    disk = time.monotonic() - begin
    shutil.rmtree(copy)
    os.remove(whole)
    return {"bare_hash_cpu_seconds": hashing, "bare_scan_cpu_seconds": scanning, "bare_compress_cpu_seconds": compressing,
            "bare_disk_seconds": disk, "bound_seconds": max((hashing + scanning + compressing) / os.cpu_count(), disk)}


class Up:
    """`slipway up` on a port of its own, while in a `with`."""

    def __init__(self, directory):
        self.data, self.log = os.path.join(directory, "up"), open(os.path.join(directory, "up.log"), "wb")

    def __enter__(self):
        port = free_port()
        self.process = subprocess.Popen([PROGRAM, "up", "--data", self.data, "--port", str(port)], stdout=self.log,
                                        stderr=self.log)
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2)
                return self
            except OSError:
                time.sleep(0.1)
        raise SystemExit("slipway up does not get ready")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()

    def push(self, what):
        """Pushes a folder or an archive as version 1 of a game; returns when it is ready."""
        push = subprocess.Popen(
            [PROGRAM, "push", what, "--game", "bench", "--create-game", "--version", "1"],
            env=dict(os.environ, SLIPWAY_DEV=os.path.join(self.data, "dev.json")), stdout=self.log,
            stderr=subprocess.PIPE, text=True)
        output = push.communicate()[1]
        if push.returncode != 0:
            print(output, file=sys.stderr)
            raise SystemExit("the push failed")

    def version(self):
        """What the API says of the only version."""
        with open(os.path.join(self.data, "dev.json")) as file:
            settings = json.load(file)

        def get(path):
            request = urllib.request.Request(settings["url"] + "/api/v1/developer" + path,
                                             headers={"Authorization": "Bearer " + settings["token"]})
            return json.load(urllib.request.urlopen(request, timeout=60))

        game = get("/games")["items"][0]["game_id"]
        version = get(f"/games/{game}/versions")["items"][0]
        return get(f"/games/{game}/versions/{version['version_id']}")

    def peak_mib(self):
        return peak_mib(self.process.pid)

    def processor_seconds(self):
        """Of `up` and everything it started: the database, the scanner and its lanes, those that ended too."""
        parents, seconds = {}, {}
        for number in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{number}/stat") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(number)] = int(fields[1])
            seconds[int(number)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

        def is_ours(number):
            while number > 1 and number != self.process.pid:
                number = parents.get(number, 0)
            return number == self.process.pid

        return sum(value for number, value in seconds.items() if is_ours(number))


def moment(text):
    return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) + float("0" + text[19:-1])


def measure(what, gib=4, files=200_000, archive=False, bound=False, svg=None, work=None, repeat=1):
    """One build through `slipway up`; everything that is known about it."""
    directory = tempfile.mkdtemp(prefix="slipway-bench-", dir=work)
    os.chmod(directory, 0o755)
    try:
        tree = os.path.join(directory, "tree")
        os.makedirs(tree)
        print("making the build…", file=sys.stderr)
        count, size = make_small_files(tree, files) if what == "small-files" else make_tree(tree, int(gib * (1 << 30)))
        if repeat > 1:
            repeat_tree(tree, repeat)
            count, size = count * repeat, size * repeat
        pushed = tree
        if archive:
            pushed = os.path.join(directory, "build.tar")
            subprocess.run(["tar", "-cf", pushed, "-C", tree, "."], check=True)
        with Up(directory) as up:
            idle, spent, begin = up.peak_mib(), up.processor_seconds(), time.time()
            up.push(pushed)
            wall = time.time() - begin
            version = up.version()
            spans = [(s["stage"], moment(s["started_at"]), moment(s["finished_at"]))
                     for s in version["stages"] if s["started_at"] and s["finished_at"]]
            stages = {name: end - begin for name, begin, end in spans}
            result = {
                "files": count, "bytes": size, "push_seconds": wall,
                "commit_to_ready_seconds": moment(version["finished_at"]) - moment(version["committed_at"]),
                "stage_seconds": stages, "peak_mib": up.peak_mib(), "idle_mib": idle,
                "up_cpu_seconds": up.processor_seconds() - spent,
                "files_per_second_hash": count / stages["hash"], "hash_mb_per_second": size / 1e6 / stages["hash"],
            }
        if svg:
            timeline.write(svg, spans, f"{count:,} files, {size / 1e9:.2f} GB")
        shutil.rmtree(os.path.join(directory, "up"), ignore_errors=True)
        result["sha256_one_core_mb_per_second"] = hash_limit(tree, 1 << 30)
        result["hash_vs_sha256_two_cores"] = result["hash_mb_per_second"] / (2 * result["sha256_one_core_mb_per_second"])
        if bound:
            print("measuring the bare work…", file=sys.stderr)
            result |= processor_bound(directory, tree, size)
            result["pipeline_vs_bound"] = result["commit_to_ready_seconds"] / result["bound_seconds"]
            bare = sum(result[f"bare_{name}_cpu_seconds"] for name in ["hash", "scan", "compress"])
            result["pipeline_vs_bound_cpu"] = result["up_cpu_seconds"] / bare
        return result
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def show(result):
    files, size = result["files"], result["bytes"]
    print(f"{files:,} files, {size / 1e9:.2f} GB")
    for name, seconds in result["stage_seconds"].items():
        print(f"  {name:10} {seconds:8.2f} s  {size / 1e6 / max(seconds, 0.001):9,.0f} MB/s  "
              f"{files / max(seconds, 0.001):11,.0f} files/s")
    print(f"  commit to ready {result['commit_to_ready_seconds']:.2f} s; push {result['push_seconds']:.2f} s; "
          f"{result['up_cpu_seconds']:.1f} s of processor from the push to the end")
    print(f"  SHA-256 alone, one core: {result['sha256_one_core_mb_per_second']:,.0f} MB/s; "
          f"the hash stage reaches {result['hash_vs_sha256_two_cores']:.2f} of two")
    if "bound_seconds" in result:
        print(f"  bare hash {result['bare_hash_cpu_seconds']:.1f}, scan {result['bare_scan_cpu_seconds']:.1f}, compress "
              f"{result['bare_compress_cpu_seconds']:.1f} s of processor, disk {result['bare_disk_seconds']:.1f} s: at least "
              f"{result['bound_seconds']:.1f} s; the pipeline takes {result['pipeline_vs_bound']:.2f} of that "
              f"({result['pipeline_vs_bound_cpu']:.2f} by processor time)")
    print(f"  peak memory of `up`: {result['peak_mib']:.0f} MiB ({result['idle_mib']:.0f} MiB before the push)")


def main():
    parser = argparse.ArgumentParser(prog="bench/run")
    parser.add_argument("what", choices=["pipeline", "small-files"])
    parser.add_argument("--gib", type=float, default=4)
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--bound", action="store_true", help="measure the bare work too, and compare")
    parser.add_argument("--svg", metavar="FILE", help="draw when each stage ran")
    parser.add_argument("--archive", action="store_true", help="push one tar instead of the folder")
    parser.add_argument("--quick", action="store_true", help="0.7 GiB, or 50,000 files")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="the same files N times, in other folders")
    parser.add_argument("--work", metavar="FOLDER", help="where to make the build; the system's temporary folder otherwise")
    options = parser.parse_args()
    result = measure(
        options.what, gib=0.7 if options.quick else options.gib, files=50_000 if options.quick else options.files,
        archive=options.archive, bound=options.bound, svg=options.svg, work=options.work,
        repeat=options.repeat)
    if options.json:
        print(json.dumps(result, indent=2, sort_keys=True))
    else:
        show(result)


if __name__ == "__main__":
    main()
