"""The figures the project promises, measured: medians of several runs, start-up as a ratio to the bare library.

Run with `make bench`; prints a Markdown table. Nothing here is a test: a slow machine is no defect.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import frictionless
import pandera
import polars

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


def median_seconds(command: list[str], runs: int, warm: bool = True) -> float:
    """The median wall time of a command; to warm the disk cache, one run before the first that counts."""
    seconds = []
    for _ in range(runs + warm):
        begun = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds[warm:])


def peak_megabytes(command: list[str]) -> float:
    """The most memory a command and the processes it starts held at one time, in MB: a sample each 10 ms (Linux)."""
    peak = 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_kilobytes, _family(process.pid))))
            time.sleep(0.01)
    return peak / 1024


def _family(process: int) -> list[int]:
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        children = []
    return [process, *(member for child in children for member in _family(int(child)))]


def _kilobytes(process: int) -> int:
    """A process's proportional set size: pages shared by several processes count once in their sum."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def main() -> None:
    """Measure and print."""
    click = median_seconds([sys.executable, "-c", "import click"], 9)
    help_ = median_seconds([str(BIN / "fmdata"), "--help"], 9)
    build = [str(BIN / "fmdata"), "build"]
    seconds = median_seconds(build, 5)
    versions = ", ".join(f"{m.__name__} {m.__version__}" for m in (duckdb, frictionless, pandera, polars))
    print(f"Python {platform.python_version()}, {versions}; {os.cpu_count()} cores.\n")
    print("| what | measured | promised |\n| --- | --- | --- |")
    print(f'| `python -c "import click"` | {click * 1000:.0f} ms | |')
    print(f"| `fmdata --help` | {help_ * 1000:.0f} ms, {help_ / click:.1f} times that | under 3 times |")
    print(f"| `fmdata build`, the real data, median of 5 | {seconds:.2f} s | under 3 s |")
    tests = median_seconds(["make", "test"], 1, warm=False)
    print(f"| `make test`, one run | {tests:.0f} s | under 180 s |")
    print(f"| the build's memory, all processes together | {peak_megabytes(build):.0f} MB | under 300 MB |")


if __name__ == "__main__":
    main()
