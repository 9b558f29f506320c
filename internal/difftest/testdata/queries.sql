VALUES (1, 'a'), (2, 'b')
  column1 int4 | column2 text
  1 | a
  2 | b

VALUES (1), (2.5), (NULL)
  column1 numeric
  1
  2.5
  NULL

VALUES (1), ('x')
  ERROR 22P02 invalid input syntax for type integer: "x" at 14

VALUES (1), ('2')
  column1 int4
  1
  2

VALUES (1, 2), (3)
  ERROR 42601 VALUES lists must all be the same length at 17

VALUES (NULL), (NULL)
  column1 text
  NULL
  NULL

VALUES ('a'), ('b') ORDER BY 1 DESC
  column1 text
  b
  a

VALUES (1), (2), (3) LIMIT 2
  column1 int4
  1
  2

VALUES (1), (true)
  ERROR 42804 VALUES types integer and boolean cannot be matched at 14

VALUES (1), (2) ORDER BY column1 DESC
  column1 int4
  2
  1

VALUES (date '2024-01-01'), ('2024-01-02')
  column1 date
  2024-01-01
  2024-01-02

VALUES (date '2024-01-01'), ('x')
  ERROR 22007 invalid input syntax for type date: "x" at 30

SELECT * FROM (VALUES (1, 'a'), (2, 'b')) t
  column1 int4 | column2 text
  1 | a
  2 | b

SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t(x, y)
  x int4 | y text
  1 | a
  2 | b

SELECT * FROM (VALUES (1, 'a')) AS t(x)
  x int4 | column2 text
  1 | a

SELECT * FROM (VALUES (1, 'a')) AS t(x, y, z)
  ERROR 42P10 table "t" has 2 columns available but 3 columns specified

SELECT * FROM (VALUES (1, 'a'))
  ERROR 42601 VALUES in FROM must have an alias at 15
! the alias of a subquery may be left out, as in Flink
> column1 int4 | column2 text
> 1 | a

SELECT t.* FROM (VALUES (1, 'a')) AS t(x, y)
  x int4 | y text
  1 | a

SELECT u.* FROM (VALUES (1, 'a')) AS t(x, y)
  ERROR 42P01 missing FROM-clause entry for table "u" at 8

SELECT t.x, t.nosuch FROM (VALUES (1, 'a')) AS t(x, y)
  ERROR 42703 column t.nosuch does not exist at 13

SELECT nosuch FROM (VALUES (1, 'a')) AS t(x, y)
  ERROR 42703 column "nosuch" does not exist at 8

SELECT u.x FROM (VALUES (1, 'a')) AS t(x, y)
  ERROR 42P01 missing FROM-clause entry for table "u" at 8

SELECT nosuch
  ERROR 42703 column "nosuch" does not exist at 8

SELECT t.x
  ERROR 42P01 missing FROM-clause entry for table "t" at 8

SELECT "X" FROM (VALUES (1)) t("X")
  X int4
  1

SELECT x FROM nosuch
  ERROR 42P01 relation "nosuch" does not exist at 15

SELECT x FROM a.b.c.d
  ERROR 42601 improper qualified name (too many dotted names): a.b.c.d at 15
! refused
> ERROR 0A000 cross-database references are not implemented: "a.b.c.d" at 15

SELECT *
  ERROR 42601 SELECT * with no tables specified is not valid at 8

SELECT x FROM (VALUES (1, 2)) t(x, x)
  ERROR 42702 column reference "x" is ambiguous at 8

SELECT x FROM (VALUES (1)) t(x), (VALUES (2)) u(x)
  ERROR 42702 column reference "x" is ambiguous at 8

SELECT t.x, u.x FROM (VALUES (1)) t(x), (VALUES (2)) u(x)
  x int4 | x int4
  1 | 2

SELECT * FROM (VALUES (1)) t(x), (VALUES (2)) t(y)
  ERROR 42712 table name "t" specified more than once

SELECT x + 1 AS y FROM (VALUES (1)) t(x) WHERE y > 1
  ERROR 42703 column "y" does not exist at 48

SELECT x AS y FROM (VALUES (2),(1)) t(x) ORDER BY y
  y int4
  1
  2

SELECT x AS y FROM (VALUES (2),(1)) t(x) ORDER BY x DESC
  y int4
  2
  1

SELECT -x AS x FROM (VALUES (2),(1)) t(x) ORDER BY x
  x int4
  -2
  -1

SELECT x AS y FROM (VALUES (2),(1)) t(x) ORDER BY y + 1
  ERROR 42703 column "y" does not exist at 51

SELECT x AS a, -x AS a FROM (VALUES (2),(1)) t(x) ORDER BY a
  ERROR 42702 ORDER BY "a" is ambiguous at 60

SELECT x FROM (VALUES (2),(1),(NULL),(3)) t(x) ORDER BY x
  x int4
  1
  2
  3
  NULL

SELECT x FROM (VALUES (2),(1),(NULL),(3)) t(x) ORDER BY x DESC
  x int4
  NULL
  3
  2
  1

SELECT x FROM (VALUES (2),(1),(NULL),(3)) t(x) ORDER BY x NULLS FIRST
  x int4
  NULL
  1
  2
  3

SELECT x FROM (VALUES (2),(1),(NULL),(3)) t(x) ORDER BY x DESC NULLS LAST
  x int4
  3
  2
  1
  NULL

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY 1
  x int4
  1
  2

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY 2
  ERROR 42P10 ORDER BY position 2 is not in select list at 46

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY 0
  ERROR 42P10 ORDER BY position 0 is not in select list at 46

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY -1
  ERROR 42P10 ORDER BY position -1 is not in select list at 46

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY 'x'
  ERROR 42601 non-integer constant in ORDER BY at 46

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY nosuch
  ERROR 42703 column "nosuch" does not exist at 46

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY 1.5
  ERROR 42601 non-integer constant in ORDER BY at 46

SELECT x, y FROM (VALUES (1,2),(1,1),(0,5)) t(x,y) ORDER BY x, y DESC
  x int4 | y int4
  0 | 5
  1 | 2
  1 | 1

SELECT x FROM (VALUES ('b'),('a'),('C'),('ä'),('')) t(x) ORDER BY x
  x text
  ""
  C
  a
  b
  ä

SELECT x FROM (VALUES (1.5::float8),('NaN'),('-inf'),('inf'),(NULL)) t(x) ORDER BY x
  x float8
  -Infinity
  1.5
  Infinity
  NaN
  NULL

SELECT x FROM (VALUES (true),(false),(NULL)) t(x) ORDER BY x
  x bool
  f
  t
  NULL

