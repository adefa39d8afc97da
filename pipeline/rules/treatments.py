"""Rules for treatments across columns: stages, brands and the article's silence on a condition."""

import polars as pl

from fmdata.checks import row_rule, same_source, status_agrees

CHECKS = [
    row_rule(
        "experimental_has_no_brand",
        (pl.col("stage") != "experimental") | ~pl.col("_has_brands"),
        "expected no brand name on an experimental drug; correct the stage, or the label if the brand is not the article's",
    ),
    row_rule(
        "study_stage_names_its_study",
        ~pl.col("stage").is_in(("pilot_study", "animal_research")) | pl.col("study_id").is_not_null(),
        "expected a study_id beside stage pilot_study or animal_research; name the study, or choose another stage",
    ),
    status_agrees("indication_status", "indication_id"),
    row_rule(
        "class_was_found",
        pl.col("_class_label").is_null() | pl.col("drug_class_id").is_not_null(),
        "expected the class before the colon to be a known name; add it to raw/curation/entity_names.csv as written",
    ),
    same_source(
        "study_is_of_this_article",
        "_study_source_id",
        "_source_id",
        "expected a study of the article that the row is taken from; correct study_id, or enter the study in the article's own studies.csv",
    ),
]
