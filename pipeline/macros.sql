-- Macros the table SELECTs share. Only CREATE MACRO stands here.

-- The first article. Its keys were promised without a prefix, and what it gives stays as it was when others come.
CREATE MACRO first_source() AS 'holistic-pulse-2024';

-- What stands before the keys of a source's rows where articles could clash: nothing for the first, the id for others.
CREATE MACRO source_prefix(source) AS
    CASE WHEN source = first_source() THEN '' ELSE source || '-' END;

-- The readable key of a place in a source: source, line and, inside a line, the sentence.
CREATE MACRO passage_key(source, line, sentence) AS
    printf('%s-l%03d', source, line) || coalesce(printf('-s%d', sentence), '');

-- Lower-case words joined by hyphens; letters lose their accents.
CREATE MACRO slug(words) AS
    trim(regexp_replace(lower(strip_accents(words)), '[^a-z0-9]+', '-', 'g'), '-');

-- A drug list item is written in one of these ways; the macros below take it apart.
--   Brand/Brand (generic)      Trental/Pentoxil (pentoxifylline)
--   name (ABBREVIATION)        Cannabidiol (CBD)
--   name (a note on its stage) Propentofylline (an experimental drug)
--   name                       venlafaxine

-- What stands before the closing parentheses of a drug list item.
CREATE MACRO drug_head(label) AS
    trim(regexp_replace(label, '\s*\([^()]*\)\s*$', ''));

-- What stands inside the closing parentheses; NULL where there are none.
CREATE MACRO drug_note(label) AS
    nullif(trim(regexp_extract(label, '\(([^()]*)\)\s*$', 1)), '');

-- A note on how far the drug has come ("an experimental drug"); NULL where the parentheses hold something else.
CREATE MACRO drug_stage_note(label) AS
    CASE WHEN regexp_matches(drug_note(label), '(?i)\b(drugs?|medications?|treatments?)$') THEN drug_note(label) END;

-- A short form: one word with at least two capitals (LDN, CBD, IVIg); NULL where the parentheses hold something else.
CREATE MACRO drug_abbreviation(label) AS
    CASE WHEN regexp_full_match(drug_note(label), '[\p{Lu}\p{Nd}]*\p{Lu}\p{Ll}*\p{Lu}[\p{L}\p{Nd}]*') THEN drug_note(label) END;

-- Does the parenthesis hold the generic name, so that brands stand before it?
CREATE MACRO drug_has_brands(label) AS
    drug_note(label) IS NOT NULL AND drug_stage_note(label) IS NULL AND drug_abbreviation(label) IS NULL;

-- The name of the substance, as written: in the parentheses when brands stand before them, else before them.
CREATE MACRO drug_generic(label) AS
    CASE WHEN drug_has_brands(label) THEN drug_note(label) ELSE drug_head(label) END;

-- The brand names in their order; an empty list where there are none.
CREATE MACRO drug_brands(label) AS
    CASE WHEN drug_has_brands(label)
         THEN list_transform(string_split(drug_head(label), '/'), lambda brand: trim(brand))
         ELSE CAST([] AS VARCHAR[]) END;

-- A class list is written "class: drug, drug"; the class, and its drugs in their order.
CREATE MACRO drug_list_class(label) AS trim(split_part(label, ':', 1));
CREATE MACRO drug_list_items(label) AS
    list_transform(string_split(substr(label, length(split_part(label, ':', 1)) + 2), ','), lambda item: trim(item));

-- The readable key of a cited work.
CREATE MACRO reference_key(source, position) AS
    source_prefix(source) || printf('ref-%02d', position);

-- The side a label begins with, as written; NULL where it names none.
CREATE MACRO written_side(label) AS
    nullif(regexp_extract(label, '(?i)^(left|right)\s', 1), '');

-- The same in one spelling: left, right, or not_stated.
CREATE MACRO side_of(label) AS
    coalesce(lower(written_side(label)), 'not_stated');

-- A label without the side it begins with.
CREATE MACRO without_side(label) AS
    regexp_replace(label, '(?i)^(left|right)\s+', '');

-- A label without the parentheses it ends with: "Tumor necrosis factor alpha" of "Tumor necrosis factor alpha (TNFα)".
CREATE MACRO without_parentheses(label) AS
    trim(regexp_replace(label, '\s*\([^()]*\)$', ''));
