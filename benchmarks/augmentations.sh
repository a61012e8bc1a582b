#!/usr/bin/env bash
# Measures what preparing a training image costs:  benchmarks/augmentations.sh [OPTION...]
#
# One thread, the rows in turn. Everything older than the sources is built first.
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

if [[ ! -e $classpath || -n $(find "$root/pom.xml" "$root"/{common,data-prep,benchmarks}/pom.xml "$root"/{common,data-prep,benchmarks}/src/main \
  -newer "$classpath" -print -quit) ]]; then
  command -v mvn >/dev/null || fail "no mvn found: building the benchmarks needs Maven 3.8 or newer"
  echo "building the benchmarks" >&2
  (cd "$root" && mvn -q -B -Dmaven.test.skip=true -pl benchmarks -am package >&2) || fail "building the benchmarks failed, see above"
  touch "$classpath"
fi

exec "$java" "@$root/conf/jvm.options" -Xmx1g -cp "$target/classes:$(<"$classpath")" \
  io.spikeformer.benchmarks.AugmentationBenchmark "$@"
