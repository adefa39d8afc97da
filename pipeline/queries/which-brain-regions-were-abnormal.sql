-- Which brain regions were abnormal?
-- The column laterality has the list's side, went_with the side that the prose names; they do not always agree.
-- The amygdala is listed as reduced and yet its inflammation went with more pain: both stand in the article.
SELECT region, laterality, activity, went_with, functions
FROM brain_regions
ORDER BY activity, region, laterality, study_id
