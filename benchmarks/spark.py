"""The local engine against Spark on the same machine, the same synthetic extracts: whole builds, medians of some runs.

    .venv-spark/bin/python benchmarks/spark.py [--sizes 1000000,10000000,50000000] [--runs 3] [--master local[2]]

Each run is a process of its own, both engines in turn. Both must come to the same content hash.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from synthetic import write_project


def build(root, *options):
    """Seconds that a build takes, and the content hash it prints."""
    start = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-m", "fmdata", "build", "--root", root, *options], capture_output=True, text=True
    )
    if told.returncode:
        raise SystemExit(told.stderr)
    content = next(line for line in told.stdout.splitlines() if line.startswith("content "))
    return time.perf_counter() - start, content


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", default="1000000,10000000,50000000", help="rows, separated by commas")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--master", default="local[2]")
    given = parser.parse_args()
    print(
        f"Spark {version('pyspark')} on {given.master}, duckdb {version('duckdb')}, Python {sys.version.split()[0]}\n"
    )
    print("| rows | local | Spark | ratio | local, a row | Spark, a row |")
    print("| --- " * 6 + "|")
    for size in map(int, given.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="fmdata-") as folder:
            root = Path(folder, "project")
            write_project(root, size)
            times = {"local": [], "spark": []}
            for _ in range(given.runs):
                local, expected = build(root, "--force")
                spark, found = build(root, "--engine", "spark", "--master", given.master)
                if found != expected:
                    raise SystemExit(f"{size} rows: {found} of Spark is not {expected}")
                times["local"].append(local)
                times["spark"].append(spark)
        one, other = (statistics.median(found) for found in times.values())
        each = f"{one / size * 1e6:.1f} µs | {other / size * 1e6:.1f} µs"
        print(f"| {size:,} | {one:.1f} s | {other:.1f} s | {other / one:.1f} | {each} |", flush=True)


if __name__ == "__main__":
    main()
