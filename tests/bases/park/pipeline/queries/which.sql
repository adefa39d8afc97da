-- Which trees are tall?
-- One row a tree.
SELECT row_key FROM tall ORDER BY row_key
