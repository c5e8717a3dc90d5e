"""`bench/run queue`: one cluster, one run, one table."""

import argparse
import json
import os
import signal
import sys

from . import limits, peers, report
from .cluster import Cluster, Session
from .ours import Ours, find_program, median

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def note(text):
    print(text, file=sys.stderr, flush=True)


def measure(cluster, options):
    def session(database):
        return Session(cluster, database)

    ours = Ours(cluster, session, options.program)
    jobs = 100_000
    seconds = 1 if options.quick else 4
    rounds = 3 if options.quick else 5
    limit = {shape: {} for shape in limits.SHAPES}
    slipway = {}

    # Taken in turns, so that whatever else the machine does meets all of them.
    drains = {"narrow": [], "batchlease": [], "one": [], "two": [], "apart": []}
    logs = {"narrow": [], "batchlease": [], "one": []}
    for number in range(rounds):
        note(f"drain {number + 1} of {rounds}…")
        for shape in limits.SHAPES:
            best = max(limits.drain(cluster, session, shape, jobs, options.batch, clients) for clients in (2, 4))
            drains[shape].append(best[0])
            logs[shape].append(best[1])
        rate, log = ours.drain(1, jobs, options.batch)
        drains["one"].append(rate)
        logs["one"].append(log)
        drains["two"].append(ours.drain(2, jobs, options.batch)[0])
        drains["apart"].append(ours.drain(2, jobs, options.batch, apart=True)[0])
    for shape in limits.SHAPES:
        limit[shape] = {"drain_1": median(drains[shape]), "wal_bytes_per_job": median(logs[shape])}
    slipway["drain_1"], slipway["drain_2"] = median(drains["one"]), median(drains["two"])
    slipway["wal_bytes_per_job"] = median(logs["one"])

    bare = {"enqueue_1": [], "enqueue_1_of_4": [], "enqueue_copy": []}
    both = {"enqueue_1": [], "enqueue_copy": []}
    enqueue = {"enqueue_1": [], "enqueue_1_of_4": [], "enqueue_copy": []}
    for number in range(rounds):
        note(f"enqueue {number + 1} of {rounds}…")
        bare["enqueue_1"].append(limits.insert(cluster, session, 1, seconds))
        enqueue["enqueue_1"].append(ours.enqueue(1, 1, seconds))
        both["enqueue_1"].append(limits.insert(cluster, session, 1, seconds, both=True))
        bare["enqueue_1_of_4"].append(limits.insert(cluster, session, 4, seconds))
        enqueue["enqueue_1_of_4"].append(ours.enqueue(1, 4, seconds))
        bare["enqueue_copy"].append(limits.copy(cluster, session, jobs, 5000))
        enqueue["enqueue_copy"].append(ours.copy(jobs))
        both["enqueue_copy"].append(limits.copy(cluster, session, jobs, 5000, both=True))
    both = {key: median(values) for key, values in both.items()}
    for key in bare:
        bare[key], slipway[key] = median(bare[key]), median(enqueue[key])
    for per_call in (10, 100, 1000):
        slipway[f"enqueue_{per_call}"] = ours.enqueue(per_call, 1, seconds)

    note("pickup…")
    idle = ours.latency(100 if options.quick else 1000, 0)
    loaded = ours.latency(100 if options.quick else 1000, 2000)
    slipway["pickup_p50_ms"], slipway["pickup_p99_ms"] = idle["p50_ms"], idle["p99_ms"]

    note("a full key in front…")
    blocked = ours.blocked(jobs, options.batch)
    note("a snapshot held…")
    free = ours.rounds(0, jobs, options.batch, hold_snapshot=False)
    held = ours.rounds(15 if options.quick else 600, jobs, options.batch, hold_snapshot=True)
    free_apart = ours.rounds(0, jobs, options.batch, hold_snapshot=False, apart=True)
    held_apart = ours.rounds(15 if options.quick else 60, jobs, options.batch, hold_snapshot=True, apart=True)

    rivals, skipped = peers.measure(cluster, session, options.quick) if options.peers else ({}, {})
    best = max((max(rival["drain_1"], rival["drain_2"]) for rival in rivals.values()), default=None)
    drain = max(slipway["drain_1"], slipway["drain_2"])
    summary = {
        "drain_vs_best_peer": drain / best if best else None,
        "drain_vs_sql_limit": drain / limit["batchlease"]["drain_1"],
        "drain_apart_vs_sql_limit": median(drains["apart"]) / limit["batchlease"]["drain_1"],
        "enqueue_vs_sql_limit": slipway["enqueue_1"] / bare["enqueue_1"],
        "enqueue_vs_both": slipway["enqueue_1"] / both["enqueue_1"],
        "copy_vs_sql_limit": slipway["enqueue_copy"] / bare["enqueue_copy"],
        "copy_vs_both": slipway["enqueue_copy"] / both["enqueue_copy"],
        "pickup_p50_ms": idle["p50_ms"], "pickup_p99_ms": idle["p99_ms"],
        "loaded_pickup_p50_ms": loaded["p50_ms"], "loaded_pickup_p99_ms": loaded["p99_ms"],
        "wal_bytes_per_job": slipway["wal_bytes_per_job"],
        "blocked_key_ratio": blocked,
        # The end of it, where the dead rows are most.
        "snapshot_ratio": at_end(held) / median(free),
        "snapshot_apart_ratio": at_end(held_apart) / median(free_apart),
    }
    contenders = [("slipway", slipway), *sorted(rivals.items()),
                  *((f"bare SQL, {shape}", numbers) for shape, numbers in limit.items()), ("bare INSERT, COPY", bare),
                  ("bare, with the line", both)]
    machine = {
        "fsync_microseconds": cluster.fsync_microseconds(), "cores": os.cpu_count(), "jobs": jobs,
        "batch": options.batch, "load_average": os.getloadavg()[0], "quick": options.quick,
    }
    return {"summary": summary, "contenders": contenders, "skipped": skipped, "machine": machine,
            "snapshot_rounds": held, "drains": drains}


