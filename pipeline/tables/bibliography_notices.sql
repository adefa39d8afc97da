-- One row is one notice that a reference string carries in square brackets about the cited work.
-- Two wordings are known, one for each notice type. A bracket with another wording stays in the title,
-- where a rule of `bibliography` reports it; "[11C]" in the name of a chemical is no notice.
WITH noted AS (
    SELECT *,
        regexp_extract_all(citation, ' \[(?:published correction appears in|retracted in:) [^\[\]]*\]') AS notices
    FROM raw.bibliography_strings
),
each AS (
    SELECT *, unnest(notices) AS notice, generate_subscripts(notices, 1) AS notice_position
    FROM noted
),
parsed AS (
    SELECT *,
        regexp_extract(
            notice,
            '(?:in|in:) ([^\s\[\].;:][^\[\].;:]*)\. '
            || '(\d{4});([^\s;:().][^;:().]*)?(?:\(([^\s()][^()]*)\))?:([^\s.;:]+)\]$',
            ['container_title', 'year', 'volume', 'issue', 'locator']
        ) AS part
    FROM each
)
SELECT
    reference_key(_folder, position) AS reference_id,
    notice_position AS position,
    CASE WHEN starts_with(notice, ' [retracted in:') THEN 'retraction' ELSE 'correction' END AS notice_type,
    nullif(part.container_title, '') AS container_title,
    CAST(nullif(part.year, '') AS BIGINT) AS year,
    nullif(part.volume, '') AS volume,
    nullif(part.issue, '') AS issue,
    nullif(part.locator, '') AS locator,
    passage_key(_folder, line, NULL) AS passage_id,
    notice AS _as_written,
    CASE WHEN starts_with(notice, ' [retracted in:') THEN 'retracted' ELSE 'correction' END AS _notice_word,
    _file,
    _line
FROM parsed
