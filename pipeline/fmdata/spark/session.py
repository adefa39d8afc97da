"""A session of Spark, or a clear word why there is none."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fmdata.errors import FmdataError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What Spark 4 runs on.
_JAVA = 17
_INSTALL = "On Debian and Ubuntu: apt-get install default-jre-headless"
_LOGGING = Path(__file__).parent / "log4j2.properties"
# Times a part is tried before the run is given up, where the master does not say.
_TRIES = 4
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timeType.enabled": "true",
    # Workers are given some rows at a time, however long these are.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.sql.execution.arrow.maxBytesPerBatch": str(32 << 20),
    # Many small files are read together.
    "spark.sql.files.openCostInBytes": str(256 << 10),
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Without files of its own check sums beside those it is asked for.
    "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
    # Workers have one processor each.
    "spark.executorEnv.POLARS_MAX_THREADS": "1",
    "spark.executorEnv.OPENBLAS_NUM_THREADS": "1",
    # A part that is tried twice at once is written twice, one of them for nothing.
    "spark.speculation": "false",
}


@contextmanager
def session(master: str | None) -> Iterator[SparkSession]:
    """A session on `master`, as Spark names it; without one, on all processors of this machine.

    What Spark's own files of settings say is kept, but for what the build rests on. Raises `FmdataError` where PySpark
    or Java is missing or too old, or the master cannot be reached.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise FmdataError(
            "--engine spark needs PySpark, which is not installed here. Install it with: pip install 'fmdata[spark]'"
        ) from None
    _expect_java()
    master = master or "local[*]"
    _expect_reachable(master)
    # Workers on this machine run the Python that runs here, with what is installed for it.
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        master = re.sub(r"^local(?:\[([^],]+)\])?$", lambda found: f"local[{found[1] or 1},{_TRIES}]", master)
    builder = SparkSession.builder.master(master).appName("fmdata")
    for setting, value in _SETTINGS.items():
        builder = builder.config(setting, value)
    builder = builder.config("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}")
    try:
        spark = builder.getOrCreate()
    except Exception as error:
        raise FmdataError(f"Spark does not start on {master}: {_first_line(error)}") from None
    try:
        yield spark
    finally:
        spark.stop()


def _expect_java() -> None:
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    try:
        told = subprocess.run([java or "java", "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError):
        where = f"in JAVA_HOME ({home})" if home else "on the path"
        raise FmdataError(f"there is no Java {where}; Spark needs Java {_JAVA} or newer. {_INSTALL}") from None
    found = re.search(r'version "(?:1\.)?([0-9]+)', told)
    if found is None or int(found[1]) < _JAVA:
        version = found[1] if found else told.strip().partition("\n")[0]
        raise FmdataError(f"found Java {version}; Spark needs Java {_JAVA} or newer. {_INSTALL}")


def _expect_reachable(master: str) -> None:
    """Raise `FmdataError` for a standalone master that nobody answers at: Spark itself would wait for minutes."""
    if not master.startswith("spark://"):
        if not re.fullmatch(r"local(\[.*\])?|yarn|k8s://.*", master):
            raise FmdataError(f"--master {master}: no master of Spark; expected local[4], spark://host:7077, yarn, …")
        return
    heard = []
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
        except (OSError, ValueError) as error:
            heard.append(f"{place} ({error})")
        else:
            return
    raise FmdataError(f"--master {master}: no answer from {', '.join(heard)}. Is the master running?")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