def at_end(rounds):
    """The median of the last third."""
    return median(rounds[-max(1, len(rounds) // 3):])


def main():
    parser = argparse.ArgumentParser(prog="bench/run queue")
    parser.add_argument("--quick", action="store_true", help="a few minutes in place of half an hour")
    parser.add_argument("--json", action="store_true", help="print JSON in place of tables")
    parser.add_argument("--batch", type=int, default=1000, help="jobs in each claim, ours and bare SQL's")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="without the rivals")
    parser.add_argument("--svg", default=os.path.join(ROOT, ".build", "queue-bench.svg"), help="where the picture goes")
    parser.add_argument("--program", default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.program = os.path.abspath(options.program) if options.program else find_program(ROOT)
    with open(os.path.join(ROOT, "bench", "queue-thresholds.json")) as file:
        thresholds = json.load(file)
    # Told to stop, it still cleans up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Cluster() as cluster:
        result = measure(cluster, options)
    lines, missed = report.ratios(result["summary"], thresholds)
    machine = result["machine"]
    heading = (f"PostgreSQL with fsync on ({machine['fsync_microseconds']:.0f} µs), {machine['cores']} cores, "
               f"{machine['jobs']:,} jobs, batches of {machine['batch']}")
    with open(options.svg, "w") as file:
        file.write(report.svg(result["contenders"], heading))
    if options.json:
        print(json.dumps({**result["summary"], "missed": missed, "machine": machine, "skipped": result["skipped"],
                          "contenders": dict(result["contenders"]), "snapshot_rounds": result["snapshot_rounds"]},
                         indent=2))
    else:
        print(heading + f"; load average {machine['load_average']:.1f}\n")
        print(report.table(result["contenders"]) + "\n")
        print("\n".join(lines))
        for name, reason in result["skipped"].items():
            print(f"  {name} was skipped: {reason}")
        print(f"\nthe drain rates as a picture: {os.path.relpath(options.svg)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
