"""What is promised about large extracts, section by section: each measures, prints its figures, and judges."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from commands import build, check, checkers, disagreements, peer
from measure import Command, alternating_medians, median_seconds, peak_megabytes, seconds
from synthetic import write_project

# A command that is expected to take more seconds than this, from the size before, runs once; than that, not at all.
ONCE, NEVER = 20.0, 300.0
# How many times our time the peers take at least that ask all we ask; the others are there to compare with.
LEADS = {"DuckDB SQL, all that ours asks": 1, "dataframely, all that ours asks": 1, "frictionless": 30}


@dataclass(frozen=True)
class Verdict:
    """One promise beside what was measured."""

    what: str
    measured: str
    promised: str
    kept: bool


@dataclass
class Bench:
    """The projects of one run of the benchmarks, below `folder`; the `sizes` in rows, ascending; `runs` to a median."""

    folder: Path
    sizes: list[int]
    runs: int
    thrice: bool = False
    made: dict[tuple[int, int, int], Path] = field(default_factory=dict)

    @property
    def largest(self) -> int:
        """The rows of the largest size."""
        return self.sizes[-1]

    def project(self, rows: int, faults: int = 0, folders: int = 1) -> Path:
        """A synthetic project, made when it is first asked for."""
        key = (rows, faults, folders)
        if key not in self.made:
            self.made[key] = self.folder / "-".join(map(str, key))
            write_project(self.made[key], *key)
        return self.made[key]


def checking(bench: Bench) -> Iterator[Verdict]:
    """Our check against the peers' at each size, once all have found the same faults."""
    planted = write_project(bench.folder / "faulty", 20_000, 1_003)
    if differing := disagreements(bench.folder / "faulty", planted):
        raise SystemExit("\n".join(differing))
    told = ", ".join(f"{count} {rule}" for rule, count in planted.items())
    print(f"Everybody finds the {sum(planted.values()):,} faults planted in 20,000 rows: {told}.\n")
    taken: dict[int, dict[str, float]] = {}
    known: dict[str, float] = {}
    for before, rows in pairwise([bench.sizes[0], *bench.sizes]):
        expected = {name: time * rows / before for name, time in known.items()}
        taken[rows] = _times(checkers(bench.project(rows)), expected, bench.runs)
        known = expected | taken[rows]
    names = list(checkers(bench.folder))
    table = [[name, *(_beside(taken[rows], name) for rows in bench.sizes)] for name in names]
    _print(["check", *(f"{rows:,} rows" for rows in bench.sizes)], table)
    print(
        f"What was expected to take over {ONCE:.0f} s, by the size before, ran once; over {NEVER:.0f} s, not at all.\n"
    )
    for name, wanted in LEADS.items():
        for rows in [rows for rows in bench.sizes if name in taken[rows]]:
            lead = taken[rows][name] / taken[rows]["fmdata"]
            what = f"{name}'s time to check {rows:,} rows, to ours"
            yield Verdict(what, f"{lead:.2f}", f"{wanted} or more", lead >= wanted)


def _times(commands: dict[str, Command], expected: dict[str, float], runs: int) -> dict[str, float]:
    """Medians by name; a command that is `expected` to be slow runs once, a very slow peer is left out."""
    expected = expected | {"fmdata": min(expected.get("fmdata", 0), NEVER)}
    quick = {name: command for name, command in commands.items() if expected.get(name, 0) <= ONCE}
    slow = {name: command for name, command in commands.items() if ONCE < expected.get(name, 0) <= NEVER}
    return alternating_medians(quick, runs) | alternating_medians(slow, 1)


def building(bench: Bench) -> Iterator[Verdict]:
    """Our build against the bare one at each size."""
    table = []
    for rows in bench.sizes:
        root = bench.project(rows)
        taken = alternating_medians({"ours": build(root), "bare": peer("duckdb_bare", root)}, bench.runs)
        ratio = taken["ours"] / taken["bare"]
        table.append([f"{rows:,} rows", f"{taken['ours']:.2f} s", f"{taken['bare']:.2f} s", f"{ratio:.2f}"])
        yield Verdict(f"build's time to bare DuckDB's, {rows:,} rows", f"{ratio:.2f}", "2 or less", ratio <= 2)
    _print(["build", "fmdata", "bare DuckDB", "ratio"], table)


