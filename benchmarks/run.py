"""The figures the project promises, measured: medians of several runs, start-up as a ratio to the bare library.

Run with `make bench`; prints a Markdown table. Nothing here is a test: a slow machine is no defect.
"""

from __future__ import annotations

import os
import platform

import duckdb
import frictionless
import pandera
import polars
from commands import FMDATA, build
from measure import ROOT, median_seconds, peak_megabytes


def main() -> None:
    """Measure and print."""
    click = median_seconds([FMDATA[0], "-c", "import click"], 9)
    help_ = median_seconds([*FMDATA, "--help"], 9)
    building = build(ROOT)
    seconds = median_seconds(building, 5)
    versions = ", ".join(f"{m.__name__} {m.__version__}" for m in (duckdb, frictionless, pandera, polars))
    print(f"Python {platform.python_version()}, {versions}; {os.cpu_count()} cores.\n")
    print("| what | measured | promised |\n| --- | --- | --- |")
    print(f'| `python -c "import click"` | {click * 1000:.0f} ms | |')
    print(f"| `fmdata --help` | {help_ * 1000:.0f} ms, {help_ / click:.1f} times that | under 3 times |")
    print(f"| `fmdata build`, the real data, median of 5 | {seconds:.2f} s | under 3 s |")
    tests = median_seconds(["make", "test"], 1, warm=False)
    print(f"| `make test`, one run | {tests:.0f} s | under 300 s |")
    print(f"| the build's memory, all processes together | {peak_megabytes(building):.0f} MB | under 300 MB |")


if __name__ == "__main__":
    main()
