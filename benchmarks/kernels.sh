#!/usr/bin/env bash
# Measures the kernels against what the machine can do:  benchmarks/kernels.sh [OPTION...] [WORD...]
#
# Every row runs in a JVM of its own with the options of conf/jvm.options. Everything older than the sources is built first.
#
# Environment: JAVA_HOME.
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
target=$root/benchmarks/target
classpath=$target/benchmarks.classpath
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

fail() {
  echo "error: $*" >&2
  exit 1
}

command -v "$java" >/dev/null || fail "expected a JDK 17, found no $java: install one or set JAVA_HOME"

if [[ ! -e $classpath || -n $(find "$root/pom.xml" "$root"/{common,model,data-prep,tasks,spark-eval,spark-train,benchmarks}/pom.xml "$root"/{common,model,data-prep,tasks,spark-eval,spark-train,benchmarks}/src/main \
  -newer "$classpath" -print -quit) ]]; then
  command -v mvn >/dev/null || fail "no mvn found: building the benchmarks needs Maven 3.8 or newer"
  echo "building the benchmarks" >&2
  (cd "$root" && mvn -q -B -Dmaven.test.skip=true -pl benchmarks -am package >&2) || fail "building the benchmarks failed, see above"
  touch "$classpath"
fi

export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE
exec "$java" "@$root/conf/jvm.options" -Xmx2g -cp "$target/classes:$(<"$classpath")" \
  io.spikeformer.benchmarks.Main --log "$target/kernels.log" "$@"
