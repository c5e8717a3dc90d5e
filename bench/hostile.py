"""Sends hostile archives to `slipway up`, by the API and by `slipway push`, and says how each was answered. Standard library only."""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import hostile_archives
from pipeline import PROGRAM, Up


def peak(pid):
    """Resident MiB: now, and the most since the last `forget`."""
    with open(f"/proc/{pid}/status") as file:
        values = {line.split(":")[0]: line.split()[1] for line in file if line.startswith(("VmHWM", "VmRSS"))}
    return int(values["VmRSS"]) / 1024, int(values["VmHWM"]) / 1024


def forget(pid):
    with open(f"/proc/{pid}/clear_refs", "w") as file:
        file.write("5")


class Studio:
    """The API as a studio uses it."""

    def __init__(self, up):
        with open(os.path.join(up.data, "dev.json")) as file:
            settings = json.load(file)
        self.base, self.token = settings["url"] + "/api/v1/developer", settings["token"]
        self.game = self.call("/games", {"title": "hostile"})["game_id"]

    def call(self, path, body=None, method=None, headers=None):
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method, headers={
            "Authorization": "Bearer " + self.token, "Content-Type": "application/json"} | (headers or {}))
        return json.load(urllib.request.urlopen(request, timeout=60))

    def send(self, number, data):
        """The code of the answer, None for ready; and seconds from the commit to the end."""
        try:
            plan = self.call(f"/games/{self.game}/versions", {"version_string": str(number), "file_size": len(data)})
        except urllib.error.HTTPError as error:
            return json.load(error)["code"], 0
        version = f"/games/{self.game}/versions/{plan['version_id']}"
        size = plan["upload"]["part_size"]
        for part in range(plan["upload"]["part_count"]):
            self.call(f"{version}/upload/parts/{part + 1}", data[part * size:(part + 1) * size], method="PUT",
                      headers={"Content-Type": "application/octet-stream"})
        begin = time.monotonic()
        self.call(f"{version}/upload/complete", {"file_hash": hashlib.sha256(data).hexdigest()})
        while True:
            answer = self.call(f"{version}?wait=20s")
            if answer["status"] in ("ready", "failed"):
                return code_of(answer), time.monotonic() - begin


def code_of(version):
    failure = version.get("failure")
    return failure and (failure.get("actual") or failure["code"])


def push(up, number, data, directory):
    """The same by `slipway push`."""
    path = os.path.join(directory, "archive")
    with open(path, "wb") as file:
        file.write(data)
    begin = time.monotonic()
    done = subprocess.run(
        [PROGRAM, "push", path, "--game", "hostile", "--version", f"push-{number}", "--json"], capture_output=True, text=True,
        env=dict(os.environ, SLIPWAY_DEV=os.path.join(up.data, "dev.json")))
    return done, time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser(prog="bench/run hostile")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="slipway-hostile-")
    os.chmod(directory, 0o755)
    results = []
    try:
        with Up(directory) as up:
            studio, pid = Studio(up), up.process.pid
            studio.send("warm-up", hostile_archives.zip_of(hostile_archives.Entry("a")))
            for number, (name, data, expected) in enumerate(hostile_archives.cases()):
                forget(pid)
                before = peak(pid)[0]
                code, seconds = studio.send(number, data)
                used = peak(pid)[1] - before
                # What is received is held a moment, and is not what an archive costs.
                pushed, push_seconds = push(up, number, data, directory)
                is_told = (pushed.returncode == 0) if expected is None else (
                    pushed.returncode != 0 and expected in pushed.stdout + pushed.stderr)
                results.append({"name": name, "bytes": len(data), "expected": expected, "code": code, "seconds": seconds,
                                "mib": used, "push_seconds": push_seconds, "push_as_expected": is_told})
                print(f"{'ok  ' if code == expected and is_told else 'FAIL'} {name:40} {code or 'ready':28} {seconds:6.2f} s "
                      f"{used:6.1f} MiB   push {push_seconds:5.2f} s", file=sys.stderr)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    right = sum(result["code"] == result["expected"] and result["push_as_expected"] for result in results)
    summary = {"hostile_archives": len(results), "hostile_as_expected": right,
               "hostile_worst_seconds": max(result["seconds"] for result in results),
               "hostile_worst_mib": max(result["mib"] for result in results)}
    if options.json:
        print(json.dumps(summary | {"cases": results}, indent=2))
    else:
        print(f"{right} of {len(results)} as expected; the slowest took {summary['hostile_worst_seconds']:.2f} s, "
              f"the largest {summary['hostile_worst_mib']:.0f} MiB")
    raise SystemExit(0 if right == len(results) else 1)


if __name__ == "__main__":
    main()