def memory(bench: Bench) -> Iterator[Verdict]:
    """The peak of a build at the largest size and, if asked for, at three times that."""
    peak = peak_megabytes(build(bench.project(bench.largest)))
    what = f"build's peak memory, {bench.largest:,} rows"
    yield Verdict(what, f"{peak:,.0f} MB", "under 1,500 MB", peak < 1_500)
    if bench.thrice:
        rows = 3 * bench.largest
        more = peak_megabytes(build(bench.project(rows))) / peak - 1
        yield Verdict(f"more of it at {rows:,} rows", f"{more:+.0%}", "under +10%", more < 0.1)


def growth(bench: Bench) -> Iterator[Verdict]:
    """The time a row takes at the largest size to that at the size before."""
    if len(bench.sizes) < 2:
        return
    less, more = bench.sizes[-2:]
    for name, command in (("check", check), ("build", build)):
        commands = {str(rows): command(bench.project(rows)) for rows in (less, more)}
        taken = alternating_medians(commands, bench.runs)
        ratio = (taken[str(more)] / more) / (taken[str(less)] / less)
        what = f"{name}'s time a row, {more:,} rows to {less:,}"
        yield Verdict(what, f"{ratio:.2f}", "1.3 or less", ratio <= 1.3)


def faults(bench: Bench) -> Iterator[Verdict]:
    """A check of the largest size with a million faults, or one row in ten, to one without."""
    number = min(1_000_000, bench.largest // 10)
    commands = {
        "clean": check(bench.project(bench.largest)),
        "faulty": check(bench.project(bench.largest, number)),
    }
    taken = alternating_medians(commands, bench.runs, {"faulty": 1})
    ratio = taken["faulty"] / taken["clean"]
    what = f"check's time with {number:,} faults to none, {bench.largest:,} rows"
    yield Verdict(what, f"{ratio:.2f} ({taken['faulty']:.1f} s)", "2 or less", ratio <= 2)


def folders(bench: Bench) -> Iterator[Verdict]:
    """A build of many source folders of 20 rows each to one of the same rows in one folder."""
    number = min(10_000, bench.largest // 20)
    rows = 20 * number
    commands = {"one": build(bench.project(rows)), "many": build(bench.project(rows, folders=number))}
    taken = alternating_medians(commands, bench.runs)
    ratio = taken["many"] / taken["one"]
    what = f"build's time, {number:,} folders of 20 rows to one folder"
    yield Verdict(what, f"{ratio:.2f} ({taken['many']:.1f} s)", "2 or less", ratio <= 2)


def unchanged(bench: Bench) -> Iterator[Verdict]:
    """A build of the largest size that has nothing to do."""
    root = bench.project(bench.largest)
    if not (root / "dist/latest").exists():
        seconds(build(root))
    taken = median_seconds(build(root, force=False), bench.runs, warm=False)
    yield Verdict(f"an unchanged build, {bench.largest:,} rows", f"{taken:.2f} s", "under 0.5 s", taken < 0.5)


SECTIONS: dict[str, Callable[[Bench], Iterator[Verdict]]] = {
    section.__name__: section for section in (checking, building, memory, growth, faults, folders, unchanged)
}


def judge(sections: Sequence[str], sizes: list[int], runs: int, folder: Path | None, thrice: bool) -> list[Verdict]:
    """Measure the sections one after the other in a temporary folder below `folder`, and print how all went."""
    with tempfile.TemporaryDirectory(prefix="fmdata-bench-", dir=folder) as aside:
        bench = Bench(Path(aside), sorted(sizes), runs, thrice)
        verdicts = [verdict for section in sections for verdict in SECTIONS[section](bench)]
    _print(
        ["what", "measured", "promised", ""],
        [[v.what, v.measured, v.promised, "kept" if v.kept else "NOT KEPT"] for v in verdicts],
    )
    return verdicts


def _beside(taken: dict[str, float], name: str) -> str:
    """A time, and how many times ours it is."""
    if name not in taken:
        return "not run"
    ratio = "" if name == "fmdata" else f", {taken[name] / taken['fmdata']:.2f} times ours"
    return f"{taken[name]:.2f} s{ratio}"


def _print(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table."""
    for row in (header, ["---"] * len(header), *rows):
        print(f"| {' | '.join(row)} |")
    print(flush=True)
