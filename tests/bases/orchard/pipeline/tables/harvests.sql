SELECT harvest.tree_id, harvest.year, harvest.kilos, harvest._file, harvest._line
FROM raw.harvests AS harvest JOIN trees AS tree ON tree.tree_id = harvest.tree_id
