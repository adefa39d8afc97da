"""What is promised about large extracts, measured beside the peers and judged; prints Markdown.

    python benchmarks/scale.py [--sizes 100000,1000000,10000000] [--runs 3] [--folder F] [--only SECTION,…] [--memory]

A size is a number of rows of about 100 bytes. Where nothing else is said, a figure is the median wall time of whole
processes, run in turn so that a drift of the machine's speed hits all alike. The largest size takes some 10 GB on disk.
"""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path

from commands import PEERS_PYTHON, versions
from measure import memory_of_machine
from sections import SECTIONS, judge


def main() -> None:
    """Measure what the command line asks for, and print."""
    given = _arguments()
    if not PEERS_PYTHON.exists():
        raise SystemExit(f"{PEERS_PYTHON}: not there; the peers live in an environment of their own. Run make bench.")
    machine = f"{os.cpu_count()} cores and {memory_of_machine()} GiB"
    print(f"{machine}, Python {platform.python_version()}; {versions()}. Medians of {given.runs} runs.\n", flush=True)
    judge(given.only, given.sizes, given.runs, given.folder, given.memory)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure large extracts.")
    parser.add_argument("--sizes", type=_sizes, default=[100_000, 1_000_000, 10_000_000], help="rows, with commas")
    parser.add_argument("--runs", type=int, default=3, help="how many a median is of")
    parser.add_argument("--folder", type=Path, help="where to make the projects; default: the temporary folder")
    parser.add_argument("--only", type=_sections, default=list(SECTIONS), help=f"out of {','.join(SECTIONS)}")
    parser.add_argument("--memory", action="store_true", help="also three times the largest size, for its memory")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return sorted(int(size) for size in text.split(","))


def _sections(text: str) -> list[str]:
    wanted = text.split(",")
    if unknown := set(wanted) - SECTIONS.keys():
        raise argparse.ArgumentTypeError(f"no such section: {', '.join(sorted(unknown))}")
    return wanted


if __name__ == "__main__":
    main()