SELECT x FROM (VALUES (interval '1 month'),('29 days'),('31 days')) t(x) ORDER BY x
  x interval
  29 days
  1 mon
  31 days

SELECT x FROM (VALUES (ARRAY[2]),(ARRAY[1,2]),(ARRAY[1])) t(x) ORDER BY x
  x int4[]
  {1}
  {1,2}
  {2}

SELECT x FROM (VALUES ('{}'::json)) t(x) ORDER BY x
  ERROR 42883 could not identify an ordering operator for type json at 51

SELECT x FROM (VALUES (1),(2),(3),(4)) t(x) ORDER BY x LIMIT 2 OFFSET 1
  x int4
  2
  3

SELECT x FROM (VALUES (1),(2),(3),(4)) t(x) ORDER BY x OFFSET 3
  x int4
  4

SELECT x FROM (VALUES (1),(2),(3),(4)) t(x) ORDER BY x LIMIT 0
  x int4

SELECT x FROM (VALUES (1),(2)) t(x) ORDER BY x LIMIT ALL
  x int4
  1
  2

SELECT x FROM (VALUES (1),(2)) t(x) ORDER BY x LIMIT NULL
  x int4
  1
  2

SELECT x FROM (VALUES (1),(2)) t(x) ORDER BY x LIMIT 1 + 1
  x int4
  1
  2

SELECT x FROM (VALUES (1),(2)) t(x) ORDER BY x LIMIT '1'
  x int4
  1

SELECT x FROM (VALUES (1),(2)) t(x) ORDER BY x LIMIT -1
  ERROR 2201W LIMIT must not be negative

SELECT x FROM (VALUES (1),(2)) t(x) ORDER BY x OFFSET -1
  ERROR 2201X OFFSET must not be negative

SELECT x FROM (VALUES (1),(2)) t(x) ORDER BY x LIMIT 'a'
  ERROR 22P02 invalid input syntax for type bigint: "a" at 54

SELECT x FROM (VALUES (1),(2)) t(x) ORDER BY x LIMIT x
  ERROR 42P10 argument of LIMIT must not contain variables at 54
! LIMIT sees no columns
> ERROR 42703 column "x" does not exist at 54

SELECT x FROM (VALUES (1),(2)) t(x) ORDER BY x LIMIT 1.5
  x int4
  1
  2

SELECT x FROM (VALUES (1),(2)) t(x) ORDER BY x FETCH FIRST 1 ROW ONLY
  x int4
  1

SELECT x FROM (VALUES (1),(2),(3)) t(x) ORDER BY x OFFSET 1 ROW FETCH NEXT 1 ROWS ONLY
  x int4
  2

SELECT DISTINCT x FROM (VALUES (1),(1),(2),(NULL),(NULL)) t(x)
  x int4
  1
  2
  NULL

SELECT DISTINCT x, y FROM (VALUES (1,'a'),(1,'a'),(1,'b')) t(x,y)
  x int4 | y text
  1 | a
  1 | b

SELECT DISTINCT x FROM (VALUES (2),(1),(2)) t(x) ORDER BY x
  x int4
  1
  2

SELECT DISTINCT x FROM (VALUES (2,1),(1,2)) t(x,y) ORDER BY y
  ERROR 42P10 for SELECT DISTINCT, ORDER BY expressions must appear in select list at 61

SELECT DISTINCT x + 1 FROM (VALUES (2),(1),(2)) t(x) ORDER BY x + 1
  ?column? int4
  2
  3

SELECT DISTINCT 'a' FROM (VALUES (1),(2)) t(x)
  ?column? text
  a

SELECT DISTINCT x FROM (VALUES (1.0),(1.00),(2)) t(x) ORDER BY x
  x numeric
  1.0
  2

SELECT DISTINCT x FROM (VALUES (0::float8),('-0'),('NaN'),('NaN')) t(x) ORDER BY x
  x float8
  0
  NaN

SELECT ALL x FROM (VALUES (1),(1)) t(x)
  x int4
  1
  1

SELECT DISTINCT count(*) FROM (VALUES (1),(1),(2)) t(x) GROUP BY x
  count int8
  1
  2

SELECT DISTINCT x FROM (VALUES ('{}'::json)) t(x)
  ERROR 42883 could not identify an equality operator for type json at 17
! the place is that of SELECT
> ERROR 42883 could not identify an equality operator for type json at 1

SELECT 1 UNION ALL SELECT 2
  ?column? int4
  1
  2

SELECT 1 UNION ALL SELECT 1
  ?column? int4
  1
  1

SELECT 1 UNION SELECT 1
  ?column? int4
  1

SELECT 1 UNION SELECT 2 UNION SELECT 1
  ?column? int4
  1
  2

SELECT 1 UNION ALL SELECT 2.5
  ?column? numeric
  1
  2.5

SELECT 1 UNION ALL SELECT 'x'
  ERROR 22P02 invalid input syntax for type integer: "x" at 27

SELECT 1 UNION ALL SELECT '3'
  ?column? int4
  1
  3

SELECT 1 UNION ALL SELECT NULL
  ?column? int4
  1
  NULL

SELECT NULL UNION ALL SELECT NULL
  ?column? text
  NULL
  NULL

SELECT NULL UNION ALL SELECT 1
  ?column? int4
  1
  NULL

SELECT 'a' UNION ALL SELECT 'b'
  ?column? text
  a
  b

SELECT 1 UNION ALL SELECT true
  ERROR 42804 UNION types integer and boolean cannot be matched at 27

SELECT 1, 2 UNION ALL SELECT 3
  ERROR 42601 each UNION query must have the same number of columns at 30

SELECT 1 AS a UNION ALL SELECT 2 AS b
  a int4
  1
  2

SELECT 1 AS a UNION ALL SELECT 2 ORDER BY a DESC
  a int4
  2
  1

SELECT 1 AS a UNION ALL SELECT 2 ORDER BY 1 DESC LIMIT 1
  a int4
  2

SELECT 1 AS a UNION ALL SELECT 2 ORDER BY b
  ERROR 42703 column "b" does not exist at 43

SELECT 1 AS a UNION ALL SELECT 2 ORDER BY a + 1
  ERROR 0A000 invalid UNION/INTERSECT/EXCEPT ORDER BY clause at 43

SELECT 1 UNION ALL (SELECT 2 UNION SELECT 2)
  ?column? int4
  1
  2

(SELECT 1 UNION SELECT 1) UNION ALL SELECT 1
  ?column? int4
  1
  1

