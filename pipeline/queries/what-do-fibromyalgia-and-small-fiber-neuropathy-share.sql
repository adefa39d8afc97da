-- What do fibromyalgia and small-fiber neuropathy share?
-- Symptoms that the article gives for both. A longer list that it announces is lost in the capture.
SELECT entities.name AS symptom, symptoms.aspect, symptoms.source_id, min(passages.line_start) AS line
FROM symptoms
JOIN entities ON entities.entity_id = symptoms.symptom_id
JOIN passages ON passages.passage_id = symptoms.passage_id
WHERE symptoms.condition_id IN ('fibromyalgia', 'small-fiber-neuropathy')
GROUP BY entities.name, symptoms.aspect, symptoms.source_id
HAVING count(DISTINCT symptoms.condition_id) = 2
ORDER BY symptoms.source_id, line, symptom, symptoms.aspect
