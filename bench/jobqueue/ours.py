"""Our queue: every number by `slipway-bench` in processes of its own, counted in the database."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time

from .cluster import watch

# What has ended of the jobs from a number on, counted by what the ends leave behind: a list of numbers for each acknowledgement
# of short jobs. Only what is new, or looking would cost more from round to round.
DONE = """SELECT coalesce((SELECT sum(cardinality(ids)) FROM job_done WHERE low >= {first}), 0)
    + (SELECT count(*) FROM job_outcome WHERE final AND id >= {first})"""

# Breaks runs of jobs up, so that each stands in line in a row of its own, as jobs do that were enqueued one by one.
APART = """WITH run AS (DELETE FROM job_ready WHERE span > 1 RETURNING queue, priority, rank, id, attempt, traits, span)
    INSERT INTO job_ready (queue, priority, rank, id, attempt, traits)
    SELECT queue, priority, rank + place, id + place, attempt, traits FROM run, generate_series(0, span - 1) AS place"""


class Ours:
    def __init__(self, cluster, open_session, program):
        self.cluster, self.open, self.program = cluster, open_session, program

    def call(self, *arguments, timeout=300):
        """One command to its end; what it printed."""
        done = subprocess.run(
            [self.program, *arguments, "--database", self.cluster.url("ours")], capture_output=True, text=True,
            timeout=timeout)
        if done.returncode != 0:
            raise RuntimeError(f"slipway-bench {arguments[0]}: {done.stderr[-1500:]}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def fresh(self):
        self.cluster.fresh("ours")
        self.call("prepare")

    def enqueue(self, per_call, producers, seconds):
        """Jobs a second."""
        self.fresh()
        return self.call("enqueue", "--per-call", str(per_call), "--producers", str(producers),
                         "--seconds", str(seconds))["rate"]

    def copy(self, jobs):
        """Jobs a second when thousands are enqueued a call."""
        self.fresh()
        return self.call("load", "--jobs", str(jobs))["rate"]

    def load(self, session, jobs, apart=False):
        self.call("load", "--jobs", str(jobs))
        if apart:
            session.rows(APART)

    def drain(self, processes, jobs, batch, apart=False):
        """Jobs a second and bytes of log a job."""
        self.fresh()
        with self.open("ours") as session:
            self.load(session, jobs, apart)
            session.rows("VACUUM (ANALYZE)")
            session.rows("CHECKPOINT")
            before = session.wal()
            rate = self.work(session, processes, jobs, batch)
            return rate, (session.wal() - before) / jobs

    def work(self, session, processes, jobs, batch, seconds=120):
        """Lets processes work until so many have ended. - Returns: jobs a second, from the first that is seen done."""
        done = DONE.format(first=session.number("SELECT coalesce(min(id), 0) FROM job_ready"))
        workers = [subprocess.Popen(
            [self.program, "drain", "--prefetch", str(2 * batch), "--database", self.cluster.url("ours")],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(processes)]

        def check():
            for worker in workers:
                if worker.poll() is not None:
                    raise RuntimeError("a worker ended: " + worker.stderr.read()[-1500:])

        try:
            rate = watch(session, done, jobs, seconds, check)
            if rate is None:
                raise RuntimeError(f"{jobs} jobs did not end in {seconds} s")
            return rate
        finally:
            for worker in workers:
                worker.send_signal(signal.SIGTERM)
            for worker in workers:
                try:
                    worker.wait(30)
                except subprocess.TimeoutExpired:
                    worker.kill()
                    worker.wait()

    def blocked(self, jobs, batch):
        """The rate behind 100,000 jobs of a key that may not run, against the rate of the same jobs without them."""
        rates = []
        for blocked in (0, 100_000):
            self.fresh()
            if blocked:
                self.call("load", "--jobs", str(blocked), "--full-key")
            self.call("load", "--jobs", str(jobs), "--keys", "1000", "--per-call", str(jobs // 1000))
            with self.open("ours") as session:
                session.rows("VACUUM (ANALYZE)")
                session.rows("CHECKPOINT")
                rates.append(self.work(session, 1, jobs, batch))
        return rates[1] / rates[0]

    def latency(self, samples, load):
        self.fresh()
        return self.call("latency", "--samples", str(samples), "--load", str(load))

    def rounds(self, seconds, jobs, batch, hold_snapshot, apart=False):
        """The rate of each round, a load and a drain, one after another on the same tables for so long.

        A held snapshot is older than every row, so no dead row of any round can be removed.
        """
        self.fresh()
        rates = []
        with self.open("ours") as session, self.open("ours") as holder:
            if hold_snapshot:
                holder.rows("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM job")
            end = time.monotonic() + seconds
            while time.monotonic() < end or len(rates) < 3:
                self.load(session, jobs, apart)
                rates.append(self.work(session, 1, jobs, batch))
        return rates


def median(values):
    return statistics.median(values)


def find_program(root):
    path = os.path.join(root, ".build", "release", "slipway-bench")
    if not os.path.exists(path):
        sys.exit(f"{path} is not built")
    return path