SELECT 1 UNION ALL SELECT 1 UNION SELECT 1
  ?column? int4
  1

SELECT date '2024-01-01' UNION ALL SELECT timestamp '2024-01-01 10:00'
  date timestamp
  2024-01-01 00:00:00
  2024-01-01 10:00:00

SELECT 1::smallint UNION ALL SELECT 2::bigint
  int2 int8
  1
  2

SELECT 1::real UNION ALL SELECT 2::numeric
  float4 float4
  1
  2

SELECT x FROM (VALUES (1),(2)) t(x) UNION SELECT x FROM (VALUES (2),(NULL),(NULL)) u(x)
  x int4
  1
  2
  NULL

(SELECT 2 AS a ORDER BY a LIMIT 1) UNION ALL SELECT 1 ORDER BY a
  a int4
  1
  2

VALUES (1) UNION ALL VALUES (2)
  column1 int4
  1
  2

SELECT 1 EXCEPT SELECT 2
  ?column? int4
  1
! refused
> ERROR 0A000 EXCEPT is not supported at 10

SELECT 1 INTERSECT SELECT 1
  ?column? int4
  1
! refused
> ERROR 0A000 INTERSECT is not supported at 10

SELECT x FROM (SELECT 1 AS x UNION ALL SELECT 2) t WHERE x > 1
  x int4
  2

SELECT count(*) FROM (SELECT 1 UNION ALL SELECT 2) t
  count int8
  2

WITH a AS (SELECT 1 AS x) SELECT * FROM a
  x int4
  1

WITH a(y) AS (SELECT 1 AS x) SELECT * FROM a
  y int4
  1

WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS x FROM a) SELECT a.x, b.x FROM a, b
  x int4 | x int4
  1 | 2

WITH a AS (SELECT 1 AS x), a AS (SELECT 2) SELECT * FROM a
  ERROR 42712 WITH query name "a" specified more than once at 28

WITH a(y, z) AS (SELECT 1 AS x) SELECT * FROM a
  ERROR 42P10 WITH query "a" has 1 columns available but 2 columns specified at 6

WITH a AS (VALUES (1),(2)) SELECT sum(column1) FROM a
  sum int8
  3

WITH a AS (SELECT 1 AS x) SELECT * FROM b
  ERROR 42P01 relation "b" does not exist at 41

WITH b AS (SELECT * FROM a), a AS (SELECT 1 AS x) SELECT * FROM b
  ERROR 42P01 relation "a" does not exist at 26

WITH a AS (SELECT 1 AS x) SELECT a.x FROM a JOIN a AS a2 ON a.x = a2.x
  x int4
  1

WITH a AS (SELECT 1 AS x) SELECT * FROM (WITH a AS (SELECT 2 AS x) SELECT * FROM a) s
  x int4
  2

WITH a AS (SELECT nosuch) SELECT 1
  ERROR 42703 column "nosuch" does not exist at 19

WITH a AS (SELECT 'x' AS v) SELECT v, v || 'y' FROM a
  v text | ?column? text
  x | xy

SELECT s.a + s.b FROM (SELECT 1 AS a, 2 AS b) s
  ?column? int4
  3

SELECT s.* FROM (SELECT x, x * 2 FROM (VALUES (1)) t(x)) s
  x int4 | ?column? int4
  1 | 2

SELECT "?column?" FROM (SELECT 1) s
  ?column? int4
  1

SELECT upper FROM (SELECT upper('a')) s
  upper text
  A

SELECT x FROM (SELECT 'abc' AS x) s WHERE x = 'abc'
  x text
  abc

SELECT x + 1 FROM (SELECT '5' AS x) s
  ERROR 42883 operator does not exist: text + integer at 10

SELECT x FROM (SELECT NULL AS x) s
  x text
  NULL

SELECT x || 'a' FROM (SELECT NULL AS x) s
  ?column? text
  NULL

SELECT x FROM (SELECT t.y AS x FROM (VALUES (1)) t(y)) s WHERE y = 1
  ERROR 42703 column "y" does not exist at 64

SELECT x FROM (SELECT x FROM (VALUES (3),(1),(2)) t(x) ORDER BY x LIMIT 2) s ORDER BY x DESC
  x int4
  2
  1

SELECT x, (x) AS y, x AS x FROM (VALUES (1)) t(x)
  x int4 | y int4 | x int4
  1 | 1 | 1

SELECT count(*) FROM (VALUES (1),(NULL)) t(x)
  count int8
  2

SELECT count(x), count(*), sum(x), avg(x), min(x), max(x) FROM (VALUES (1),(NULL),(4)) t(x)
  count int8 | count int8 | sum int8 | avg numeric | min int4 | max int4
  2 | 3 | 5 | 2.5000000000000000 | 1 | 4

SELECT count(x), count(*), sum(x), avg(x), min(x), max(x) FROM (VALUES (1),(2)) t(x) WHERE x > 10
  count int8 | count int8 | sum int8 | avg numeric | min int4 | max int4
  0 | 0 | NULL | NULL | NULL | NULL

SELECT count(x), count(*) FROM (VALUES (1),(2)) t(x) WHERE x > 10 GROUP BY x
  count int8 | count int8

SELECT count(DISTINCT x), sum(DISTINCT x), avg(DISTINCT x) FROM (VALUES (1),(1),(2),(NULL)) t(x)
  count int8 | sum int8 | avg numeric
  2 | 3 | 1.5000000000000000

SELECT count(*) FILTER (WHERE x > 1), sum(x) FILTER (WHERE x > 1) FROM (VALUES (1),(2),(3)) t(x)
  count int8 | sum int8
  2 | 5

SELECT count(*) FILTER (WHERE NULL), sum(x) FILTER (WHERE x > 10) FROM (VALUES (1),(2),(3)) t(x)
  count int8 | sum int8
  0 | NULL

SELECT count(*) FILTER (WHERE x) FROM (VALUES (1)) t(x)
  ERROR 42804 argument of FILTER must be type boolean, not type integer at 31

SELECT upper(x) FILTER (WHERE true) FROM (VALUES ('a')) t(x)
  ERROR 42809 FILTER specified, but upper is not an aggregate function at 8

SELECT x, count(*) FROM (VALUES ('a'),('b'),('a'),(NULL)) t(x) GROUP BY x
  x text | count int8
  NULL | 1
  a | 2
  b | 1

SELECT x, count(*) AS c FROM (VALUES ('a'),('b'),('a')) t(x) GROUP BY x ORDER BY c DESC, x
  x text | c int8
  a | 2
  b | 1

