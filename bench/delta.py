"""Makes patches with Slipway and its rivals side by side. Standard library only.

Patch bytes and peak memory are exact; CPU seconds (user and system) are the speed to compare, for they are what a busy
machine does not stretch. Every patch is applied, and what it makes is compared byte by byte.
"""

import argparse
import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import delta_corpora

PROGRAM = os.path.abspath(".build/release/slipway")
MEBIBYTE = 1 << 20
TIMEOUT = 1800

HDIFF_ENCODE = (
    "import sys, hdiffpatch as h; r = lambda p: open(p, 'rb').read(); "
    "open(sys.argv[3], 'wb').write(h.diff(r(sys.argv[1]), r(sys.argv[2]), h.ZStdConfig(level=19, window=25), "
    "validate=False))")
HDIFF_APPLY = (
    "import sys, hdiffpatch as h; r = lambda p: open(p, 'rb').read(); "
    "open(sys.argv[3], 'wb').write(h.apply(r(sys.argv[1]), r(sys.argv[2])))")


class Tool:
    """A program that makes and applies patches; `limit` is the largest new file it is asked for, in MiB."""

    def __init__(self, name, encode, apply, limit=1 << 40, quick=True):
        self.name, self.encode, self.apply, self.limit, self.quick = name, encode, apply, limit, quick


def all_tools(folder):
    zstd = ["zstd", "-q", "-f", "--long=31", "--single-thread"]
    tools = [
        Tool(
            f"slipway {level}",
            lambda o, n, p, level=level: [
                PROGRAM, "tool", "delta", "encode", o, n, p, "--level", level, "--threads", "1"],
            lambda o, p, r: [PROGRAM, "tool", "delta", "apply", o, p, r, "--threads", "1"])
        for level in ("standard", "fast")]
    hdiff = os.path.join(folder, "hdiffpatch")
    if os.path.isdir(hdiff):
        def python(code):
            return ["env", f"PYTHONPATH={hdiff}", sys.executable, "-c", code]
        # Old and new file and five words for each old byte are in memory at once.
        tools.append(Tool(
            "hdiffpatch, zstd 19", lambda o, n, p: python(HDIFF_ENCODE) + [o, n, p],
            lambda o, p, r: python(HDIFF_APPLY) + [o, p, r], limit=1024))
    for level, limit, quick in ((3, 2000, True), (19, 1024, False)):
        tools.append(Tool(
            f"zstd -{level} --patch-from", lambda o, n, p, level=level: zstd + [f"-{level}", f"--patch-from={o}", n, "-o", p],
            lambda o, p, r: ["zstd", "-q", "-f", "-d", "--long=31", "--memory=2047MB", f"--patch-from={o}", p, "-o", r],
            limit=limit, quick=quick))
    tools.append(Tool(
        "xdelta3 -9", lambda o, n, p: ["xdelta3", "-f", "-e", "-9", "-S", "djw", "-B", "2147483647", "-s", o, n, p],
        lambda o, p, r: ["xdelta3", "-f", "-d", "-B", "2147483647", "-s", o, p, r]))
    # Its memory is 17 times the old file, its time hours for packs.
    tools.append(Tool(
        "bsdiff", lambda o, n, p: ["bsdiff", o, n, p], lambda o, p, r: ["bspatch", o, r, p], limit=64, quick=False))
    return [tool for tool in tools if shutil.which(tool.encode("o", "n", "p")[0])]


def private_mebibytes(number):
    """Memory of a process that is its own, not a file's, in MiB; 0 once it has ended."""
    try:
        with open(f"/proc/{number}/status") as file:
            return next((int(line.split()[1]) / 1024 for line in file if line.startswith("RssAnon:")), 0)
    except OSError:
        return 0


