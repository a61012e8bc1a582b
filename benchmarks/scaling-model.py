#!/usr/bin/env python3
"""What a training costs on N executors: a model of a round, fitted to measured rounds, and its projection.

    benchmarks/scaling-model.py benchmarks/scaling-points.csv                  measured rounds beside the model
    benchmarks/scaling-model.py benchmarks/scaling-points.csv --project --parameters 55.4e6 --vectors 3 --step 3.0 --frequency 16

A round of k steps takes

    k step (1 + jitter sqrt(2 ln N))                           the slowest of N workers
    + start + task (N / cores)'                                a round and a worker's tasks begin; (.)' is at least 1
    + driver N                                                 the driver plans and collects the tasks of N workers
    + S worker (N / cores)'                                    copies, checksums and sums of S bytes
    + S slices (N / cores)' (N - 1) / N                        all slices of a state but one worker's come from elsewhere
    + 8 S / network 2 (N - 1) / N                              slices to the mean, the mean to every worker

With averaging.delay: 1 the last two lines run beside the steps of the next round, on a core of their own. Of them only what the
steps are too short for remains.

S is the size of what is averaged: parameters times vectors times 4 bytes. The points are rounds on one machine, whose cores
the workers share. On a cluster every worker has its cores for itself, so (N / cores)' is 1. `driver` is the slope of the
driver's processor time over N, of benchmarks/driver.py: on a machine whose cores are all busy, it would be mixed with `task`
otherwise. The other constants come from the points by least squares, and none may be negative. Beside the errors of the fit stand those of
leaving a point out: what the model says of a round that it was not fitted to.

The points are lines of workers,megabytes,cores,seconds,megabits: seconds are `seconds.averaging` of rounds.jsonl, megabits
the bandwidth of every host, empty if it is unlimited.
"""

import argparse
import csv
import itertools
import math
import statistics
from typing import NamedTuple

NAMES = ("start", "task", "worker", "slices")


class Point(NamedTuple):
    """A measured round; gigabits is infinite without a limit."""

    workers: int
    gigabytes: float
    sharing: float
    seconds: float
    gigabits: float


def transfer(workers, gigabytes, gigabits):
    return 8 * gigabytes / gigabits * 2 * (workers - 1) / workers


def features(workers, gigabytes, sharing):
    shared = max(1.0, sharing)
    return (1.0, shared, gigabytes * shared, gigabytes * shared * (workers - 1) / workers)


def known(point, driver):
    """Seconds of a round that are not fitted."""
    return driver * point.workers + transfer(point.workers, point.gigabytes, point.gigabits)


def solve(rows, values):
    """Least squares by the normal equations; None if they are singular."""
    size = len(rows[0])
    left = [[sum(r[i] * r[j] for r in rows) for j in range(size)] for i in range(size)]
    right = [sum(r[i] * v for r, v in zip(rows, values)) for i in range(size)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(left[r][i]))
        if abs(left[pivot][i]) < 1e-12:
            return None
        left[i], left[pivot], right[i], right[pivot] = left[pivot], left[i], right[pivot], right[i]
        for r in range(size):
            if r != i:
                factor = left[r][i] / left[i][i]
                left[r] = [a - factor * b for a, b in zip(left[r], left[i])]
                right[r] -= factor * right[i]
    return [right[i] / left[i][i] for i in range(size)]


def fit(points, driver):
    """The constants, none negative: the best of all subsets of them. Errors count relative to the measured time."""
    best = None
    for size in range(1, min(len(NAMES), len(points)) + 1):
        for chosen in itertools.combinations(range(len(NAMES)), size):
            rows = [[features(*p[:3])[i] / p.seconds for i in chosen] for p in points]
            values = [1 - known(p, driver) / p.seconds for p in points]
            found = solve(rows, values)
            if found is None or min(found) < 0:
                continue
            error = sum((sum(a * b for a, b in zip(r, found)) - v) ** 2 for r, v in zip(rows, values))
            if best is None or error < best[0] - 1e-12:
                best = (error, dict(zip((NAMES[i] for i in chosen), found)))
    return {name: best[1].get(name, 0.0) for name in NAMES}


