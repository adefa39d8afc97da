"""What a worker does with rows that a SELECT gives: it types, corrects and checks them with the local engine's code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import duckdb
import pandera.polars as pandera
import polars as pl
import pyarrow as pa

from fmdata.casts import cast
from fmdata.checks import RowChecks, as_they_are
from fmdata.contract import Resource
from fmdata.contract.types import carried_values, storage
from fmdata.corrections import Correction, correct
from fmdata.errors import Failure, FmdataError
from fmdata.exchange import frame
from fmdata.provenance import row_key
from fmdata.spark.gathering import database
from fmdata.spark.kinds import arrow_kind, carried, spark_kind
from fmdata.spark.shapes import ERROR, GIVEN, ROWS, TOLD, as_frame, told_as_arrow
from fmdata.spark.texts import quoted
from fmdata.sql import count, name

# What workers tell of rows that were made, beside `ROWS`, what is no value: which corrections they had the row of, and
# what is wrong with these; what rows break, and why a rule does not run.
SEEN, MISCORRECTED, BROKEN, NO_RULE = "seen", "miscorrected", "broken", "no rule"


@dataclass(frozen=True)
class Making:
    """How the rows of a table are made of what its SELECT gives, whose columns have the types `selected`.

    `checks` are the project's own rules that look at one row. A key that the SELECT gives as another type than the
    contract orders rows as it was given: so it is kept, beside the fields.
    """

    resource: Resource
    selected: Mapping[str, str]
    checks: list[pandera.Check]
    corrections: list[Correction]
    by: tuple[str, ...] = ()

    @property
    def order(self) -> list[str]:
        """The columns by which rows are ordered: `by` those, or as `tables.select` orders them."""
        order = self.by or ("_file", "_line", *self.resource.primary_key)
        return [self._as_given(column) for column in order]

    def _as_given(self, column: str) -> str:
        typed = column in self.resource.names() and storage(self.resource.field(column))
        return f"{GIVEN}{column}" if typed and typed != self.selected[column] else column

    @property
    def columns(self) -> dict[str, str]:
        """The columns of the rows with their types: the fields, the working columns, the keys as they were given."""
        fields = {field.name: storage(field) for field in self.resource.fields}
        working = {column: kind for column, kind in self.selected.items() if column.startswith("_")}
        keys = {key: self.selected[key.removeprefix(GIVEN)] for key in self.order if key.startswith(GIVEN)}
        return fields | working | keys

    def spark_schema(self) -> str:
        """The same for Spark, with what is told instead of a row."""
        kinds = {column: spark_kind(kind) for column, kind in self.columns.items()}
        kinds |= {column: kind for column, (_, kind) in TOLD.items()}
        return ", ".join(f"{quoted(column)} {kind}" for column, kind in kinds.items())

    def arrow_schema(self) -> pa.Schema:
        """The same for Arrow."""
        told = [(column, kind) for column, (kind, _) in TOLD.items()]
        return pa.schema([*((column, arrow_kind(kind)) for column, kind in self.columns.items()), *told])


def made(making: Making) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """For batches of what the SELECT gives: the table's rows, or what is told of them."""

    def make(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        schema = making.arrow_schema()
        with database() as con:
            for batch in batches:
                if len(batch):
                    try:
                        yield from _made(con, making, batch, schema)
                    except FmdataError as error:
                        yield told_as_arrow(ERROR, as_frame([Failure("", rule="error", found=str(error))]), schema)

    return make


def _made(
    con: duckdb.DuckDBPyConnection, making: Making, batch: pa.RecordBatch, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    resource = making.resource
    source, target = f"selected.{name(resource.name)}", f"main.{name(resource.name)}"
    con.register("given", pa.Table.from_batches([batch]))
    values = ", ".join(f"CAST({name(column)} AS {kind}) AS {name(column)}" for column, kind in making.selected.items())
    con.execute(f"CREATE OR REPLACE TABLE {source} AS SELECT {values} FROM given")
    con.execute(f"DROP TABLE IF EXISTS {target}")
    for told in cast(con, source, target, resource):
        yield told_as_arrow(ROWS, told, schema)
    for one in making.corrections:
        if con.execute(f"SELECT 1 FROM {target} WHERE {row_key(resource)} = $1 LIMIT 1", [one.key]).fetchall():
            yield told_as_arrow(SEEN, as_frame([Failure(one.file, one.line)]), schema)
            if wrong := correct(con, resource, [one]):
                yield told_as_arrow(MISCORRECTED, as_frame(wrong), schema)
    working = "".join(f", {name(column)}" for column in making.selected if column.startswith("_"))
    # Some thousands of rows come at a time, in the order in which they were given.
    rows = frame(con.sql(f"SELECT {carried_values(resource.fields)}{working} FROM {target} ORDER BY rowid"))
    try:
        for told in _broken(resource, making.checks, rows):
            yield told_as_arrow(BROKEN, told, schema)
    except FmdataError as error:
        yield told_as_arrow(NO_RULE, as_frame([Failure("", rule="error", found=str(error))]), schema)
    yield _as_arrow(con, making, schema)


def _broken(resource: Resource, checks: list[pandera.Check], rows: pl.DataFrame) -> list[pl.DataFrame]:
    rules = RowChecks(resource, checks)
    broken = rules.broken(rows, as_they_are)
    return rules.told(broken, as_they_are) if len(broken) else []


def _as_arrow(con: duckdb.DuckDBPyConnection, making: Making, schema: pa.Schema) -> pa.RecordBatch:
    """The rows that were made."""
    source, target = f"selected.{name(making.resource.name)}", f"main.{name(making.resource.name)}"
    cells = []
    for column, kind in making.columns.items():
        value = f"s.{name(column.removeprefix(GIVEN))}" if column.startswith(GIVEN) else f"m.{name(column)}"
        cells.append(f"CAST({value} AS {carried(kind)}) AS {name(column)}")
    joined = f"{target} AS m JOIN {source} AS s ON s.rowid = m.rowid"
    found = con.sql(f"SELECT {', '.join(cells)} FROM {joined} ORDER BY m.rowid").to_arrow_table()
    nothing = pa.nulls(count(con, target))
    cells_ = [found[column] if column in making.columns else nothing for column in schema.names]
    table = pa.table(cells_, names=schema.names).cast(schema).combine_chunks()
    return table.to_batches()[0]
