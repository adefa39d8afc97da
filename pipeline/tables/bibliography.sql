-- One row is one cited work, parsed from its reference string.
-- Authors and notices are parsed first, in their own tables. They are cut off here, and the rest is read as
--     title. container. year;volume(issue):locator. Published date. doi:…   (articles)
--     title.                                                                (web pages)
-- What follows the container may be absent.
-- A title may end in a question mark, but a full stop and space inside it would leave open where it ends:
-- such a string, and any other of another form, is left without a title, for the contract and the rules to report.
-- Then `_rendered` puts the string together again from the parsed fields of the three tables alone, for the rule
-- that compares it with `citation`. Only two things are kept for that which are not published: the DOI's
-- capitals and whether a no-break space follows the title.
WITH author_lists AS (
    SELECT
        reference_id,
        min(_author_list) AS author_list,
        min(organization) AS organization,
        string_agg(coalesce(organization, family_name || ' ' || initials), ', ' ORDER BY position) AS rendered
    FROM bibliography_authors
    GROUP BY reference_id
),
notice_lists AS (
    SELECT
        reference_id,
        string_agg(_as_written, '' ORDER BY position) AS notice_list,
        string_agg(
            CASE notice_type
                WHEN 'correction' THEN ' [published correction appears in '
                WHEN 'retraction' THEN ' [retracted in: '
            END
            || container_title || '. ' || year || ';' || coalesce(volume, '') || coalesce('(' || issue || ')', '')
            || ':' || locator || ']',
            '' ORDER BY position
        ) AS rendered
    FROM bibliography_notices
    GROUP BY reference_id
),
keyed AS (
    SELECT *, reference_key(_folder, position) AS reference_id
    FROM raw.bibliography_strings
),
cut AS (
    SELECT
        keyed.*,
        authors.author_list,
        authors.organization,
        authors.rendered AS rendered_authors,
        notices.rendered AS rendered_notices,
        CASE WHEN starts_with(citation, author_list || '. ')
            THEN replace(substr(citation, length(author_list) + 3), coalesce(notice_list, ''), '')
        END AS rest
    FROM keyed
    LEFT JOIN author_lists AS authors USING (reference_id)
    LEFT JOIN notice_lists AS notices USING (reference_id)
),
matched AS (
    SELECT *,
        regexp_extract(
            CASE WHEN work_type <> 'webpage' THEN rest END,
            '^([^\s.\x{00A0}](?:[^.]|\.[^ \x{00A0}])*?[.?!])([ \x{00A0}])([^\s.?!;:\x{00A0}][^.?!;:]*)\.'
            || '(?: (\d{4});([^\s;:().][^;:().]*)?(?:\(([^\s()][^()]*)\))?:([^\s.;:]+)\.)?'
            || '(?: Published (\d{4} [A-Z][a-z]{2} \d{1,2})\.)?'
            || '(?: doi:(10\.\S+))?$',
            ['title', 'gap', 'container_title', 'year', 'volume', 'issue', 'locator', 'published', 'doi']
        ) AS part,
        regexp_extract(
            CASE WHEN work_type = 'webpage' THEN rest END, '^([^\s.\x{00A0}](?:[^.]|\.[^ \x{00A0}])*[.?!])$', 1
        ) AS page_title
    FROM cut
),
parsed AS (
    SELECT
        *,
        nullif(regexp_replace(coalesce(page_title, part.title), '\.$', ''), '') AS title,
        nullif(part.container_title, '') AS container_title,
        CASE WHEN work_type = 'webpage' THEN organization END AS publisher,
        CAST(nullif(part.year, '') AS BIGINT) AS year,
        nullif(part.volume, '') AS volume,
        nullif(part.issue, '') AS issue,
        nullif(part.locator, '') AS locator,
        CASE
            WHEN part.locator LIKE '%-%' THEN 'pages'
            WHEN part.locator <> '' THEN 'article_number'
        END AS locator_type,
        nullif(part.published, '') AS published_as_written,
        CAST(try_strptime(part.published, '%Y %b %d') AS DATE) AS published_date,
        nullif(part.doi, '') AS doi_as_written,
        ends_with(author_list, ', et al') AS et_al,
        coalesce(part.gap = chr(160), false) AS no_break_space
    FROM matched
)
SELECT
    reference_id,
    _folder AS source_id,
    position,
    work_type,
    title,
    container_title,
    publisher,
    year,
    volume,
    issue,
    locator,
    locator_type,
    published_date,
    lower(doi_as_written) AS doi,
    coalesce(et_al, false) AS et_al,
    citation,
    passage_key(_folder, line, NULL) AS passage_id,
    published_as_written AS _published_as_written,
    doi_as_written AS _doi_as_written,
    CASE WHEN et_al THEN 'et al' END AS _et_al_as_written,
    no_break_space AS _no_break_space_after_title,
    rendered_authors || CASE WHEN et_al THEN ', et al' ELSE '' END || '. '
        || title || coalesce(rendered_notices, '')
        || CASE WHEN rendered_notices IS NULL AND regexp_matches(title, '[?!]$') THEN '' ELSE '.' END
        || coalesce(CASE WHEN no_break_space THEN chr(160) ELSE ' ' END || container_title || '.', '')
        || coalesce(
            ' ' || year || ';' || coalesce(volume, '') || coalesce('(' || issue || ')', '') || ':' || locator || '.', ''
        )
        || coalesce(strftime(published_date, ' Published %Y %b %-d.'), '')
        || coalesce(' doi:' || doi_as_written, '') AS _rendered,
    line AS _source_line,
    _file,
    _line
FROM parsed