def overhead(constants, workers, gigabytes, sharing):
    return sum(constants[n] * f for n, f in zip(NAMES, features(workers, gigabytes, sharing)))


def read(file):
    with open(file, newline="") as lines:
        for row in csv.DictReader(lines):
            workers, cores = int(row["workers"]), int(row["cores"])
            gigabits = float(row["megabits"] or "inf") / 1000
            yield Point(workers, float(row["megabytes"]) / 1000, workers / cores, float(row["seconds"]), gigabits)


def project(constants, driver, options):
    size = options.parameters * options.vectors * 4 / 1e9
    print(f"\n{size:.3f} GB averaged, k = {options.frequency}, step {options.step:g} s, jitter {options.jitter:g}")
    print("efficiency: images per second and worker, of those of one worker without averaging")
    networks = [float(g) for g in options.gigabits.split(",")]
    print("| executors | " + " | ".join(f"{g:g} Gbit/s" for g in networks) + " |")
    print("|---|" + "---|" * len(networks))
    for workers in map(int, options.executors.split(",")):
        cells = []
        for gigabits in networks:
            slowest = options.frequency * options.step * (1 + options.jitter * math.sqrt(2 * math.log(workers)))
            slices = constants["slices"] * features(workers, size, 1)[3]
            beside = slices + transfer(workers, size, gigabits)
            rest = overhead(constants, workers, size, 1) - slices + driver * workers
            seconds = max(slowest, beside) + rest if options.delay else slowest + beside + rest
            cells.append(f"{100 * options.frequency * options.step / seconds:.0f} %")
        print(f"| {workers} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("points", metavar="POINTS.csv", help="measured rounds")
    parser.add_argument("--project", action="store_true", help="also print the efficiency on a cluster")
    parser.add_argument("--parameters", type=float, default=55.4e6, help="values of a vector (default: 55.4e6)")
    parser.add_argument("--vectors", type=int, default=3, help="state and moments that are averaged (default: 3)")
    parser.add_argument("--step", type=float, default=3.0, help="seconds of a local step (default: 3)")
    parser.add_argument("--frequency", type=int, default=16, help="k, steps of a round (default: 16)")
    parser.add_argument("--driver", type=float, default=0.010, help="seconds of the driver for a worker (default: 0.010)")
    parser.add_argument("--jitter", type=float, default=0.03, help="relative deviation of a round (default: 0.03)")
    parser.add_argument("--delay", type=int, choices=(0, 1), default=0, help="averaging.delay (default: 0)")
    parser.add_argument("--executors", default="8,16,32,64,128,256,512", help="default: 8 to 512")
    parser.add_argument("--gigabits", default="1,10,25,100", help="of every machine's network (default: 1,10,25,100)")
    options = parser.parse_args()
    points = list(read(options.points))
    driver = options.driver
    constants = fit(points, driver)
    print("  ".join(f"{name} {value:.3f}" for name, value in constants.items()) + f"  driver {driver:.4f}   (s, s, s/GB, s/GB, s)")
    print("| workers | MB | Mbit/s | measured s | model s | error | left out |\n|---|---|---|---|---|---|---|")
    errors, without = [], []
    for i, point in enumerate(points):
        predicted = overhead(constants, *point[:3]) + known(point, driver)
        blind = overhead(fit(points[:i] + points[i + 1 :], driver), *point[:3]) + known(point, driver)
        errors.append(predicted / point.seconds - 1)
        without.append(blind / point.seconds - 1)
        rate = "-" if math.isinf(point.gigabits) else f"{1000 * point.gigabits:.0f}"
        print(
            f"| {point.workers} | {1000 * point.gigabytes:.0f} | {rate} | {point.seconds:.2f} | {predicted:.2f} "
            f"| {100 * errors[-1]:+.0f} % | {100 * without[-1]:+.0f} % |"
        )
    for name, found in (("of the fit", errors), ("of points left out", without)):
        sizes = [abs(error) for error in found]
        print(f"errors {name}: median {100 * statistics.median(sizes):.0f} %, largest {100 * max(sizes):.0f} %")
    if options.project:
        project(constants, driver, options)


if __name__ == "__main__":
    main()
