"""All that fmdata asks of an extract, in dataframely over one whole eager polars frame.

It is more than `dataframely_schema` asks: that texts are in Unicode form NFC and hold no control character, that a
spreadsheet takes none for a formula, and that numbers and truth values are written as the specification has them. A
frame that was read typed cannot tell, so the frame is text, and what is typed is cast once its form is known. Bare
quotes and line ends are left out: the reader does not tell of them.
"""

from __future__ import annotations

from collections import Counter

import dataframely as dy
import polars as pl
from contract import COLUMNS, project
from dataframely_schema import schema, tell_all
from frames import GROUPS, TYPES

TEXTS = ("record_id", "kind", "label", "doi", "group_id")
FORMS = {
    "value": r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$",
    "year": r"^[+-]?[0-9]+$",
    "reviewed": r"^(?:true|True|TRUE|1|false|False|FALSE|0)$",
}
CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x{9f}]"


class Texts(dy.Schema):
    """The records as text: what the typed frame no longer shows."""

    record_id = dy.String(nullable=True)
    kind = dy.String(nullable=True)
    value = dy.String(nullable=True, regex=FORMS["value"])
    year = dy.String(nullable=True, regex=FORMS["year"])
    label = dy.String(nullable=True)
    doi = dy.String(nullable=True)
    reviewed = dy.String(nullable=True, regex=FORMS["reviewed"])
    group_id = dy.String(nullable=True)

    @dy.rule()
    def no_control(cls) -> pl.Expr:
        return ~pl.any_horizontal(pl.col(*COLUMNS).str.contains(CONTROL).fill_null(False))

    @dy.rule()
    def normal_form(cls) -> pl.Expr:
        return pl.all_horizontal((pl.col(text) == pl.col(text).str.normalize("NFC")).fill_null(True) for text in TEXTS)

    @dy.rule()
    def no_formula(cls) -> pl.Expr:
        return ~pl.any_horizontal(pl.col(*TEXTS).str.contains(r"^[=+@\t-]").fill_null(False))


def main() -> None:
    """Check the project that the command line names."""
    records, groups = project()
    text = pl.read_csv(records, schema=dict.fromkeys(COLUMNS, pl.String()))
    sound, unsound = Texts.filter(text)
    found = Counter({"type": len(text) - len(sound)})
    assert sum(unsound.counts().values()) >= found["type"]
    true = pl.col("reviewed").str.to_lowercase().is_in(["true", "1"])
    typed = sound.with_columns(
        pl.col("value").cast(TYPES["value"]), pl.col("year").cast(TYPES["year"]), true.alias("reviewed")
    )
    _, failure = schema(pl.read_csv(groups, schema=GROUPS)["group_id"]).filter(typed)
    tell_all(found, failure.counts())


if __name__ == "__main__":
    main()
