-- Une forêt?
-- Oui.
SELECT 1
