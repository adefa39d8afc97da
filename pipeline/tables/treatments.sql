-- One row is one drug (or other treatment) and condition, as one article gives it.
-- Three extracts feed it. A list item is one drug; a class list item ("class: drug, drug") is split into its drugs,
-- each with the one or two conditions its list stands for; a mention in prose names its entities itself.
-- A drug in a list is found by its name as written (the generic where brands stand beside it) in `entity_names`.
-- `lead_passage_id` is the sentence that leads a list in and says what its drugs are for and how far things stand.
-- Working columns: the name looked up, the class as written, and whether the label or `entity_names` has a brand for the drug,
-- and whose the row and its study are.
WITH names AS (
    SELECT name, min(entity_id) AS entity_id
    FROM entity_names
    WHERE name_type IN ('as_written', 'generic')
    GROUP BY name
    HAVING count(DISTINCT entity_id) = 1
),
list_items AS (
    SELECT
        _folder, _file, _line, label, line, CAST(NULL AS BIGINT) AS sentence,
        indication_entity_id AS indication_id,
        drug_class_entity_id AS drug_class_id,
        -- What an item says of itself goes before what the lead-in says of the whole list.
        CASE WHEN regexp_matches(drug_stage_note(label), '(?i)\bexperimental\b') THEN 'experimental' ELSE stage END AS stage,
        lead_line, lead_sentence
    FROM raw.treatment_list_items
),
class_list_drugs AS (
    SELECT
        _folder, _file, _line, unnest(drug_list_items(label)) AS label, line,
        drug_list_class(label) AS class_label,
        indication_entity_id, other_indication_entity_id, stage, lead_line, lead_sentence
    FROM raw.treatment_class_lists
),
class_list_uses AS (
    SELECT *, indication_entity_id AS indication_id FROM class_list_drugs
    UNION ALL
    SELECT *, other_indication_entity_id FROM class_list_drugs WHERE other_indication_entity_id IS NOT NULL
),
listed AS (
    SELECT *, CAST(NULL AS VARCHAR) AS class_label FROM list_items
    UNION ALL BY NAME
    SELECT
        _folder, _file, _line, label, line, CAST(NULL AS BIGINT) AS sentence, indication_id, class_label,
        CAST(NULL AS VARCHAR) AS drug_class_id, stage, lead_line, lead_sentence
    FROM class_list_uses
),
treatments_found AS (
    SELECT
        listed._folder, listed._file, listed._line, listed.label,
        drug.entity_id AS drug_id,
        listed.indication_id,
        coalesce(listed.drug_class_id, class.entity_id) AS drug_class_id,
        listed.stage,
        CAST(NULL AS VARCHAR) AS study_id,
        passage_key(listed._folder, listed.line, listed.sentence) AS passage_id,
        passage_key(listed._folder, listed.lead_line, listed.lead_sentence) AS lead_passage_id,
        drug_generic(listed.label) AS _drug_name,
        listed.class_label AS _class_label,
        drug_has_brands(listed.label) AS _has_brands
    FROM listed
    LEFT JOIN names AS drug ON drug.name = drug_generic(listed.label)
    LEFT JOIN names AS class ON class.name = listed.class_label
    UNION ALL
    SELECT
        _folder, _file, _line, label, entity_id, indication_entity_id, drug_class_entity_id, stage, study_id,
        passage_key(_folder, line, sentence), NULL,
        label, NULL, drug_has_brands(label)
    FROM raw.treatment_mentions
)
SELECT
    source_prefix(_folder) || coalesce(indication_id, 'not-stated') || '-' || coalesce(drug_id, slug(label)) AS treatment_id,
    drug_id,
    label,
    indication_id,
    CASE WHEN indication_id IS NULL THEN 'not_reported' ELSE 'reported' END AS indication_status,
    drug_class_id,
    stage,
    study_id,
    lead_passage_id,
    passage_id,
    _drug_name,
    _class_label,
    CASE WHEN _class_label IS NULL THEN lead_passage_id END AS _class_passage_id,
    CASE WHEN drug_stage_note(label) IS NULL THEN lead_passage_id END AS _stage_passage_id,
    coalesce(_has_brands, false)
        OR coalesce(drug_id IN (SELECT entity_id FROM entity_names WHERE name_type = 'brand'), false) AS _has_brands,
    _folder AS _source_id,
    (SELECT min(source_id) FROM studies WHERE studies.study_id = treatments_found.study_id) AS _study_source_id,
    _file,
    _line
FROM treatments_found
