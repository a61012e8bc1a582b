"""What the averaging benchmarks share: rounds of the product's training whose local step is one small image."""

import json
import os
import re
import shutil
import signal
import subprocess
import time

from datajobs import ROOT, class_folders, classpath, environment, java, prepare

CLASSES = 1000
VECTORS = 3  # parameters and LAMB's two moments
PAUSE = re.compile(r"Pause .* (\d+)M->(\d+)M\(\d+M\)")
LEFT_OUT = 2  # rounds in which JVMs start and compile


def shards(folder):
    """The small images that `train` reads, of as many classes as the presets have."""
    class_folders(folder, CLASSES, CLASSES)
    subprocess.run(
        prepare("1g", folder / "local", folder / "train", folder / "shards", 8, "--short-side", "64", "--master", "local[1]"),
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def train(folder, preset, workers, rounds, memory, heap="3g", *options, left_out=LEFT_OUT, executors=None):
    """The measured rounds of a training that is stopped after them, as its rounds.jsonl has them.

    memory is of an executor's heap in MiB, heap the driver's; options are further ones of its JVM. The first left_out
    rounds are not returned. With fewer executors than workers a round runs in waves.
    """
    output = folder / "out"
    shutil.rmtree(output, ignore_errors=True)
    settings = {
        "model.preset": preset,
        "model.classes": CLASSES,
        "data.batch-size": 1,
        "data.drop-last": "true",
        "data.training.size": 32,
        "data.training.rand-augment": "none",
        "optimizer.name": "lamb",
        "schedule.epochs": 1,
        "schedule.warm-up-epochs": 0,
        "averaging.workers": workers,
        "averaging.frequency": 1,
        "averaging.elastic": str(executors is not None).lower(),
        "watch.silent-below": 0,
    }
    recipe = folder / "recipe.yaml"
    recipe.write_text("seed: 1\n")
    command = java(
        heap,
        f"-Dspark.local.dir={folder / 'local'}",
        f"-Dspark.executor.extraClassPath={classpath()}",
        f"-Dspark.executor.extraJavaOptions=@{ROOT / 'conf/jvm.options'}",
        f"-Dspark.executor.memory={memory}m",
        *options,
    )
    command += ["io.spikeformer.jobs.Main", "train", "--recipe", recipe, "--train", folder / "shards/train"]
    command += ["--output", output, "--threads", "1", "--master", f"local-cluster[{executors or workers},1,{memory}]"]
    for key, value in settings.items():
        command += ["--set", f"{key}={value}"]
    log = open(folder / "log", "w")
    process = subprocess.Popen(command, env=environment(), stdout=log, stderr=log, start_new_session=True)
    file = output / "rounds.jsonl"
    try:
        while process.poll() is None and (not file.exists() or len(file.read_text().splitlines()) < rounds + left_out):
            time.sleep(0.2)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    lines = file.read_text().splitlines() if file.exists() else []
    if len(lines) < left_out + 1:
        raise SystemExit((folder / "log").read_text()[-2000:])
    return [json.loads(line) for line in lines][left_out : left_out + rounds]


def heaps(file):
    """Largest heap in MiB before and after a collection, of a log of collections; 0 where there was none."""
    pauses = [(int(before), int(after)) for before, after in PAUSE.findall(file.read_text())]
    return {
        "heap": max((before for before, _ in pauses), default=0),
        "live": max((after for _, after in pauses), default=0),
    }


def parameters(preset):
    done = subprocess.run(
        [*java("1g"), "io.spikeformer.jobs.Main", "describe", "--preset", preset, "--json"],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    return json.loads(done.stdout[done.stdout.index("{") :])["parameters"]
