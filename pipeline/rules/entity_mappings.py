"""What a Table Schema cannot say of entity_mappings: identifiers that fit, and statements that do not clash."""

import pandera.polars as pa
import polars as pl

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


def object_source_is_the_prefix(data: pa.PolarsData) -> pl.LazyFrame:
    """The vocabulary is the one the identifier's prefix names."""
    prefix = pl.col("object_id").str.extract(r"^([^:]+):", 1)
    return data.lazyframe.select((prefix == pl.col("object_source")).fill_null(False).alias("fine"))


def identifier_fits_its_vocabulary(data: pa.PolarsData) -> pl.LazyFrame:
    """The identifier has the form its vocabulary gives identifiers (vocabularies.identifier_pattern)."""
    return data.lazyframe.select(pl.col("_identifier_fits").fill_null(False).alias("fine"))


def refused_is_not_stated(data: pa.PolarsData) -> pl.LazyFrame:
    """What is refused (predicate_modifier Not) is not stated as well, for any name of the same thing.

    A brand stands for itself: what is refused for it may well hold for the substance in it.
    """
    brand = pl.col("subject_label").str.ends_with("(brand)")
    bearer = pl.when(brand).then(pl.col("subject_label")).otherwise(pl.col("entity_id"))
    modifiers = pl.col("predicate_modifier").fill_null("").n_unique().over(bearer, "predicate_id", "object_id")
    return data.lazyframe.select((modifiers == 1).alias("fine"))


def subject_label_names_one_entity(data: pa.PolarsData) -> pl.LazyFrame:
    """A name that was mapped belongs to one entity in all its rows."""
    entities = pl.col("entity_id").n_unique().over("subject_label")
    return data.lazyframe.select((entities == 1).alias("fine"))


def object_has_one_label(data: pa.PolarsData) -> pl.LazyFrame:
    """One identifier of one version of a vocabulary has one label."""
    labels = pl.col("object_label").n_unique().over(["object_id", "object_source_version"])
    return data.lazyframe.select((labels == 1).alias("fine"))


def exact_match_is_of_that_kind(data: pa.PolarsData) -> pl.LazyFrame:
    """An exact match of a brain region is found in an anatomy, of a cell in a cell vocabulary, and so on."""
    exact = (pl.col("predicate_id") == "skos:exactMatch") & pl.col("predicate_modifier").is_null()
    fits = pl.lit(True)
    for kind, sources in EXACT_SOURCES.items():
        fits = fits & ((pl.col("_kind") != kind).fill_null(True) | pl.col("object_source").is_in(sources))
    return data.lazyframe.select((~exact | fits).fill_null(False).alias("fine"))


CHECKS = [
    pa.Check(
        object_source_is_the_prefix,
        name="object_source_is_the_prefix",
        error="expected the vocabulary that the identifier's prefix names; correct object_id",
    ),
    pa.Check(
        identifier_fits_its_vocabulary,
        name="identifier_fits_its_vocabulary",
        error="expected an identifier of the form in vocabularies.identifier_pattern; correct object_id or add the vocabulary",
    ),
    pa.Check(
        refused_is_not_stated,
        name="refused_is_not_stated",
        error="expected a mapping either stated or refused; remove one of the two rows",
    ),
    pa.Check(
        subject_label_names_one_entity,
        name="subject_label_names_one_entity",
        error="expected one entity for this subject_label; give all its rows the same entity_id",
    ),
    pa.Check(
        object_has_one_label,
        name="object_has_one_label",
        error="expected one label for one identifier of one version; copy the label from the vocabulary",
    ),
    pa.Check(
        exact_match_is_of_that_kind,
        name="exact_match_is_of_that_kind",
        error="expected an exact match from a vocabulary of this kind of thing; choose another identifier or a weaker predicate",
    ),
]
