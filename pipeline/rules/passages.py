"""Rules for passages across columns: a passage is a place of the kind it says, and its key names that place."""

import pandera.polars as pa
import polars as pl


def sentence_is_of_kind_sentence(data: pa.PolarsData) -> pl.LazyFrame:
    """A passage with a sentence number is a sentence."""
    return data.lazyframe.select(
        (pl.col("sentence_number").is_null() | (pl.col("kind") == "sentence")).fill_null(False)
    )


def only_paragraphs_have_sentences(data: pa.PolarsData) -> pl.LazyFrame:
    """Sentences are counted in paragraphs alone; other lines are pointed at whole."""
    return data.lazyframe.select(
        (pl.col("sentence_number").is_null() | (pl.col("_line_kind") == "paragraph")).fill_null(False)
    )


def lines_in_order(data: pa.PolarsData) -> pl.LazyFrame:
    """A passage does not end before it starts."""
    return data.lazyframe.select((pl.col("line_start") <= pl.col("line_end")).fill_null(False))


def key_names_the_place(data: pa.PolarsData) -> pl.LazyFrame:
    """The key is made of the source, the line and the sentence."""
    line = pl.col("line_start").cast(pl.String).str.pad_start(3, "0")
    sentence = pl.concat_str(pl.lit("-s"), pl.col("sentence_number").cast(pl.String)).fill_null("")
    key = pl.concat_str(pl.col("source_id"), pl.lit("-l"), line, sentence)
    return data.lazyframe.select((pl.col("passage_id") == key).fill_null(False))


CHECKS = [
    pa.Check(
        sentence_is_of_kind_sentence,
        name="sentence_is_of_kind_sentence",
        error=(
            "expected kind sentence where sentence_number is filled; leave the sentence of the extract blank or "
            "mend the ledger"
        ),
    ),
    pa.Check(
        only_paragraphs_have_sentences,
        name="only_paragraphs_have_sentences",
        error=(
            "expected a blank sentence for a line that the ledger does not call a paragraph; clear the sentence "
            "or correct kind in lines.csv"
        ),
    ),
    pa.Check(
        lines_in_order,
        name="lines_in_order",
        error="expected line_start on or before line_end",
    ),
    pa.Check(
        key_names_the_place,
        name="key_names_the_place",
        error=(
            "expected <source>-l<line, three digits> with -s<sentence> where there is one; build keys with the "
            "macro passage_key"
        ),
    ),
]
