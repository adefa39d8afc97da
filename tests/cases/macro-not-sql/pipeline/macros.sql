CREATE MACRO twice(x AS x;
