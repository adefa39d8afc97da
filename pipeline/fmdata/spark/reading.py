"""The extracts of a resource as Spark reads them: whole files, splits of large ones, or these put together again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from itertools import groupby
from operator import itemgetter
from urllib.parse import unquote

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from fmdata.errors import Failure, FmdataError, raise_if
from fmdata.extracts import RAW, Extract
from fmdata.extracts.unpack import FORMS, suffix
from fmdata.spark.lanes import Split, in_splits, put_together, whole
from fmdata.spark.mapping import mapped
from fmdata.spark.shapes import spark_schema
from fmdata.spark.storage import File, Folder
from fmdata.spark.worker import Task

# Files of more bytes are read in splits. A worker holds so many bytes, and as many again while it hands them on.
WHOLE = 32 << 20
# What is read whole in any case may have so many.
_MOST = 1 << 30
_FEED, _QUOTE = "0A", "22"


def files_of(raw: Folder) -> dict[str, File]:
    """The files below the folder of the extracts, by their paths in the project."""
    return {f"{RAW}/{file.path}": file for file in raw.files()}


def taken_in(spark: SparkSession, raw: Folder, extract: Extract, there: Mapping[str, File], task: Task) -> DataFrame:
    """The typed rows of an extract with their places, and what is told of it; nothing is read yet.

    But for large files: their lines are counted. Raises `CheckError` for a file that is too large to be read whole.
    """
    large = [f for f in extract.files if there[f].size > WHOLE]
    packed = [f for f in large if suffix(f) != ".csv"]
    raise_if([_too_large(file) for file in packed if there[file].size > _MOST])
    lanes = []
    small = [f for f in extract.files if f not in large or f in packed]
    if small:
        lanes.append(_whole(spark, raw, small, task))
    if plain := [f for f in large if f not in packed]:
        splits, broken = _splits(spark, raw, plain, there)
        if sound := [file for file in plain if file not in broken]:
            lines = _lines(spark, raw, sound).select("split", "line")
            lanes.append(mapped(lines, in_splits(task, splits), spark_schema(extract.resource)))
        if broken:
            lanes.append(_together(spark, raw, sorted(broken), there, task, splits))
    if not lanes:
        return spark.createDataFrame([], spark_schema(extract.resource))
    return reduce(DataFrame.unionByName, lanes)


def again(spark: SparkSession, raw: Folder, files: Iterable[str], there: Mapping[str, File], task: Task) -> DataFrame:
    """The same of large files whose bytes are in doubt, each looked at as a whole: what is wrong with them is told."""
    doubted = sorted(files)
    splits, _ = _splits(spark, raw, doubted, there)
    return _together(spark, raw, doubted, there, task, splits)


def _whole(spark: SparkSession, raw: Folder, files: list[str], task: Task) -> DataFrame:
    urls = [_url(raw, file) for file in files]
    path = F.concat(F.lit(RAW), F.expr(f"substring(path, {len(raw.url) + 1})"))
    read = spark.read.format("binaryFile").load(urls).select(path.alias("file"), "content")
    return mapped(read, whole(task), spark_schema(task.resource))


def _lines(spark: SparkSession, raw: Folder, files: list[str]) -> DataFrame:
    """Lines with their line feeds: the number that calls their split, its file and start, and the line's bytes."""
    place = F.col("_metadata.file_path").alias("path"), F.col("_metadata.file_block_start").alias("start")
    read = spark.read.option("lineSep", "\n").text([_url(raw, file) for file in files])
    line = F.expr(f"concat(CAST(value AS BINARY), X'{_FEED}')").alias("line")
    return read.select(*place, F.xxhash64(*place).alias("split"), line)


def _splits(
    spark: SparkSession, raw: Folder, files: list[str], there: Mapping[str, File]
) -> tuple[dict[int, Split], set[str]]:
    """The splits of large files, by the number that calls them; and the files that must be put together again.

    These have a quoted cell that runs from one split into the next, or bytes that a reader of lines does not give back.
    """
    quotes = f"octet_length(line) - octet_length(replace(CAST(line AS STRING), CAST(X'{_QUOTE}' AS STRING)))"
    measured = (
        _lines(spark, raw, files)
        .groupBy("path", "start", "split")
        .agg(F.count("*").alias("lines"), F.sum(F.octet_length("line")), F.sum(F.expr(quotes)))
        .collect()
    )
    found: dict[int, Split] = {}
    broken: set[str] = set()
    named = sorted((_shown(raw, row[0]), *row[1:]) for row in measured)
    for file, parts in groupby(named, itemgetter(0)):
        line, size, quoted = 1, 0, 0
        for _, start, split, lines, length, signs in parts:
            if quoted % 2:
                broken.add(file)
            found[split] = Split(file, start, line)
            line, size, quoted = line + lines, size + length, quoted + signs
        if size != there[file].size:
            broken.add(file)
    if len(found) < len(named):
        raise FmdataError(f"{RAW}/: two splits of large files have one number. Rename one of the files.")
    return found, broken


def _together(
    spark: SparkSession,
    raw: Folder,
    files: list[str],
    there: Mapping[str, File],
    task: Task,
    splits: dict[int, Split],
) -> DataFrame:
    ordered = (
        _lines(spark, raw, files)
        .withColumn("nth", F.monotonically_increasing_id())
        .repartition(len(files), "path")
        .sortWithinPartitions("path", "start", "nth")
        .select("split", "line")
    )
    sizes = {file: there[file].size for file in files}
    return mapped(ordered, put_together(task, splits, sizes), spark_schema(task.resource))


def _url(raw: Folder, file: str) -> str:
    return raw.file_url(file.removeprefix(f"{RAW}/"))


def _shown(raw: Folder, path: str) -> str:
    """A file's path in the project, by its URL as Spark tells it of lines: with escapes."""
    return RAW + unquote(path).removeprefix(raw.url)


def _too_large(file: str) -> Failure:
    found = f"a compressed or columnar file of more than {_MOST:,} bytes, which one worker would have to hold"
    return Failure(file, rule="compression", found=found, expected=f"{FORMS['.csv']}, or smaller files")
