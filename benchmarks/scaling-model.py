#!/usr/bin/env python3
"""What a training costs on N executors: a model of a round, fitted to measured rounds, and its projection.

    benchmarks/scaling-model.py benchmarks/scaling-points.csv                  measured rounds beside the model
    benchmarks/scaling-model.py benchmarks/scaling-points.csv --project --parameters 55.4e6 --vectors 3 --step 3.0 --frequency 16

A round of k steps takes

    k step (1 + jitter sqrt(2 ln N))                           the slowest of N workers
    + start + task N                                           the driver plans, starts and collects N tasks
    + S worker (N / cores)'                                    copies, checksums and sums of S bytes; (.)' is at least 1
    + S slices (N / cores)' (N - 1) / N                        all slices of a state but one worker's come from elsewhere
    + 8 S / network 2 (N - 1) / N                              slices to the mean, the mean to every worker

S is the size of what is averaged: parameters times vectors times 4 bytes. The points are rounds on one machine, where the
network costs nothing and the workers share the cores; start, task, worker and slices come from them by least squares, and
none may be negative. On a cluster every worker has its cores for itself, so (N / cores)' is 1. Beside the errors of the fit stand
those of leaving a point out: what the model says of a round that it was not fitted to.

The points are lines of workers,megabytes,cores,seconds; seconds are `seconds.averaging` of rounds.jsonl.
"""

import argparse
import csv
import itertools
import math
import statistics

NAMES = ("start", "task", "worker", "slices")


def features(workers, gigabytes, sharing):
    shared = gigabytes * max(1.0, sharing)
    return (1.0, float(workers), shared, shared * (workers - 1) / workers)


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


def fit(points):
    """The constants, none negative: the best of all subsets of them. Errors count relative to the measured time."""
    best = None
    for size in range(1, min(len(NAMES), len(points)) + 1):
        for chosen in itertools.combinations(range(len(NAMES)), size):
            rows = [[features(*p[:3])[i] / p[3] for i in chosen] for p in points]
            found = solve(rows, [1.0] * len(points))
            if found is None or min(found) < 0:
                continue
            error = sum((sum(a * b for a, b in zip(r, found)) - 1) ** 2 for r in rows)
            if best is None or error < best[0] - 1e-12:
                best = (error, dict(zip((NAMES[i] for i in chosen), found)))
    return {name: best[1].get(name, 0.0) for name in NAMES}


def overhead(constants, workers, gigabytes, sharing):
    return sum(constants[n] * f for n, f in zip(NAMES, features(workers, gigabytes, sharing)))


def read(file):
    with open(file, newline="") as lines:
        for row in csv.DictReader(lines):
            workers, cores = int(row["workers"]), int(row["cores"])
            yield workers, float(row["megabytes"]) / 1000, workers / cores, float(row["seconds"])


def project(constants, options):
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
            transfer = 8 * size / gigabits * 2 * (workers - 1) / workers
            seconds = slowest + overhead(constants, workers, size, 1) + transfer
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
    parser.add_argument("--jitter", type=float, default=0.03, help="relative deviation of a round (default: 0.03)")
    parser.add_argument("--executors", default="8,16,32,64,128,256,512", help="default: 8 to 512")
    parser.add_argument("--gigabits", default="1,10,25,100", help="of every machine's network (default: 1,10,25,100)")
    options = parser.parse_args()
    points = list(read(options.points))
    constants = fit(points)
    print("  ".join(f"{name} {value:.3f}" for name, value in constants.items()) + "   (s, s, then s/GB)")
    print("| workers | MB | measured s | model s | | left out |\n|---|---|---|---|---|---|")
    errors, without = [], []
    for i, (workers, gigabytes, sharing, seconds) in enumerate(points):
        predicted = overhead(constants, workers, gigabytes, sharing)
        blind = overhead(fit(points[:i] + points[i + 1 :]), workers, gigabytes, sharing)
        errors.append(predicted / seconds - 1)
        without.append(blind / seconds - 1)
        print(
            f"| {workers} | {1000 * gigabytes:.0f} | {seconds:.2f} | {predicted:.2f} | {100 * errors[-1]:+.0f} % "
            f"| {100 * without[-1]:+.0f} % |"
        )
    for name, found in (("of the fit", errors), ("of points left out", without)):
        sizes = [abs(error) for error in found]
        print(f"errors {name}: median {100 * statistics.median(sizes):.0f} %, largest {100 * max(sizes):.0f} %")
    if options.project:
        project(constants, options)


if __name__ == "__main__":
    main()