SELECT x, count(*) FROM (VALUES ('a'),('b'),('a')) t(x) GROUP BY 1 ORDER BY 2
  x text | count int8
  b | 1
  a | 2

SELECT x AS k, count(*) FROM (VALUES ('a'),('b'),('a')) t(x) GROUP BY k ORDER BY k
  k text | count int8
  a | 2
  b | 1

SELECT x % 2, sum(x) FROM (VALUES (1),(2),(3)) t(x) GROUP BY x % 2
  ?column? int4 | sum int8
  0 | 2
  1 | 4

SELECT x % 2 + 1, sum(x) FROM (VALUES (1),(2),(3)) t(x) GROUP BY x % 2
  ?column? int4 | sum int8
  1 | 2
  2 | 4

SELECT x, y, sum(z) FROM (VALUES (1,'a',1),(1,'a',2),(1,'b',3)) t(x,y,z) GROUP BY x, y
  x int4 | y text | sum int8
  1 | a | 3
  1 | b | 3

SELECT x, y FROM (VALUES (1,2)) t(x,y) GROUP BY x
  ERROR 42803 column "t.y" must appear in the GROUP BY clause or be used in an aggregate function at 11

SELECT x + y FROM (VALUES (1,2)) t(x,y) GROUP BY x
  ERROR 42803 column "t.y" must appear in the GROUP BY clause or be used in an aggregate function at 12

SELECT x FROM (VALUES (1,2)) t(x,y) GROUP BY y
  ERROR 42803 column "t.x" must appear in the GROUP BY clause or be used in an aggregate function at 8

SELECT x, count(*) FROM (VALUES (1)) t(x)
  ERROR 42803 column "t.x" must appear in the GROUP BY clause or be used in an aggregate function at 8

SELECT count(*), x FROM (VALUES (1)) t(x)
  ERROR 42803 column "t.x" must appear in the GROUP BY clause or be used in an aggregate function at 18

SELECT * FROM (VALUES (1,2)) t(x,y) GROUP BY x
  ERROR 42803 column "t.y" must appear in the GROUP BY clause or be used in an aggregate function at 8

SELECT x FROM (VALUES (1),(2)) t(x) GROUP BY x HAVING count(*) > 1
  x int4

SELECT x FROM (VALUES (1),(2),(2)) t(x) GROUP BY x HAVING count(*) > 1
  x int4
  2

SELECT sum(x) FROM (VALUES (1),(2)) t(x) HAVING sum(x) > 10
  sum int8

SELECT 1 FROM (VALUES (1),(2)) t(x) HAVING true
  ?column? int4
  1

SELECT 1 HAVING false
  ?column? int4

SELECT x FROM (VALUES (1)) t(x) HAVING x > 1
  ERROR 42803 column "t.x" must appear in the GROUP BY clause or be used in an aggregate function at 8

SELECT x FROM (VALUES (1)) t(x) GROUP BY x HAVING 1
  ERROR 42804 argument of HAVING must be type boolean, not type integer at 51

SELECT x FROM (VALUES (1)) t(x) WHERE count(*) > 1
  ERROR 42803 aggregate functions are not allowed in WHERE at 39

SELECT sum(count(*)) FROM (VALUES (1)) t(x)
  ERROR 42803 aggregate function calls cannot be nested at 12

SELECT x FROM (VALUES (1)) t(x) GROUP BY count(*)
  ERROR 42803 aggregate functions are not allowed in GROUP BY at 42

SELECT x FROM (VALUES (1)) t(x) GROUP BY 2
  ERROR 42P10 GROUP BY position 2 is not in select list at 42

SELECT x FROM (VALUES (1)) t(x) GROUP BY nosuch
  ERROR 42703 column "nosuch" does not exist at 42

SELECT x FROM (VALUES (1)) t(x) GROUP BY 'a'
  ERROR 42601 non-integer constant in GROUP BY at 42

SELECT sum(x) FROM (VALUES (1)) t(x) GROUP BY 1
  ERROR 42803 aggregate functions are not allowed in GROUP BY at 8

SELECT x AS k FROM (VALUES (1)) t(x) GROUP BY k HAVING k > 0
  ERROR 42703 column "k" does not exist at 56

SELECT x FROM (VALUES (1),(2)) t(x) GROUP BY x ORDER BY sum(x) DESC
  x int4
  2
  1

SELECT x FROM (VALUES (1,2)) t(x,y) GROUP BY x ORDER BY y
  ERROR 42803 column "t.y" must appear in the GROUP BY clause or be used in an aggregate function at 57

SELECT count(*) FROM (VALUES (1),(2)) t(x) ORDER BY 1
  count int8
  2

SELECT count(*) + 1, sum(x) * 2, max(x) - min(x) AS d FROM (VALUES (1),(5)) t(x)
  ?column? int8 | ?column? int8 | d int4
  3 | 12 | 4

SELECT sum(x + 1), sum(x) + 1 FROM (VALUES (1),(5)) t(x)
  sum int8 | ?column? int8
  8 | 7

SELECT sum('a') FROM (VALUES (1)) t(x)
  ERROR 42725 function sum(unknown) is not unique at 8

SELECT sum(x) FROM (VALUES ('a')) t(x)
  ERROR 42883 function sum(text) does not exist at 8

SELECT avg(x) FROM (VALUES (true)) t(x)
  ERROR 42883 function avg(boolean) does not exist at 8

SELECT min(x) FROM (VALUES (true)) t(x)
  ERROR 42883 function min(boolean) does not exist at 8

SELECT max('a'), min(NULL)
  max text | min text
  a | NULL

SELECT sum(NULL)
  ERROR 42725 function sum(unknown) is not unique at 8

SELECT count(NULL), count(1), count('a')
  count int8 | count int8 | count int8
  0 | 1 | 1

SELECT count()
  ERROR 42809 count(*) must be used to call a parameterless aggregate function at 8

SELECT count(1, 2)
  ERROR 42883 function count(integer, integer) does not exist at 8

SELECT sum(*)  FROM (VALUES (1)) t(x)
  ERROR 42883 function sum() does not exist at 8

SELECT count(DISTINCT *) FROM (VALUES (1)) t(x)
  ERROR 42601 syntax error at or near "*" at 23

SELECT upper(DISTINCT 'a')
  ERROR 42809 DISTINCT specified, but upper is not an aggregate function at 8

SELECT sum(x) FROM (VALUES (2147483647),(2147483647)) t(x)
  sum int8
  4294967294

SELECT sum(x) FROM (VALUES (9223372036854775807),(1)) t(x)
  sum numeric
  9223372036854775808

