"""Wall time and peak memory of whole processes, with the processes they start."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
Command = Sequence[str | Path]
# As Python is used to, programs keep their bytecode.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: Command, code: int = 0) -> float:
    """The wall time of one run that must end with the exit code `code`; what it writes goes nowhere.

    Writing that earlier runs left to the system is finished first, so that nobody pays for another.
    """
    os.sync()
    begun = time.perf_counter()
    process = subprocess.run(command, cwd=ROOT, env=_ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    taken = time.perf_counter() - begun
    if process.returncode != code:
        sys.exit(f"{' '.join(map(str, command))}: exit code {process.returncode}, expected {code}.")
    return taken


def median_seconds(command: Command, runs: int, warm: bool = True) -> float:
    """The median wall time of a command; to warm the disk cache, one run before the first that counts."""
    taken = [seconds(command) for _ in range(runs + warm)]
    return statistics.median(taken[warm:])


def alternating_medians(
    commands: Mapping[str, Command], runs: int, codes: Mapping[str, int] | None = None
) -> dict[str, float]:
    """The median wall time of each command, by name: one run of each in turn, so that drift of the machine hits all.

    `codes` has the exit codes of those that do not end with 0.
    """
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(seconds(command, (codes or {}).get(name, 0)))
    return {name: statistics.median(times) for name, times in taken.items()}


def peak_megabytes(command: Command) -> float:
    """The most memory a command and the processes it starts held at one time, in MB: a sample each 10 ms (Linux)."""
    peak = 0
    with subprocess.Popen(
        command, cwd=ROOT, env=_ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_kilobytes, _family(process.pid))))
            time.sleep(0.01)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {process.returncode}, expected 0.")
    return peak / 1024


def _family(process: int) -> list[int]:
    try:
        tasks = [int(task.name) for task in Path(f"/proc/{process}/task").iterdir()]
    except OSError:
        tasks = []
    children = [child for task in tasks for child in _children(process, task)]
    return [process, *(member for child in children for member in _family(child))]


def _children(process: int, task: int) -> list[int]:
    """The processes that one thread started: each thread has its own."""
    try:
        return [int(child) for child in Path(f"/proc/{process}/task/{task}/children").read_text().split()]
    except OSError:
        return []


def _kilobytes(process: int) -> int:
    """A process's proportional set size: pages shared by several processes count once in their sum."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def memory_of_machine() -> int:
    """The machine's memory in GiB (Linux)."""
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
