CREATE MACRO twice(x) AS x || x;
CREATE MACRO twice(x) AS x;
