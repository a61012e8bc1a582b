"""What the data benchmarks share: generated photographs, and the product's commands on a class path."""

import io
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def photographs(count):
    """JPEG files of 500 x 375 pixels: gradients, shapes and noise, as large as a photograph of this size."""
    import numpy  # only the benchmarks that draw images need it and Pillow
    from PIL import Image

    rng = numpy.random.default_rng(0)
    y, x = numpy.mgrid[0:375, 0:500]
    for _ in range(count):
        waves = [numpy.sin(x / rng.uniform(5, 60) + y / rng.uniform(5, 60) + rng.uniform(0, 6)) for _ in range(3)]
        image = 128 + 90 * numpy.stack(waves, -1) + rng.normal(0, 11, (375, 500, 3))
        file = io.BytesIO()
        Image.fromarray(image.clip(0, 255).astype(numpy.uint8)).save(file, "JPEG", quality=87)
        yield file.getvalue()


def class_folders(folder, count, classes=10):
    """COUNT files in class folders of FOLDER/train, hard links to 64 photographs."""
    originals = folder / "originals"
    originals.mkdir(parents=True)
    for i, data in enumerate(photographs(64)):
        (originals / f"{i}.jpg").write_bytes(data)
    for label in range(classes):
        (folder / "train" / f"class{label}").mkdir(parents=True)
    for i in range(count):
        os.link(originals / f"{i % 64}.jpg", folder / "train" / f"class{i % classes}" / f"{i:07d}.jpg")


def classpath():
    """SPIKEFORMER_CLASSPATH, or what the launcher has built."""
    given = os.environ.get("SPIKEFORMER_CLASSPATH")
    if given:
        return given
    without = {key: value for key, value in os.environ.items() if key != "SPARK_HOME"}  # its class path is another one
    subprocess.run([ROOT / "jobs/spikeformer", "--version"], check=True, stdout=subprocess.DEVNULL, env=without)
    launcher = ROOT / "jobs/target/launcher"
    return f"{launcher}/*:{(launcher / 'external.classpath').read_text().strip()}"


def java(heap, *options):
    """The beginning of a command line of the product."""
    found = os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
    return [found, f"@{ROOT / 'conf/jvm.options'}", f"-Xmx{heap}", *options, "-cp", classpath()]


def prepare(heap, local, source, output, shards, *options):
    """Command line of `prepare imagenet`; executors of a local-cluster have the same class path."""
    command = java(
        heap,
        f"-Dspark.local.dir={local}",
        f"-Dspark.executor.extraClassPath={classpath()}",
        f"-Dspark.executor.extraJavaOptions=@{ROOT / 'conf/jvm.options'}",
        "-Dspark.executor.memory=1g",
    )
    command += ["io.spikeformer.jobs.Main", "prepare", "imagenet", "--input", source, "--output", output]
    return command + ["--split", "train", "--shards", str(shards), "--json", *options]


def environment():
    """Spark without a distribution: executors of a local-cluster take the class path that they are given."""
    return dict(os.environ, SPARK_HOME=str(ROOT), SPARK_TESTING="1", SPARK_SCALA_VERSION="2.12", SPARK_LOCAL_IP="127.0.0.1")
