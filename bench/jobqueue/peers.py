"""Runs the rivals of `peers.txt`, each in processes of its own, and says which could not be run and why."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile

from .cluster import watch

HERE = os.path.dirname(os.path.abspath(__file__))

# How a rival says that jobs are done; `{jobs}` is how many there were.
DONE = {
    "awa": "SELECT count(*) FROM awa.jobs WHERE queue = 'bench' AND state = 'completed'",
    "chancy": "SELECT count(*) FROM chancy_jobs WHERE state = 'succeeded'",
    "pgqueuer": "SELECT {jobs} - count(*) FROM pgqueuer",
    "procrastinate": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'",
}

# Whose driver reads the socket's directory in the place of a host only.
ENCODED = {"awa"}

# A few seconds of work for each, as fast as they are.
JOBS = {"awa": 6_000, "chancy": 6_000, "pgqueuer": 30_000, "procrastinate": 3_000}


class Skipped(Exception):
    """A rival that cannot be run here, and why."""


def interpreter():
    """A Python that has them, made once and kept outside the project. - Raises: Skipped."""
    with open(os.path.join(HERE, "peers.txt"), "rb") as file:
        name = hashlib.sha256(file.read()).hexdigest()[:12]
    home = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "slipway", "peers-" + name)
    python = os.path.join(home, "bin", "python")
    if os.path.exists(os.path.join(home, "complete")):
        return python
    print("installing the rivals…", file=sys.stderr)
    for command in ([sys.executable, "-m", "venv", "--clear", home],
                    [python, "-m", "pip", "install", "-q", "-r", os.path.join(HERE, "peers.txt")]):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Skipped(f"could not be installed: {error}") from error
        if done.returncode != 0:
            raise Skipped("could not be installed: " + (done.stderr.strip().splitlines() or ["?"])[-1])
    open(os.path.join(home, "complete"), "w").close()
    return python


def step(python, name, what, url, number, seconds=120):
    """Runs one step to its end. - Raises: Skipped."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [python, os.path.join(HERE, "peer.py"), what, name, url, str(number)], stdout=output, stderr=errors,
            start_new_session=True)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = f"no end after {seconds} s"
        finally:
            end(process)
        output.seek(0)
        errors.seek(0)
        text = output.read().strip()
        if status != 0 or not text:
            raise Skipped(f"{what}: {status}: {(errors.read().strip().splitlines() or ['?'])[-1][:200]}")
        return json.loads(text.splitlines()[-1])


def end(process):
    """Kills a step and all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def drain(cluster, open_session, python, name, processes, scale):
    """- Returns: jobs a second and bytes of log a job, counted in the database. - Raises: Skipped."""
    jobs = max(1000, int(JOBS[name] * scale) // 1000 * 1000)
    database = "peer"
    cluster.fresh(database)
    url = cluster.url(database, name in ENCODED)
    step(python, name, "install", url, 0)
    step(python, name, "load", url, jobs)
    with open_session(database) as session:
        session.rows("VACUUM (ANALYZE)")
        session.rows("CHECKPOINT")
        before = session.wal()
        workers = [subprocess.Popen(
            [python, os.path.join(HERE, "peer.py"), "work", name, url, "100"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True) for _ in range(processes)]
        try:
            rate = watch(session, DONE[name].replace("{jobs}", str(jobs)), jobs, 60)
            if rate is None:
                raise Skipped("could not be measured: not done in a minute, or at the first look")
        finally:
            for worker in workers:
                end(worker)
        return rate, (session.wal() - before) / jobs


def measure(cluster, open_session, quick):
    """Every rival, and those that were skipped with the reason."""
    results, skipped = {}, {}
    try:
        python = interpreter()
    except Skipped as reason:
        return {}, {name: str(reason) for name in DONE}
    for name in sorted(DONE):
        print(f"{name}…", file=sys.stderr)
        try:
            scale = 0.5 if quick else 2
            one, log = drain(cluster, open_session, python, name, 1, scale)
            two, _ = drain(cluster, open_session, python, name, 2, scale)
            cluster.fresh("peer")
            url = cluster.url("peer", name in ENCODED)
            step(python, name, "install", url, 0)
            enqueue = step(python, name, "enqueue", url, 1 if quick else 4)
            cluster.fresh("peer")
            step(python, name, "install", url, 0)
            pickup = step(python, name, "latency", url, 50 if quick else 200)
            results[name] = {
                "drain_1": one, "drain_2": two, "wal_bytes_per_job": log, "enqueue_1": enqueue["single"],
                "enqueue_1000": enqueue["thousand"], "pickup_p50_ms": pickup["p50_ms"],
                "pickup_p99_ms": pickup["p99_ms"],
            }
        except Skipped as reason:
            skipped[name] = str(reason)
    return results, skipped
