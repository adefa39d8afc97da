-- One row is one outside vocabulary whose identifiers entity_mappings uses, with its licence and its credit.
SELECT prefix, name, uri_prefix, identifier_pattern, licence, licence_url, licence_basis, homepage, version_used, credit,
       _file, _line
FROM raw.vocabularies
