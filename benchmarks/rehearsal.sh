#!/usr/bin/env bash
# A long run in small: rounds with a random fault in every ten (a driver or an executor killed with SIGKILL, a disk that
# is full for a moment), continued with resume each time, must end with the bits of a run without faults.
#   benchmarks/rehearsal.sh [ROUNDS [MASTER]]     default: 200 local-cluster[2,1,1024]
set -euo pipefail
cd "$(dirname -- "$0")/.."
mvn -B -q -pl spark-train -am test -Dtest=RehearsalTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dtest.excludedGroups= -Drehearsal.rounds="${1:-200}" -Drehearsal.master="${2:-local-cluster[2,1,1024]}"
grep -h "rounds, .* faults" spark-train/target/surefire-reports/io.spikeformer.train.spark.RehearsalTest-output.txt
