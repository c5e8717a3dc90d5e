"""The heavy core beside its peers: cutting, hashing, scanning. Standard library only."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import peers
import pipeline
from pipeline import make_small_files, real_files

RELEASE = os.path.abspath(".build/release")
SLIPWAY = os.path.join(RELEASE, "slipway")

# Name, what it must reach, and what it says. Those with `_cpu` beside them are compared by processor time too, which is what
# to look at on a machine that does other things as well.
TARGETS = [
    ("cut_hash_vs_sha256", 0.85, "cut and digest of one stream, of libcrypto's SHA-256 alone"),
    ("two_core_scaling", 1.9, "the same on two threads, of one"),
    ("chunk_vs_casync", 4.0, "`slipway tool chunk`, times `casync make` whose store has every chunk already"),
    ("chunk_vs_sha256sum", 5.0, "`slipway tool chunk`, times `sha256sum`"),
    ("small_files_per_s", 20_000, "files of 1 to 64 KiB hashed and recorded by `slipway up`, the database included"),
    ("scan_vs_clamdscan", 1.0, "`slipway tool scan` of a tree, times `clamdscan --multiscan --fdpass`"),
    ("scan_small_vs_clamdscan", 1.0, "the same of many small files"),
]


def one_file(path, size):
    """One file of real content."""
    with open(path, "wb") as target:
        for name in real_files():
            try:
                with open(name, "rb") as source:
                    shutil.copyfileobj(source, target, 1 << 20)
            except OSError:
                continue
            if target.tell() >= size:
                break
        target.truncate(size)


def mixed_tree(target, size):
    """Every 16th real file of this machine, until there are `size` bytes: a mix of kinds, not the first folder's."""
    count = written = 0
    for number, name in enumerate(real_files()):
        if number % 16:
            continue
        try:
            with open(name, "rb") as source:
                data = source.read()
        except OSError:
            continue
        folder = os.path.join(target, str(count // 500))
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"{count:06d}-" + re.sub(r"[^A-Za-z0-9._+-]", "_", os.path.basename(name))[:80]),
                  "wb") as file:
            file.write(data)
        count, written = count + 1, written + len(data)
        if written >= size:
            break
    return count, written


def compare(best, name, ours="slipway"):
    """How many times as long as ours a rival takes, by the clock and of the processor."""
    return {f"{name}": best[name.split("_vs_")[1]][0] / best[ours][0],
            f"{name}_cpu": best[name.split("_vs_")[1]][1] / best[ours][1]}


def chunking(directory, size, rounds):
    path, store = os.path.join(directory, "file"), os.path.join(directory, "store.castr")
    one_file(path, size)
    index = os.path.join(directory, "file.caibx")
    casync = ("casync", "make", f"--store={store}", index, path)
    peers.times(*casync)
    best = peers.take_turns(
        rounds, slipway=lambda: peers.times(SLIPWAY, "tool", "chunk", path), casync=lambda: peers.times(*casync),
        sha256sum=lambda: peers.times("sha256sum", path))
    shutil.rmtree(store)
    os.remove(path)
    return {
        "chunk_bytes": size, "chunk_seconds": best["slipway"][0], "casync_seconds": best["casync"][0],
        "sha256sum_seconds": best["sha256sum"][0],
    } | compare(best, "chunk_vs_casync") | compare(best, "chunk_vs_sha256sum")


def scanning(directory, size, small, rounds):
    mixed, tiny = os.path.join(directory, "mixed"), os.path.join(directory, "small")
    os.makedirs(tiny)
    files, written = mixed_tree(mixed, size)
    make_small_files(tiny, small)
    result = {"scan_files": files, "scan_bytes": written, "scan_small_files": small}
    with peers.Clamd(directory) as clamd:
        signatures = os.path.join(directory, "signatures")
        for tree, name, files in [(mixed, "scan", files), (tiny, "scan_small", small)]:
            best = peers.take_turns(
                rounds, slipway=lambda: peers.times(SLIPWAY, "tool", "scan", "--signatures", signatures, tree),
                clamdscan=lambda: clamd.scan(tree))
            result |= {
                f"{name}_seconds": best["slipway"][0], f"{name}_clamdscan_seconds": best["clamdscan"][0],
                f"{name}_files_per_second": files / best["slipway"][0],
            } | compare(best, f"{name}_vs_clamdscan")
    return result


def small_files(count):
    """Files a second through hashing, with everything that is written to the database about them."""
    measured = pipeline.measure("small-files", files=count)
    return {"small_files": count, "small_files_per_s": measured["files_per_second_hash"],
            "small_files_peak_mib": measured["peak_mib"]}


def main():
    parser = argparse.ArgumentParser(prog="bench/run core")
    parser.add_argument("what", choices=["core"])
    parser.add_argument("--quick", action="store_true", help="smaller inputs and fewer rounds: about a minute")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    peers.need(("casync", "casync"), ("clamd", "clamav-daemon"), ("clamdscan", "clamdscan"))
    rounds = 3 if options.quick else 5
    directory = tempfile.mkdtemp(prefix="slipway-core-")
    os.chmod(directory, 0o755)
    try:
        print("hashing…", file=sys.stderr)
        result = json.loads(subprocess.run(
            [os.path.join(RELEASE, "core-bench"), "256" if options.quick else "1024", str(rounds + 2),
             os.path.join(RELEASE, "slipway-scanner")], stdout=subprocess.PIPE, check=True).stdout)
        print("chunking…", file=sys.stderr)
        result |= chunking(directory, (512 if options.quick else 2048) << 20, rounds)
        print("scanning…", file=sys.stderr)
        result |= scanning(directory, (150 if options.quick else 600) << 20, 10_000 if options.quick else 50_000, rounds)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    print("many small files…", file=sys.stderr)
    result |= small_files(50_000 if options.quick else 200_000)
    if options.json:
        print(json.dumps(result, indent=2, sort_keys=True))
        return
    for name, target, meaning in TARGETS:
        mark = "ok  " if result[name] >= target else "FAIL"
        processor = f" ({result[name + '_cpu']:.2f} by processor time)" if name + "_cpu" in result else ""
        print(f"{mark} {name:24} {result[name]:9,.2f}  (at least {target:g}): {meaning}{processor}")
    recovery = result["scanner_recovery_ms"]
    print(f"{'ok  ' if recovery <= 100 else 'FAIL'} {'scanner_recovery_ms':24} {recovery:9.1f}  (at most 100): from the death "
          f"of a lane to the verdicts of the 51 files it had; {result['scanner_files_lost']:.0f} lost")
    print(f"     SHA-256 {result['sha256_mb_per_second']:,.0f} MB/s, with cuts {result['cut_hash_mb_per_second']:,.0f}, on two "
          f"threads {result['two_threads_mb_per_second']:,.0f}; scan {result['scan_bytes'] / 1e6 / result['scan_seconds']:,.0f} "
          f"MB/s and {result['scan_small_files_per_second']:,.0f} small files/s")


if __name__ == "__main__":
    main()
