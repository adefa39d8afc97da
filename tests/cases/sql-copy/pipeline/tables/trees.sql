COPY (SELECT 1) TO 'taken.csv'
