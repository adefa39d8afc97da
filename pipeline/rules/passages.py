"""Rules for passages across columns: a passage is a place of the kind it says, and its key names that place."""

import polars as pl

from fmdata.checks import row_rule, table_rule

LINE = pl.col("line_start").cast(pl.String).str.pad_start(3, "0")
# Where the sentence before, of the same line, ends.
END_BEFORE = pl.col("char_end").shift(1).over("source_id", "line_start", "_is_sentence", order_by="char_start")
SENTENCE = pl.concat_str(pl.lit("-s"), pl.col("sentence_number").cast(pl.String)).fill_null("")

CHECKS = [
    row_rule(
        "sentence_is_of_kind_sentence",
        pl.col("sentence_number").is_null() | (pl.col("kind") == "sentence"),
        "expected kind sentence where sentence_number is filled; leave the sentence of the extract blank or mend the ledger",
    ),
    row_rule(
        "only_paragraphs_have_sentences",
        pl.col("sentence_number").is_null() | (pl.col("_line_kind") == "paragraph"),
        "expected a blank sentence for a line that the ledger does not call a paragraph; clear the sentence or correct kind in lines.csv",
    ),
    row_rule(
        "lines_in_order",
        pl.col("line_start") <= pl.col("line_end"),
        "expected line_start on or before line_end",
    ),
    row_rule(
        "words_are_not_none",
        (pl.col("char_start") < pl.col("char_end")).fill_null(True),
        "expected char_start before char_end; run `fmdata anchor` with the captured text",
    ),
    table_rule(
        "sentences_do_not_overlap",
        pl.col("sentence_number").is_null() | (pl.col("char_start") >= END_BEFORE).fill_null(True),
        "expected each sentence to begin where the one before has ended; run `fmdata anchor` with the captured text",
    ),
    row_rule(
        "key_names_the_place",
        pl.col("passage_id") == pl.concat_str(pl.col("source_id"), pl.lit("-l"), LINE, SENTENCE),
        "expected <source>-l<line, three digits> with -s<sentence> where there is one; build keys with the macro passage_key",
    ),
]
