"""What a Table Schema cannot say of entity_mappings: identifiers that fit, and statements that do not clash."""

import polars as pl

from fmdata.checks import row_rule, table_rule

# Where an exact match of a thing of this kind may come from; kinds not named here are free.
EXACT_SOURCES = {
    "brain_region": ("UBERON", "MESH"),
    "cell_type": ("CL", "MESH"),
    "condition": ("MONDO", "DOID", "MESH"),
    "drug": ("CHEBI", "RXNORM", "MESH"),
    "lipid_class": ("CHEBI", "MESH"),
    "organism": ("NCBITaxon", "MESH"),
    "tissue": ("UBERON", "MESH"),
}
EXACT = (pl.col("predicate_id") == "skos:exactMatch") & pl.col("predicate_modifier").is_null()
# A brand stands for itself: what is refused for it may well hold for the substance in it.
BRAND = pl.col("subject_label").str.ends_with("(brand)")
BEARER = pl.when(BRAND).then(pl.col("subject_label")).otherwise(pl.col("entity_id"))

CHECKS = [
    row_rule(
        "object_source_is_the_prefix",
        pl.col("object_id").str.extract(r"^([^:]+):", 1) == pl.col("object_source"),
        "expected the vocabulary that the identifier's prefix names; correct object_id",
    ),
    row_rule(
        "identifier_fits_its_vocabulary",
        pl.col("_identifier_fits"),
        "expected an identifier of the form in vocabularies.identifier_pattern; correct object_id or add the vocabulary",
    ),
    # Refused is what has the predicate_modifier Not; it must be stated for no other name of the same thing.
    table_rule(
        "refused_is_not_stated",
        pl.col("predicate_modifier").fill_null("").n_unique().over(BEARER, "predicate_id", "object_id") == 1,
        "expected a mapping either stated or refused; remove one of the two rows",
    ),
    table_rule(
        "subject_label_names_one_entity",
        pl.col("entity_id").n_unique().over("subject_label") == 1,
        "expected one entity for this subject_label; give all its rows the same entity_id",
    ),
    table_rule(
        "object_has_one_label",
        pl.col("object_label").n_unique().over("object_id", "object_source_version") == 1,
        "expected one label for one identifier of one version; copy the label from the vocabulary",
    ),
    row_rule(
        "exact_match_is_of_that_kind",
        ~EXACT
        | pl.all_horizontal(
            pl.col("_kind").ne_missing(pl.lit(kind)) | pl.col("object_source").is_in(sources)
            for kind, sources in EXACT_SOURCES.items()
        ),
        "expected an exact match from a vocabulary of this kind of thing; choose another identifier or a weaker predicate",
    ),
]
