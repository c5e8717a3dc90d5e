"""Our client over a network that breaks, and against a store that takes only so many requests a second."""

import json
import statistics
import subprocess
import sys

from . import rivals

RATES = [50, 400]


class Failed(Exception):
    """Our program did not do what it was asked."""


def run(server, directory, *arguments):
    """One run of our program. - Returns: what it printed."""
    try:
        done = subprocess.run([rivals.OURS, arguments[0], server.endpoint, rivals.BUCKET, *map(str, arguments[1:])],
                              env=rivals.environment(server.endpoint, directory), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=300, text=True)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"s3-bench {arguments[0]}: no end after 300 s") from error
    if done.returncode != 0:
        raise Failed(f"s3-bench {arguments[0]}: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout)


def goodput(server, directory, quick):
    """Rounds with and without faults take turns; the median of each counts."""
    objects, rounds = (200, 3) if quick else (200, 5)
    clean, bad = [], []
    run(server, directory, "network", 20, 0, 0)
    for number in range(rounds):
        print(f"network: round {number + 1} of {rounds}…", file=sys.stderr)
        clean.append(run(server, directory, "network", objects, 0, 0))
        bad.append(run(server, directory, "network", objects, 2, number + 1))

    def middle(runs, way):
        return statistics.median(each[way] for each in runs)

    return {
        "goodput_up_of_clean": middle(clean, "up") / middle(bad, "up"),
        "goodput_down_of_clean": middle(clean, "down") / middle(bad, "down"),
        "goodput_bytes_lost": sum(each["lost"] for each in clean + bad),
        "goodput_connections_faulted": sum(each["faulted"] for each in bad),
    }


def pace(server, directory, quick):
    """What is reached of N requests a second, learning included, and the share that is refused: the worst of some N."""
    runs = {}
    for rate in RATES:
        print(f"network: {rate} requests a second…", file=sys.stderr)
        runs[rate] = run(server, directory, "pace", rate, 30 if quick else 60)
    return {
        **{f"slowdown_{rate}_achieved": each["achieved"] for rate, each in runs.items()},
        **{f"slowdown_{rate}_refused": each["refused"] for rate, each in runs.items()},
        "slowdown_objects_given_up": sum(each["failed"] for each in runs.values()),
    }
