-- One row is one author of a cited work, in the order of the reference string.
-- The list ends at the first full stop and space. Persons are written "Family AB" with commas between them;
-- what has another shape is left without a name, for the rules to report. A web page's author is an organization.
WITH cited AS (
    SELECT *, regexp_extract(citation, '^(.*?)\. ', 1) AS author_list
    FROM raw.bibliography_strings
),
listed AS (
    SELECT *,
        CASE
            WHEN work_type = 'webpage' THEN [author_list]
            ELSE string_split(regexp_replace(author_list, ', et al$', ''), ', ')
        END AS names
    FROM cited
),
named AS (
    SELECT *, unnest(names) AS name, generate_subscripts(names, 1) AS name_position
    FROM listed
),
parsed AS (
    SELECT *,
        regexp_extract(name, '^(\p{L}[\p{L}\p{M}''’ -]*) (\p{Lu}{1,4})$', ['family_name', 'initials']) AS person
    FROM named
)
SELECT
    reference_key(_folder, position) AS reference_id,
    name_position AS position,
    CASE WHEN work_type <> 'webpage' THEN nullif(person.family_name, '') END AS family_name,
    CASE WHEN work_type <> 'webpage' THEN nullif(person.initials, '') END AS initials,
    CASE WHEN work_type = 'webpage' THEN nullif(name, '') END AS organization,
    passage_key(_folder, line, NULL) AS passage_id,
    author_list AS _author_list,
    _file,
    _line
FROM parsed
