"""What ops/run asks of the API: waits for the patch, and prints the table at the end. Standard library only."""

import argparse
import hashlib
import json
import os
import sys
import time
import urllib.request


class API:
    def __init__(self, dev):
        with open(dev) as file:
            settings = json.load(file)
        self.base = settings["url"] + "/api/v1/developer"
        self.token = settings["token"]

    def get(self, path):
        request = urllib.request.Request(self.base + path, headers={"Authorization": "Bearer " + self.token})
        with urllib.request.urlopen(request, timeout=90) as answer:
            return json.load(answer)

    def items(self, path):
        cursor = ""
        while True:
            page = self.get(path + ("&" if "?" in path else "?") + "limit=100" + (f"&cursor={cursor}" if cursor else ""))
            yield from page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return

    def version(self, game, string):
        game_id = next(item["game_id"] for item in self.items("/games") if item["title"] == game)
        found = next(item for item in self.items(f"/games/{game_id}/versions") if item["version_string"] == string)
        return self.get(f"/games/{game_id}/versions/{found['version_id']}")

    def patches(self, version):
        return self.get(f"/games/{version['game_id']}/versions/{version['version_id']}/patches")["items"]


def wait_for_patch(api, game, string):
    for _ in range(1200):
        version = api.version(game, string)
        stage = next((s for s in version["stages"] if s["stage"] == "patch"), None)
        if stage is None or stage["state"] not in ("waiting", "running"):
            for patch in api.patches(version):
                print(f"         {patch['state']}, {megabytes(patch['size'])} from {patch['from_version_string']}")
            return 0
        time.sleep(0.5)
    print("the patch was not made in ten minutes", file=sys.stderr)
    return 1


def megabytes(count):
    return "–" if count is None else f"{count / 1e6:,.2f} MB"


def elapsed(stage):
    if not stage["started_at"] or not stage["finished_at"]:
        return "–"
    parse = lambda text: time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) + float("0" + text[19:-1])
    return f"{parse(stage['finished_at']) - parse(stage['started_at']):.2f} s"


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def report(api, game, old_string, new_string, options):
    old, new = api.version(game, old_string), api.version(game, new_string)
    seconds = dict(pair.split("=") for pair in options.seconds.split(","))
    rows = []
    add = lambda name, one, two: rows.append((name, str(one), str(two)))
    for name, key in [("files", "files"), ("bytes of content", "bytes"), ("distinct chunks", "chunks"),
                      ("  new to the store", "new_chunks"), ("full download", "stored_bytes"),
                      ("  added to the store", "new_bytes")]:
        show = megabytes if "bytes" in key else lambda value: f"{value:,}"
        add(name, show(old["content"][key]), show(new["content"][key]))
    add("scanned files (of all)", *(f"{v['scan']['files_scanned']:,} of {v['scan']['files']:,}" for v in (old, new)))
    add("scanned bytes", *(megabytes(v["scan"]["bytes_scanned"]) for v in (old, new)))
    add("signatures", *("bundled test set" if v["scan"]["bundled_signatures"] else "ClamAV" for v in (old, new)))
    for stage in ["receive", "ingest", "hash", "plan", "review", "scan", "transfer", "publish", "patch"]:
        find = lambda v: next((s for s in v["stages"] if s["stage"] == stage), None)
        add(f"stage {stage}", *(elapsed(s) if (s := find(v)) else "–" for v in (old, new)))
    add("push, wall", f"{seconds['push_old']} s", f"{seconds['push_new']} s")
    add("pull, wall", f"{seconds['pull_old']} s (install)", f"{seconds['pull_new']} s (update)")
    add("verify, wall", "", f"{seconds['verify']} s")

    failures = []
    for version, path in [(old, options.old), (new, options.new)]:
        if version["status"] != "ready":
            failures.append(f"{version['version_string']} is {version['status']}")
        if os.path.isfile(path) and sha256(path) != version["file_hash"]:
            failures.append(f"file_hash of {version['version_string']} is not the archive's SHA-256")
    patch = next((p for p in api.patches(new) if p["from_version_id"] == old["version_id"]), None)
    if patch is None or patch["state"] != "ready":
        failures.append("there is no patch")
    else:
        full = new["content"]["stored_bytes"]
        add("patch", "", f"{megabytes(patch['size'])} ({patch['size'] / full:.1%} of a full download)")
        add("the same by chunks", "", megabytes(patch["chunk_bytes"]))
        if patch["size"] >= full:
            failures.append("the patch is no smaller than a full download")
    add("peak memory of `up`", "", f"{int(options.peak_kib) / 1024:,.0f} MiB")

    width = max(len(name) for name, _, _ in rows)
    column = max(len(one) for _, one, _ in rows + [("", old_string, "")])
    print(f"\n{'':{width}}  {old_string:>{column}}  {new_string:>30}")
    for name, one, two in rows:
        print(f"{name:{width}}  {one:>{column}}  {two:>30}")
    for failure in failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["wait-for-patch", "report"])
    parser.add_argument("dev")
    parser.add_argument("game")
    parser.add_argument("versions", nargs="+")
    parser.add_argument("--old")
    parser.add_argument("--new")
    parser.add_argument("--peak-kib")
    parser.add_argument("--seconds")
    options = parser.parse_args()
    api = API(options.dev)
    if options.what == "wait-for-patch":
        return wait_for_patch(api, options.game, options.versions[0])
    return report(api, options.game, options.versions[0], options.versions[1], options)


if __name__ == "__main__":
    sys.exit(main())
