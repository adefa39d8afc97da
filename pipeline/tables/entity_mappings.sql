-- One row is one statement of how a name of an entity relates to an identifier of an outside vocabulary.
-- Everything but the key, the vocabulary, the address and the wording of comments is as it was verified.
SELECT slug(concat_ws(' ',
                mapping.subject_label,
                mapping.predicate_modifier,
                regexp_replace(split_part(mapping.predicate_id, ':', 2), '([A-Z])', ' \1', 'g'),
                mapping.object_id))                     AS mapping_id,
       mapping.entity_id,
       mapping.subject_label,
       mapping.predicate_modifier,
       mapping.predicate_id,
       mapping.object_id,
       mapping.object_label,
       split_part(mapping.object_id, ':', 1)            AS object_source,
       mapping.object_source_version,
       vocabulary.uri_prefix || split_part(mapping.object_id, ':', 2) AS object_uri,
       mapping.mapping_justification,
       mapping.comment,
       entity.kind                                      AS _kind,
       vocabulary.identifier_pattern                    AS _identifier_pattern,
       regexp_full_match(split_part(mapping.object_id, ':', 2), vocabulary.identifier_pattern) AS _identifier_fits,
       mapping._file,
       mapping._line
FROM raw.entity_mappings AS mapping
LEFT JOIN vocabularies AS vocabulary ON vocabulary.prefix = split_part(mapping.object_id, ':', 1)
LEFT JOIN entities AS entity ON entity.entity_id = mapping.entity_id