SELECT sum(x) FROM (VALUES (32767::smallint),(32767::smallint)) t(x)
  sum int8
  65534

SELECT sum(x), avg(x) FROM (VALUES (1.5),(2.25)) t(x)
  sum numeric | avg numeric
  3.75 | 1.8750000000000000

SELECT sum(x), avg(x) FROM (VALUES (1e308::float8),(1e308)) t(x)
  ERROR 22003 value out of range: overflow
! DECIMAL has 38 digits: a constant beyond them is refused
> ERROR 22003 value overflows numeric format at 53

SELECT avg(x) FROM (VALUES (1),(2)) t(x)
  avg numeric
  1.5000000000000000

SELECT avg(x) FROM (VALUES (1),(1),(2)) t(x)
  avg numeric
  1.3333333333333333

SELECT avg(x) FROM (VALUES (1::float8),(2)) t(x)
  avg float8
  1.5

SELECT bool_and(x), bool_or(x), every(x) FROM (VALUES (true),(false),(NULL)) t(x)
  bool_and bool | bool_or bool | every bool
  f | t | f

SELECT bit_and(x), bit_or(x), bit_xor(x) FROM (VALUES (5),(6)) t(x)
  bit_and int4 | bit_or int4 | bit_xor int4
  4 | 7 | 3

SELECT stddev(x), stddev_pop(x), stddev_samp(x), variance(x), var_pop(x), var_samp(x) FROM (VALUES (1),(2),(4)) t(x)
  stddev numeric | stddev_pop numeric | stddev_samp numeric | variance numeric | var_pop numeric | var_samp numeric
  1.5275252316519467 | 1.2472191289246471 | 1.5275252316519467 | 2.3333333333333333 | 1.5555555555555556 | 2.3333333333333333

SELECT stddev(x), variance(x) FROM (VALUES (1)) t(x)
  stddev numeric | variance numeric
  NULL | NULL

SELECT stddev(x), var_pop(x) FROM (VALUES (1::float8),(2),(4)) t(x)
  stddev float8 | var_pop float8
  1.5275252316519468 | 1.5555555555555556

SELECT corr(y, x), covar_pop(y, x), covar_samp(y, x), regr_slope(y, x), regr_count(y, x) FROM (VALUES (1::float8, 2::float8),(2,4),(3,7)) t(x,y)
  corr float8 | covar_pop float8 | covar_samp float8 | regr_slope float8 | regr_count int8
  0.9933992677987828 | 1.6666666666666667 | 2.5 | 2.5 | 3

SELECT array_agg(x ORDER BY x DESC) FROM (VALUES (1),(2)) t(x)
  array_agg int4[]
  {2,1}

SELECT string_agg(x, ',' ORDER BY x) FROM (VALUES ('b'),('a')) t(x)
  string_agg text
  a,b

SELECT count(DISTINCT (x, y)) FROM (VALUES (1,2),(1,2),(2,1)) t(x,y)
  count int8
  2

SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM (VALUES (1),(2)) t(x)
  percentile_cont float8
  1.5

SELECT GROUPING(x) FROM (VALUES (1)) t(x) GROUP BY x
  grouping int4
  0

SELECT x, count(*) FROM (VALUES (1),(2)) t(x) GROUP BY ROLLUP (x)
  x int4 | count int8
  1 | 1
  2 | 1
  NULL | 2

SELECT CASE WHEN x > 1 THEN 'big' ELSE 'small' END AS size, count(*) FROM (VALUES (1),(2),(3)) t(x) GROUP BY CASE WHEN x > 1 THEN 'big' ELSE 'small' END
  size text | count int8
  big | 2
  small | 1

SELECT CASE WHEN x > 1 THEN 'big' ELSE 'small' END AS size, count(*) FROM (VALUES (1),(2),(3)) t(x) GROUP BY size ORDER BY size
  size text | count int8
  big | 2
  small | 1

SELECT x FROM (VALUES (1.0),(1.00)) t(x) GROUP BY x
  x numeric
  1.0

SELECT upper(x), count(*) FROM (VALUES ('a'),('A')) t(x) GROUP BY upper(x)
  upper text | count int8
  A | 2

SELECT t.x, u.y FROM (VALUES (1),(2)) t(x) JOIN (VALUES (1,'a'),(3,'b')) u(x,y) ON t.x = u.x
  x int4 | y text
  1 | a

SELECT t.x, u.y FROM (VALUES (1),(2)) t(x) LEFT JOIN (VALUES (1,'a'),(3,'b')) u(x,y) ON t.x = u.x
  x int4 | y text
  1 | a
  2 | NULL

SELECT t.x, u.x, u.y FROM (VALUES (1),(2)) t(x) RIGHT JOIN (VALUES (1,'a'),(3,'b')) u(x,y) ON t.x = u.x
  x int4 | x int4 | y text
  1 | 1 | a
  NULL | 3 | b

SELECT t.x, u.x, u.y FROM (VALUES (1),(2)) t(x) FULL JOIN (VALUES (1,'a'),(3,'b')) u(x,y) ON t.x = u.x
  x int4 | x int4 | y text
  1 | 1 | a
  2 | NULL | NULL
  NULL | 3 | b

SELECT * FROM (VALUES (1),(2)) t(x) JOIN (VALUES (1,'a'),(3,'b')) u(x,y) USING (x)
  x int4 | y text
  1 | a

SELECT * FROM (VALUES (1),(2)) t(x) LEFT JOIN (VALUES (1,'a'),(3,'b')) u(x,y) USING (x)
  x int4 | y text
  1 | a
  2 | NULL

SELECT * FROM (VALUES (1),(2)) t(x) RIGHT JOIN (VALUES (1,'a'),(3,'b')) u(x,y) USING (x)
  x int4 | y text
  1 | a
  3 | b

SELECT * FROM (VALUES (1),(2)) t(x) FULL JOIN (VALUES (1,'a'),(3,'b')) u(x,y) USING (x)
  x int4 | y text
  1 | a
  2 | NULL
  3 | b

SELECT x, t.x, u.x FROM (VALUES (1),(2)) t(x) FULL JOIN (VALUES (1,'a'),(3,'b')) u(x,y) USING (x)
  x int4 | x int4 | x int4
  1 | 1 | 1
  2 | 2 | NULL
  3 | NULL | 3

SELECT * FROM (VALUES (1,10),(2,20)) t(x,z) NATURAL JOIN (VALUES (1,'a'),(3,'b')) u(x,y)
  x int4 | z int4 | y text
  1 | 10 | a

SELECT * FROM (VALUES (1)) t(x) NATURAL JOIN (VALUES (2)) u(y)
  x int4 | y int4
  1 | 2

