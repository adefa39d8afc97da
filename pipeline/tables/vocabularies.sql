-- One row is one outside vocabulary whose identifiers entity_mappings uses, with its license and its credit.
SELECT prefix, name, uri_prefix, identifier_pattern, license, license_url, license_basis, homepage, version_used, credit,
       _file, _line
FROM raw.vocabularies
