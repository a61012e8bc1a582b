"""What the averaging benchmarks share: rounds of the product's training whose local step is one small image."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

from datajobs import ROOT, class_folders, classpath, environment, java, prepare

CLASSES = 1000
VECTORS = 3  # parameters and LAMB's two moments
# a benchmark that is ended ends its executors and hosts too
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
PAUSE = re.compile(r"Pause .* (\d+)M->(\d+)M\(\d+M\)")
LEFT_OUT = 2  # rounds in which JVMs start and compile


def shards(folder, images=CLASSES, count=8):
    """The small images that `train` reads, of as many classes as the presets have, in COUNT shards."""
    class_folders(folder, images, CLASSES)
    subprocess.run(
        prepare("1g", folder / "local", folder / "train", folder / "shards", count, "--short-side", "64", "--master", "local[1]"),
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def settings(preset, workers, elastic=False):
    """Of a recipe whose step is one small image."""
    return {
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
        "averaging.elastic": str(elastic).lower(),
        "watch.silent-below": 0,
    }


def train(folder, preset, workers, rounds, memory, heap="3g", *options, left_out=LEFT_OUT, executors=None, further=None):
    """The measured rounds of a training that is stopped after them, as its rounds.jsonl has them.

    memory is of an executor's heap in MiB, heap the driver's; options are further ones of its JVM. The first left_out
    rounds are not returned. further has more settings of the recipe. With fewer executors than workers a round runs in
    waves. Each round's seconds have two more entries: the mean processor time that the driver's process took for one of
    them, and that of all processes together, driver and processors.
    """
    output = folder / "out"
    shutil.rmtree(output, ignore_errors=True)
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
    for key, value in {**settings(preset, workers, executors is not None), **(further or {})}.items():
        command += ["--set", f"{key}={value}"]
    log = open(folder / "log", "w")
    process = subprocess.Popen(command, env=environment(), stdout=log, stderr=log, start_new_session=True)
    file = output / "rounds.jsonl"
    spent = {}
    try:
        while process.poll() is None and max(spent, default=0) < rounds + left_out:
            time.sleep(0.2)
            finished = len(file.read_text().splitlines()) if file.exists() else 0
            if finished not in spent:
                spent[finished] = (processor(process.pid), processors(process.pid))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    lines = file.read_text().splitlines() if file.exists() else []
    if len(lines) < left_out + 1:
        raise SystemExit((folder / "log").read_text()[-2000:])
    counted = {finished: seconds for finished, seconds in spent.items() if finished >= left_out}
    first, last = min(counted), max(counted)
    driver, all_of_them = ((counted[last][i] - counted[first][i]) / max(1, last - first) for i in range(2))
    measured = [json.loads(line) for line in lines][left_out : left_out + rounds]
    for line in measured:
        line["seconds"]["driver"] = driver
        line["seconds"]["processors"] = all_of_them
    return measured


def processor(pid):
    """Seconds of processor time that a process has taken; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0.0
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def processors(session):
    """Seconds of processor time that the processes of a session have taken."""
    found = [pid for pid in os.listdir("/proc") if pid.isdigit() and session_of(pid) == session]
    return sum(processor(pid) for pid in found)


def session_of(pid):
    try:
        return os.getsid(int(pid))
    except OSError:
        return None


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
