"""A session of Spark, or a clear word why there is none."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
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
# Of the memory of this machine, Java may have one part of so many where it does the workers' work: they have the rest.
_PART = 4
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
    # Nobody looks at what is kept of jobs that have ended.
    "spark.ui.retainedJobs": "50",
    "spark.ui.retainedStages": "50",
    "spark.ui.retainedTasks": "1000",
    "spark.sql.ui.retainedExecutions": "50",
    # Workers have one processor each.
    "spark.executorEnv.POLARS_MAX_THREADS": "1",
    "spark.executorEnv.OPENBLAS_NUM_THREADS": "1",
    # A part that is tried twice at once is written twice, one of them for nothing.
    "spark.speculation": "false",
}


def expect_spark(master: str) -> None:
    """Raise `FmdataError` where PySpark or Java is missing or too old, or a master of Spark does not answer."""
    if missing := [package for package in ("pyspark", "pyarrow", "pandas", "sqlglot") if not find_spec(package)]:
        found = f"--engine spark needs {', '.join(missing)}, not installed here"
        raise FmdataError(f"{found}. Install it with: pip install 'fmdata[spark]'")
    _expect_java()
    _expect_reachable(master)


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """A session on `master`, as Spark names it, for which all is there that `expect_spark` expects.

    What Spark's own files of settings say is kept, but for what the build rests on. Raises `FmdataError` where it does
    not start.
    """
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    from fmdata.spark.storage import cause

    # Workers on this machine run the Python that runs here, with what is installed for it.
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        # Spark itself would take 1 GB, and its settings go before this.
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        os.environ.setdefault("SPARK_DRIVER_MEMORY", f"{max(physical // _PART >> 20, 1024)}m")
        master = re.sub(r"^local(?:\[([^],]+)\])?$", lambda found: f"local[{found[1] or 1},{_TRIES}]", master)
    settings = SparkConf().setMaster(master).setAppName("fmdata").setAll(list(_SETTINGS.items()))
    settings.set("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}")
    # What Java prints of itself is nothing to whoever builds, unless it does not start.
    with tempfile.TemporaryFile("w+") as printed:
        try:
            gateway = launch_gateway(settings, {"stderr": printed})
            context = SparkContext(conf=settings, gateway=gateway)
        except Exception as error:
            printed.seek(0)
            said = [line for line in printed.read().splitlines() if "rror" in line or "xception" in line]
            raise FmdataError(f"Spark does not start on {master}: {[*said, cause(error)][0]}") from None
        try:
            yield SparkSession(context)
        finally:
            context.stop()


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