SELECT * FROM (VALUES (1),(2)) t(x) CROSS JOIN (VALUES ('a'),('b')) u(y)
  x int4 | y text
  1 | a
  1 | b
  2 | a
  2 | b

SELECT * FROM (VALUES (1),(2)) t(x), (VALUES (1),(2)) u(y) WHERE x = y
  x int4 | y int4
  1 | 1
  2 | 2

SELECT * FROM (VALUES (1),(2)) t(x) JOIN (VALUES (1),(2)) u(y) ON x < y
  x int4 | y int4
  1 | 2

SELECT * FROM (VALUES (1),(2)) t(x) LEFT JOIN (VALUES (1),(2)) u(y) ON x < y
  x int4 | y int4
  1 | 2
  2 | NULL

SELECT * FROM (VALUES (1),(2)) t(x) LEFT JOIN (VALUES (1),(2)) u(y) ON x = y AND y > 1
  x int4 | y int4
  1 | NULL
  2 | 2

SELECT * FROM (VALUES (1),(2)) t(x) LEFT JOIN (VALUES (1),(2)) u(y) ON x = y AND x > 1
  x int4 | y int4
  1 | NULL
  2 | 2

SELECT * FROM (VALUES (1),(2)) t(x) LEFT JOIN (VALUES (1),(2)) u(y) ON true
  x int4 | y int4
  1 | 1
  1 | 2
  2 | 1
  2 | 2

SELECT * FROM (VALUES (1),(2)) t(x) LEFT JOIN (VALUES (1),(2)) u(y) ON x = y WHERE y IS NULL
  x int4 | y int4

SELECT * FROM (VALUES (NULL::int),(2)) t(x) JOIN (VALUES (NULL::int),(2)) u(y) ON x = y
  x int4 | y int4
  2 | 2

SELECT * FROM (VALUES (1)) t(x) JOIN (VALUES (1)) u(x) USING (nosuch)
  ERROR 42703 column "nosuch" specified in USING clause does not exist in left table

SELECT * FROM (VALUES (1)) t(x) JOIN (VALUES ('a')) u(x) USING (x)
  ERROR 42804 JOIN/USING types integer and text cannot be matched

SELECT * FROM (VALUES (1)) t(x) JOIN (VALUES (1)) u(y) ON x
  ERROR 42804 argument of JOIN/ON must be type boolean, not type integer at 59

SELECT * FROM (VALUES (1)) t(x) JOIN (VALUES (1)) u(x) ON x = 1
  ERROR 42702 column reference "x" is ambiguous at 59

SELECT * FROM (VALUES (1)) t(x) JOIN (VALUES (1)) u(y) ON count(*) > 1
  ERROR 42803 aggregate functions are not allowed in JOIN conditions at 59

SELECT * FROM (VALUES (1)) t(x) JOIN (VALUES (1.0)) u(x) ON t.x = u.x
  x int4 | x numeric
  1 | 1.0

SELECT * FROM (VALUES (1)) t(x) JOIN (VALUES (1.0)) u(x) USING (x)
  x numeric
  1.0

SELECT * FROM (VALUES (1)) t(x) JOIN (VALUES ('1')) u(y) ON t.x = u.y
  ERROR 42883 operator does not exist: integer = text at 65

SELECT * FROM (VALUES (1)) t(x) JOIN (VALUES (1)) u(y) ON t.x = u.y JOIN (VALUES (1)) v(z) ON v.z = u.y
  x int4 | y int4 | z int4
  1 | 1 | 1

SELECT * FROM (VALUES (1)) t(x) JOIN (VALUES (1)) u(x) USING (x) JOIN (VALUES (1)) v(x) USING (x)
  x int4
  1

SELECT sum(t.x), u.y FROM (VALUES (1),(2)) t(x) JOIN (VALUES (1,'a'),(2,'a')) u(x,y) ON t.x = u.x GROUP BY u.y
  sum int8 | y text
  3 | a

SELECT t.x FROM (VALUES (1),(2)) t(x) JOIN (VALUES (1),(1)) u(x) ON t.x = u.x
  x int4
  1
  1

SELECT x FROM (VALUES (1),(2)) t(x) WHERE x IN (SELECT y FROM (VALUES (2)) u(y))
  x int4
  2

SELECT x FROM (VALUES (1),(2)) t(x) WHERE x NOT IN (SELECT y FROM (VALUES (2)) u(y))
  x int4
  1
! refused
> ERROR 0A000 NOT IN (subquery) here is not supported at 49

SELECT x FROM (VALUES (1),(2)) t(x) WHERE x = (SELECT max(y) FROM (VALUES (2)) u(y))
  x int4
  2

SELECT x FROM (VALUES (1),(2)) t(x) WHERE EXISTS (SELECT 1 FROM (VALUES (2)) u(y) WHERE y = x)
  x int4
  2

SELECT * FROM UNNEST(ARRAY[1,2,NULL])
  unnest int4
  1
  2
  NULL

SELECT * FROM UNNEST(ARRAY[1,2]) AS t(x)
  x int4
  1
  2

SELECT * FROM UNNEST(ARRAY['a','b']) AS t
  t text
  a
  b

SELECT x FROM UNNEST(ARRAY['a','b']) x
  x text
  a
  b

SELECT * FROM UNNEST(ARRAY[1,2]) WITH ORDINALITY AS t(x, n)
  x int4 | n int8
  1 | 1
  2 | 2

SELECT * FROM UNNEST(ARRAY[1,2], ARRAY['a']) AS t(x, y)
  x int4 | y text
  1 | a
  2 | NULL
! refused
> ERROR 0A000 UNNEST with other than one argument is not supported at 15

SELECT t.x, u.y FROM (VALUES (1, ARRAY[10,20]), (2, ARRAY[]::int[]), (3, NULL)) t(x, a) CROSS JOIN UNNEST(a) AS u(y)
  x int4 | y int4
  1 | 10
  1 | 20

SELECT t.x, u.y FROM (VALUES (1, ARRAY[10,20]), (2, NULL)) t(x, a) LEFT JOIN UNNEST(a) AS u(y) ON true
  x int4 | y int4
  1 | 10
  1 | 20
  2 | NULL

SELECT * FROM UNNEST(1)
  ERROR 42883 function unnest(integer) does not exist at 15

SELECT * FROM UNNEST(NULL)
  ERROR 42725 function unnest(unknown) is not unique at 15
! UNNEST takes arrays and maps alone
> ERROR 42883 function unnest(unknown) does not exist at 15

