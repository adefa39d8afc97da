"""Rules for treatments across columns: stages, brands and the article's silence on a condition."""

import pandera.polars as pa
import polars as pl

# Stages that are a study's: the row has to say which study.
STUDY_STAGES = ["pilot_study", "animal_research"]


def experimental_has_no_brand(data: pa.PolarsData) -> pl.LazyFrame:
    """An experimental drug is not on the market: no brand name may stand in its label."""
    return data.lazyframe.select(((pl.col("stage") != "experimental") | ~pl.col("_has_brands")).fill_null(False))


def study_stage_names_its_study(data: pa.PolarsData) -> pl.LazyFrame:
    """A pilot study or animal research points at a study."""
    return data.lazyframe.select(
        (~pl.col("stage").is_in(STUDY_STAGES) | pl.col("study_id").is_not_null()).fill_null(False)
    )


def indication_status_is_true(data: pa.PolarsData) -> pl.LazyFrame:
    """The status says `reported` exactly where a condition stands."""
    return data.lazyframe.select(
        ((pl.col("indication_status") == "reported") == pl.col("indication_id").is_not_null()).fill_null(False)
    )


def class_was_found(data: pa.PolarsData) -> pl.LazyFrame:
    """A class written before the colon of a list resolves to an entity."""
    return data.lazyframe.select(pl.col("_class_label").is_null() | pl.col("drug_class_id").is_not_null())


CHECKS = [
    pa.Check(
        experimental_has_no_brand,
        name="experimental_has_no_brand",
        error="expected no brand name on an experimental drug; correct the stage, or the label if the brand is not the article's",
    ),
    pa.Check(
        study_stage_names_its_study,
        name="study_stage_names_its_study",
        error="expected a study_id beside stage pilot_study or animal_research; name the study, or choose another stage",
    ),
    pa.Check(
        indication_status_is_true,
        name="indication_status_is_true",
        error="expected indication_status `reported` where indication_id is filled and another status where it is blank; correct one of the two",
    ),
    pa.Check(
        class_was_found,
        name="class_was_found",
        error="expected the class before the colon to be a known name; add it to raw/curation/entity_names.csv as written",
    ),
]
