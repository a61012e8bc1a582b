#!/usr/bin/env bash
# Trains and evaluates the tiny preset on CIFAR-10, the accuracy test of the whole way:
#
#   benchmarks/cifar10.sh TRAIN.tar.gz TEST.tar.gz FOLDER [STAGE...] [-- OPTION...]
#
# Options behind -- go to every training, for example --threads 1.
#
# The archives hold train/CLASS/NAME.jpg and test/CLASS/NAME.jpg. Stages, all of them unless some are named:
#
#   prepare         shards of both archives
#   one             conf/recipes/cifar10-tiny-t1.yaml on one worker
#   two             the same on two workers that average every 16 steps, half of each batch each, with the square root of
#                   two times the learning rate
#   bfloat16        the same on one worker with bfloat16 products
#   four            conf/recipes/cifar10-tiny-t4.yaml from the result of one
#   integers        conf/recipes/cifar10-tiny-i4.yaml on one worker with bfloat16 products
#   evaluate        the models trained so far, with firing rates and energy
#   summary         the accuracy of every epoch so far (always the last stage)
#
# Every stage continues after a stop. All of them take hours on two cores; the summary shows the state.
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)

fail() {
  echo "error: $*" >&2
  exit 1
}

[[ $# -ge 3 ]] || fail "expected TRAIN.tar.gz TEST.tar.gz FOLDER [STAGE...], found $# arguments"
train_archive=$1 test_archive=$2 folder=$3
shift 3
stages=()
while [[ $# -gt 0 && $1 != -- ]]; do
  stages+=("$1")
  shift
done
[[ ${#stages[@]} -gt 0 ]] || stages=(prepare one two bfloat16 four integers evaluate)
options=("${@:2}")

spikeformer() {
  "$root/jobs/spikeformer" "$@"
}

# train_stage OUTPUT RECIPE OPTION...
train_stage() {
  local output=$folder/$1 recipe=$root/conf/recipes/$2
  shift 2
  local resume=()
  if compgen -G "$output/checkpoints/*" >/dev/null; then
    resume=(--resume)
  fi
  spikeformer train --recipe "$recipe" --train "$folder/data/train" --validation "$folder/data/test" \
    --output "$output" ${resume[@]+"${resume[@]}"} "$@" \
    ${options[@]+"${options[@]}"}
}

evaluate_stage() {
  local run
  for run in one two bfloat16 four integers; do
    if compgen -G "$folder/$run/checkpoints/*" >/dev/null; then
      spikeformer evaluate --model "$folder/$run" --data "$folder/data/test" --output "$folder/evaluation-$run" \
        --overwrite
    fi
  done
}

summary() {
  local run
  for run in one two bfloat16 four integers; do
    [[ -r $folder/$run/metrics.jsonl ]] || continue
    echo "$run"
    sed -n 's/^{"epoch":\([0-9]*\),.*"train-loss":\([0-9.]*\),.*"top1":\([0-9.]*\),.*"images-per-second":\([0-9.]*\),.*/\1 \2 \3 \4/p' \
      "$folder/$run/metrics.jsonl" |
      awk '{ printf "  epoch %2d: loss %.4f, test top-1 %.2f %%, %.0f images/s\n", $1, $2, 100 * $3, $4 }'
  done
}

for stage in "${stages[@]}"; do
  case $stage in
    prepare)
      spikeformer prepare imagenet --input "$train_archive" --output "$folder/data" --split train
      spikeformer prepare imagenet --input "$test_archive" --output "$folder/data" --split test
      ;;
    one) train_stage one cifar10-tiny-t1.yaml --workers 1 ;;
    two) train_stage two cifar10-tiny-t1.yaml --workers 2 --set data.batch-size=64 \
      --set averaging.frequency=16 --set schedule.base-rate=5.66e-3 ;;
    bfloat16) train_stage bfloat16 cifar10-tiny-t1.yaml --workers 1 --set model.precision=bfloat16 ;;
    four) train_stage four cifar10-tiny-t4.yaml --set "initialise-from=$folder/one" ;;
    integers) train_stage integers cifar10-tiny-i4.yaml --workers 1 --set model.precision=bfloat16 ;;
    evaluate) evaluate_stage ;;
    summary) ;;
    *) fail "expected a stage of prepare, one, two, bfloat16, four, integers, evaluate or summary, found '$stage'" ;;
  esac
done
summary