def measure(command):
    """CPU seconds, peak resident MiB and peak private MiB of a command, or None when it fails.

    Private memory is looked at fifty times a second; the system keeps the resident peak itself.
    """
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=messages)
        end, private, ended = time.monotonic() + TIMEOUT, 0, 0
        while not ended:
            private = max(private, private_mebibytes(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if not ended:
                if time.monotonic() > end:
                    process.kill()
                time.sleep(0.02)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            messages.seek(0)
            lines = messages.read().decode(errors="replace").strip().splitlines()
            print(f"{command[0]}: {lines[-1] if lines else process.returncode}", file=sys.stderr)
            return None
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, private


def compare(name, old, new, tools, quick):
    rows = []
    size = os.path.getsize(new)
    for path in (old, new):
        subprocess.run(["cat", path], stdout=subprocess.DEVNULL, check=True)  # one page cache for all
    for tool in tools:
        if size > tool.limit * MEBIBYTE or quick and not tool.quick:
            continue
        with tempfile.TemporaryDirectory(prefix="slipway-delta-") as folder:
            patch, result = os.path.join(folder, "patch"), os.path.join(folder, "result")
            encoded = measure(tool.encode(old, new, patch))
            applied = encoded and measure(tool.apply(old, patch, result))
            if not applied or not filecmp.cmp(result, new, shallow=False):
                print(f"{tool.name} failed on {name}", file=sys.stderr)
                continue
            rows.append({
                "pair": name, "bytes": size, "tool": tool.name, "patch_bytes": os.path.getsize(patch),
                "encode_cpu_s": round(encoded[0], 2), "encode_mib": round(encoded[1]),
                "encode_private_mib": round(encoded[2]), "apply_cpu_s": round(applied[0], 2),
                "apply_mib": round(applied[1]), "apply_private_mib": round(applied[2])})
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return rows


def table(rows):
    lines = [
        "| pair | tool | patch bytes | of ours | encode cpu-s | MiB, private | apply cpu-s | MiB, private |",
        "|---|---|--:|--:|--:|--:|--:|--:|"]
    ours = {row["pair"]: row["patch_bytes"] for row in rows if row["tool"] == "slipway standard"}
    for row in rows:
        lines.append(
            f"| {row['pair']} | {row['tool']} | {row['patch_bytes']:,} | "
            f"{row['patch_bytes'] / ours[row['pair']]:.2f} | {row['encode_cpu_s']} | {row['encode_mib']}, {row['encode_private_mib']} | "
            f"{row['apply_cpu_s']} | {row['apply_mib']}, {row['apply_private_mib']} |" if row["pair"] in ours else "")
    return "\n".join(lines)


def svg(rows):
    """Bars of patch bytes, one group for each pair, the longest bar of a group as wide as the others' longest."""
    width, left, bar, gap = 760, 170, 18, 30
    parts, top = [], 10
    for pair in dict.fromkeys(row["pair"] for row in rows):
        group = [row for row in rows if row["pair"] == pair]
        largest = max(row["patch_bytes"] for row in group)
        parts.append(f'<text x="8" y="{top + 14}" font-weight="bold">{pair}, {group[0]["bytes"] / 1e6:.1f} MB</text>')
        top += 22
        for row in sorted(group, key=lambda row: row["patch_bytes"]):
            length = max(1, round((width - left - 110) * row["patch_bytes"] / largest))
            color = "#2563eb" if row["tool"].startswith("slipway") else "#94a3b8"
            parts.append(f'<text x="{left - 8}" y="{top + 13}" text-anchor="end">{row["tool"]}</text>')
            parts.append(f'<rect x="{left}" y="{top}" width="{length}" height="{bar - 4}" fill="{color}"/>')
            parts.append(f'<text x="{left + length + 6}" y="{top + 12}">{row["patch_bytes"] / 1e6:.2f} MB</text>')
            top += bar
        top += gap - 14
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n')


def main():
    parser = argparse.ArgumentParser(prog="bench/run delta", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="OLD NEW", help="pairs of files to measure in place of the corpora")
    parser.add_argument("--quick", action="store_true", help="the small pairs and the fast rivals only")
    parser.add_argument("--large", action="store_true", help="only the pair of more than 3 GB, and only Slipway")
    parser.add_argument("--json", action="store_true", help="one JSON document in place of the table")
    parser.add_argument("--pair", action="append", help="only this pair of the corpora; may be repeated")
    parser.add_argument("--tool", action="append", help="only tools whose names begin so; may be repeated")
    parser.add_argument("--svg", metavar="FILE", help="writes the bars there")
    options = parser.parse_args()
    if len(options.files) % 2:
        parser.error("files come in pairs, OLD before NEW")
    known = delta_corpora.definitions()
    tools = all_tools(delta_corpora.tools(known))
    pairs = [(os.path.basename(new), old, new) for old, new in zip(options.files[::2], options.files[1::2])]
    if not pairs:
        for definition in known["pairs"]:
            if bool(definition.get("large")) != options.large:
                continue
            if options.quick and not definition.get("quick") or options.pair and definition["name"] not in options.pair:
                continue
            pairs.append((definition["name"], *delta_corpora.pair(definition, known)))
    if options.large:
        tools = [tool for tool in tools if tool.name == "slipway standard"]
    if options.tool:
        tools = [tool for tool in tools if tool.name.startswith(tuple(options.tool))]
    rows = []
    for name, old, new in pairs:
        rows += compare(name, old, new, tools, options.quick)
    print(json.dumps(rows, indent=2) if options.json else table(rows))
    if options.svg:
        with open(options.svg, "w") as file:
            file.write(svg(rows))


if __name__ == "__main__":
    main()