SELECT * FROM generate_series(1, 3)
  generate_series int4
  1
  2
  3

SELECT * FROM generate_series(1, 3) AS g(x)
  x int4
  1
  2
  3

SELECT (ARRAY[1,2,3])[1], (ARRAY[1,2,3])[0], (ARRAY[1,2,3])[5], (ARRAY[1,2,3])[NULL], (NULL::int[])[1]
  array int4 | array int4 | array int4 | array int4 | int4 int4
  1 | NULL | NULL | NULL | NULL

SELECT (ARRAY[1,2,3])['a']
  ERROR 22P02 invalid input syntax for type integer: "a" at 23

SELECT (ARRAY[1,2,3])[1.5]
  array int4
  2

SELECT (ARRAY[1,2,3])['2']
  array int4
  2

SELECT (ARRAY[1,2,3])[1:2]
  array int4[]
  {1,2}

SELECT ('{1,2}'::int[])[2] + 1
  ?column? int4
  3

SELECT (1)[1]
  ERROR 42804 cannot subscript type integer because it does not support subscripting at 9

SELECT ARRAY[1,2] || 3, 0 || ARRAY[1,2], ARRAY[1] || ARRAY[2,3], ARRAY[1] || NULL
  ?column? int4[] | ?column? int4[] | ?column? int4[] | ?column? int4[]
  {1,2,3} | {0,1,2} | {1,2,3} | {1}

SELECT ARRAY[1,2] || '{3}'
  ?column? int4[]
  {1,2,3}

SELECT array_append(ARRAY[1,2], 3)
  array_append int4[]
  {1,2,3}

SELECT array_prepend(0, ARRAY[1,2])
  array_prepend int4[]
  {0,1,2}

SELECT array_cat(ARRAY[1], ARRAY[2])
  array_cat int4[]
  {1,2}

SELECT array_remove(ARRAY[1,2,1], 1)
  array_remove int4[]
  {2}

SELECT array_replace(ARRAY[1,2,1], 1, 9)
  array_replace int4[]
  {9,2,9}

SELECT array_append(ARRAY[1,2], 3::bigint), array_append(ARRAY[1,2], 2.5), array_prepend(1.5, ARRAY[1])
  array_append int8[] | array_append numeric[] | array_prepend numeric[]
  {1,2,3} | {1,2,2.5} | {1.5,1}

SELECT array_append(ARRAY[1,2], 'x')
  ERROR 22P02 invalid input syntax for type integer: "x" at 33

SELECT array_append(ARRAY[1,2], '3')
  array_append int4[]
  {1,2,3}

SELECT array_append(ARRAY[1,2], true)
  ERROR 42883 function array_append(integer[], boolean) does not exist at 8

SELECT array_append(NULL::int[], 3), array_append(ARRAY[1], NULL)
  array_append int4[] | array_append int4[]
  {3} | {1,NULL}

SELECT array_cat(ARRAY[1], ARRAY[2.5])
  array_cat numeric[]
  {1,2.5}

SELECT ARRAY[1,2] || 2.5
  ?column? numeric[]
  {1,2,2.5}

SELECT array_length(ARRAY[1,2], 1)
  array_length int4
  2

SELECT array_length(ARRAY[]::int[], 1)
  array_length int4
  NULL

SELECT array_length(ARRAY[1], 2)
  array_length int4
  NULL

SELECT cardinality(ARRAY[1,2])
  cardinality int4
  2

SELECT array_upper(ARRAY[1,2], 1)
  array_upper int4
  2

SELECT array_lower(ARRAY[1,2], 1)
  array_lower int4
  1

SELECT array_ndims(ARRAY[1])
  array_ndims int4
  1

SELECT array_position(ARRAY['a','b'], 'b')
  array_position int4
  2

SELECT array_position(ARRAY[1,2], 5)
  array_position int4
  NULL

SELECT array_positions(ARRAY[1,2,1], 1)
  array_positions int4[]
  {1,3}

SELECT array_position(ARRAY[1,2], 2::bigint)
  array_position int4
  2

SELECT ARRAY[1,2] @> ARRAY[1]
  ?column? bool
  t

SELECT ARRAY[1] <@ ARRAY[1,2]
  ?column? bool
  t

SELECT ARRAY[1,2] && ARRAY[2,3]
  ?column? bool
  t

SELECT ARRAY[1,2]::text, ARRAY['a b','c"d',NULL,''], ARRAY[1.5, NULL]::text[], '{1,2}'::text[]::int[]
  array text | array text[] | array text[] | int4 int4[]
  {1,2} | {"a b","c\"d",NULL,""} | {1.5,NULL} | {1,2}

SELECT ARRAY['x']::int[]
  ERROR 22P02 invalid input syntax for type integer: "x" at 14

SELECT ARRAY[1,2]::bigint[], ARRAY[1.5,2.5]::int[]
  array int8[] | array int4[]
  {1,2} | {2,3}

SELECT '{"a":{"b":[1,"x",null]}}'::json -> 'a', '{"a":{"b":[1,"x",null]}}'::json -> 'a' -> 'b' -> 1, '{"a":{"b":[1,"x",null]}}'::json -> 'a' -> 'b' ->> 1, '{"a":1}'::json ->> 'a', '{"a":1}'::json -> 'z', '{"a":null}'::json ->> 'a'
  ?column? json | ?column? json | ?column? text | ?column? text | ?column? json | ?column? text
  {"b":[1,"x",null]} | "x" | x | 1 | NULL | NULL

SELECT '[1,2,3]'::json -> -1, '[1,2,3]'::json -> 5, '[1,2]'::json -> 'a', '{"a":{"b":5}}'::json #>> '{a,b}'
  ?column? json | ?column? json | ?column? json | ?column? text
  3 | NULL | NULL | 5

SELECT ('{"a":1}'::json ->> 'a')::int + 1, json_array_length('[1,2,3]'::json), json_typeof('{"a":1}'::json)
  ?column? int4 | json_array_length int4 | json_typeof text
  2 | 3 | object

SELECT 'x'::json
  ERROR 22P02 invalid input syntax for type json at 8

SELECT 1 -> 'a'
  ERROR 42883 operator does not exist: integer -> unknown at 10

SELECT 1 + true
  ERROR 42883 operator does not exist: integer + boolean at 10

SELECT 1 + 'a'
  ERROR 22P02 invalid input syntax for type integer: "a" at 12

SELECT 'a' + 'b'
  ERROR 42725 operator is not unique: unknown + unknown at 12

SELECT 'a' - 1
  ERROR 22P02 invalid input syntax for type integer: "a" at 8

