-- One row is one name of an entity: as an article writes it, cut out of a drug list, or added by a curator.
-- A name keeps one of the places where it was found, in the first article before any other; a curator's synonym has none.
-- So the place of a name stays as it is when another article is added.
WITH curated AS (
    SELECT entity_id, name, name_type,
           CASE WHEN line IS NOT NULL THEN passage_key(source_id, line, sentence) END AS passage_id,
           CASE WHEN line IS NOT NULL THEN source_id END AS source_id, 0 AS turn, _file, _line
    FROM raw.entity_names
),
drug_items AS (
    SELECT label AS item, _folder AS source_id, line, _file, _line
    FROM raw.treatment_list_items
    UNION ALL
    SELECT unnest(drug_list_items(label)) AS item, _folder AS source_id, line, _file, _line
    FROM raw.treatment_class_lists
),
known AS (
    SELECT entity_id, name FROM entities
    UNION
    SELECT entity_id, name FROM curated WHERE name_type = 'as_written'
),
-- The generic name, in whatever capitals, says which thing is meant.
-- An item that names no known entity stays in, without entity_id, so that the contract refuses it by file and line.
resolved AS (
    SELECT DISTINCT item.*, known.entity_id
    FROM drug_items AS item
    LEFT JOIN known ON lower(known.name) = lower(drug_generic(item.item))
),
cut AS (
    SELECT resolved.entity_id, unnest(drug_brands(item)) AS name, 'brand' AS name_type,
           source_id, line, resolved._file, resolved._line
    FROM resolved
    UNION ALL
    SELECT resolved.entity_id, drug_abbreviation(item), 'abbreviation', source_id, line, resolved._file, resolved._line
    FROM resolved
    WHERE drug_abbreviation(item) IS NOT NULL
    UNION ALL
    -- Only a substance has a generic name; the name of a class of drugs is just a name as written.
    SELECT resolved.entity_id, drug_generic(item),
           CASE WHEN entity.kind = 'drug_class' THEN 'as_written' ELSE 'generic' END,
           source_id, line, resolved._file, resolved._line
    FROM resolved
    LEFT JOIN entities AS entity ON entity.entity_id = resolved.entity_id
),
found AS (
    SELECT * FROM curated
    UNION ALL
    SELECT entity_id, name, name_type, passage_key(source_id, line, NULL) AS passage_id, source_id, 1 AS turn, _file, _line
    FROM cut
),
-- An entity whose own name stands nowhere (in whatever capitals) is listed under it, so that every entity can be found by name.
own_names AS (
    SELECT entity.entity_id, entity.name, 'synonym' AS name_type, CAST(NULL AS VARCHAR) AS passage_id,
           CAST(NULL AS VARCHAR) AS source_id, 2 AS turn, entity._file, entity._line
    FROM entities AS entity
    WHERE NOT EXISTS (
        SELECT 1 FROM found
        WHERE found.entity_id = entity.entity_id AND lower(found.name) = lower(entity.name))
),
every_name AS (
    SELECT * FROM found
    UNION ALL
    SELECT * FROM own_names
)
SELECT entity_id, name, name_type, passage_id, _file, _line
FROM every_name
-- A curated row without a place goes first, so that a place that was forgotten is reported.
QUALIFY row_number() OVER (
    PARTITION BY entity_id, name, name_type
    ORDER BY coalesce(source_id <> first_source(), false), source_id NULLS FIRST, turn, _file, _line, passage_id
) = 1