SELECT true + true
  ERROR 42883 operator does not exist: boolean + boolean at 13

SELECT date '2024-01-01' * 2
  ERROR 42883 operator does not exist: date * integer at 26

SELECT - 'a'
  ERROR 42725 operator is not unique: - unknown at 8

SELECT - true
  ERROR 42883 operator does not exist: - boolean at 8

SELECT 'a' || 1 + 2
  ?column? text
  a3

SELECT 1 = 'x'
  ERROR 22P02 invalid input syntax for type integer: "x" at 12

SELECT 1 = date '2024-01-01'
  ERROR 42883 operator does not exist: integer = date at 10

SELECT 'a'::text = 1
  ERROR 42883 operator does not exist: text = integer at 18

SELECT x = 'a' FROM (VALUES (1)) t(x)
  ERROR 22P02 invalid input syntax for type integer: "a" at 12

SELECT x || 1 FROM (VALUES ('a')) t(x)
  ?column? text
  a1

SELECT x + 1 FROM (VALUES ('a')) t(x)
  ERROR 42883 operator does not exist: text + integer at 10

SELECT x.y FROM (VALUES (1)) x(z)
  ERROR 42703 column x.y does not exist at 8

SELECT t FROM (VALUES (1, 'a')) t(x, y)
  t record
  (1,a)
! a row travels as JSON
> t json
> (1,a)

SELECT (t).x FROM (VALUES (1, 'a')) t(x, y)
  x int4
  1

SELECT (ROW(1,'a')).f1
  f1 int4
  1

SELECT 1 FROM (VALUES (1)) t(x) WHERE x > $1
-- args: 0
  (int4)
  ?column? int4
  1

SELECT $1
-- args: a
  (text)
  ?column? text
  a

SELECT $1 + 1
-- args: 2
  (int4)
  ?column? int4
  3

SELECT $1 + $2
  ERROR 42725 operator is not unique: unknown + unknown at 11

SELECT $1::int + $2
-- args: 1, 2
  (int4, int4)
  ?column? int4
  3

SELECT $1::int, $1
-- args: 1
  (int4)
  int4 int4 | ?column? int4
  1 | 1

SELECT $1 || 'a'
-- args: x
  (text)
  ?column? text
  xa

SELECT upper($1)
-- args: x
  (text)
  upper text
  X

SELECT length($1), $2 LIKE 'a%'
-- args: abc, abc
  (text, text)
  length int4 | ?column? bool
  3 | t

SELECT $1 = 1.5, $2 = 'a', $3 = true, $4 = date '2024-01-01'
-- args: 1.5, a, t, 2024-01-01
  (numeric, text, bool, date)
  ?column? bool | ?column? bool | ?column? bool | ?column? bool
  t | t | t | t

SELECT x FROM (VALUES (1),(2)) t(x) WHERE x = $1 OR x = $2
-- args: 1, \N
  (int4, int4)
  x int4
  1

SELECT x FROM (VALUES ('a'),('b')) t(x) WHERE x = $1
-- args: a
  (text)
  x text
  a

SELECT x FROM (VALUES (1),(2)) t(x) WHERE x IN ($1, $2)
-- args: 1, 5
  (int4, int4)
  x int4
  1

SELECT x FROM (VALUES (1),(2)) t(x) WHERE x BETWEEN $1 AND $2
-- args: 1, 1
  (int4, int4)
  x int4
  1

SELECT x FROM (VALUES (1),(2),(3)) t(x) ORDER BY x LIMIT $1 OFFSET $2
-- args: 1, 1
  (int8, int8)
  x int4
  2

SELECT CASE WHEN $1 THEN $2 ELSE 5 END
-- args: t, 7
  (bool, int4)
  case int4
  7

SELECT COALESCE($1, 5)
-- args: \N
  (int4)
  coalesce int4
  5

SELECT COALESCE($1, 'a')
-- args: \N
  (text)
  coalesce text
  a

SELECT $2::text
-- args: 1, 2
  ERROR 42P18 could not determine data type of parameter $1

SELECT $1::int
-- args: x
  ERROR 22P02 invalid input syntax for type integer: "x"

SELECT $1::numeric(5,2), $2::varchar(2)
-- args: 1.234, abc
  (numeric, text)
  numeric numeric | varchar text
  1.23 | ab

SELECT $1::timestamp, $2::interval, $3::int[]
-- args: 2024-01-01, 1 day, {1}
  (timestamp, interval, int4[])
  timestamp timestamp | interval interval | int4 int4[]
  2024-01-01 00:00:00 | 1 day | {1}

SELECT x + $1 FROM (VALUES (1::bigint)) t(x)
-- args: 1
  (int8)
  ?column? int8
  2

SELECT $1 + x FROM (VALUES (1.5)) t(x)
-- args: 1
  (numeric)
  ?column? numeric
  2.5

SELECT timestamp '2024-01-01' + $1
-- args: 1 day
  (interval)
  ?column? timestamp
  2024-01-02 00:00:00

SELECT date '2024-01-01' + $1
-- args: 1
  ERROR 42725 operator is not unique: date + unknown at 26

SELECT $1 IS NULL
-- args: \N
  ERROR 42P18 could not determine data type of parameter $1
! a parameter that nothing decides is text
> (text)
> ?column? bool
> t

SELECT NOT $1
-- args: t
  (bool)
  ?column? bool
  f

SELECT $1 AND true
-- args: t
  (bool)
  ?column? bool
  t

SELECT * FROM (VALUES ($1, 1), (2, $2)) t(x, y)
-- args: 1, 2
  (int4, int4)
  x int4 | y int4
  1 | 1
  2 | 2

SELECT sum($1) FROM (VALUES (1)) t(x)
  ERROR 42725 function sum(unknown) is not unique at 8

SELECT $0
  ERROR 42P02 there is no parameter $0 at 8

SELECT $1 LIKE $2
-- args: a, a
  (text, text)
  ?column? bool
  t

SELECT substring($1, $2)
-- args: abc, 2
  (text, text)
  substring text
  NULL

SELECT ARRAY[1, $1]
-- args: 2
  (int4)
  array int4[]
  {1,2}

SELECT 1 = ANY ($1)
-- args: {1}
  (int4[])
  ?column? bool
  t

SELECT $1 UNION ALL SELECT 1
-- args: 2
  (int4)
  ?column? int4
  1
  2

SELECT $1::date = $1
-- args: 2024-01-01
  (date)
  ?column? bool
  t

SELECT 9223372036854775807 + $1
-- args: 1
  ERROR 22003 bigint out of range
