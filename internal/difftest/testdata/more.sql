SELECT x FROM (VALUES (1)) t(x) WHERE x + 1
  ERROR 42804 argument of WHERE must be type boolean, not type integer at 39

SELECT x FROM (VALUES (1)) t(x) WHERE x::bigint
  ERROR 42804 argument of WHERE must be type boolean, not type bigint at 39

SELECT x FROM (VALUES (1)) t(x) WHERE upper('a')
  ERROR 42804 argument of WHERE must be type boolean, not type text at 39

SELECT x FROM (VALUES (1)) t(x) WHERE CASE WHEN true THEN 1 END
  ERROR 42804 argument of WHERE must be type boolean, not type integer at 39

SELECT x FROM (VALUES (1)) t(x) WHERE x = 1 AND x + 1
  ERROR 42804 argument of AND must be type boolean, not type integer at 49

SELECT CASE WHEN x + 1 THEN 1 END FROM (VALUES (1)) t(x)
  ERROR 42804 argument of CASE/WHEN must be type boolean, not type integer at 18

SELECT COALESCE(1, x || 'a') FROM (VALUES ('b')) t(x)
  ERROR 42804 COALESCE types integer and text cannot be matched at 20

SELECT CASE WHEN true THEN 1 ELSE x || 'a' END FROM (VALUES ('b')) t(x)
  ERROR 42804 CASE types text and integer cannot be matched at 28

SELECT x AS a, x + 1 AS b FROM (VALUES (1)) t(x) WHERE a = 1
  ERROR 42703 column "a" does not exist at 56

SELECT x FROM (VALUES (1)) AS t(x) JOIN (VALUES (2)) AS u(x) ON t.x < u.x
  ERROR 42702 column reference "x" is ambiguous at 8

SELECT t.y FROM (VALUES (1)) AS t(x) JOIN (VALUES (2)) AS u(y) ON true
  ERROR 42703 column t.y does not exist at 8

SELECT t.x FROM (VALUES (1)) AS t(x) JOIN (VALUES (2)) AS u(y) ON t.z = u.y
  ERROR 42703 column t.z does not exist at 67

SELECT x + y FROM (VALUES (1, 'a')) t(x, y)
  ERROR 42883 operator does not exist: integer + text at 10

SELECT x || y FROM (VALUES (1, 'a')) t(x, y)
  ?column? text
  1a

SELECT x || y FROM (VALUES (1, 2)) t(x, y)
  ERROR 42883 operator does not exist: integer || integer at 10

SELECT x = y FROM (VALUES (1, 'a')) t(x, y)
  ERROR 42883 operator does not exist: integer = text at 10

SELECT x = y FROM (VALUES (1, 1.0)) t(x, y)
  ?column? bool
  t

SELECT x = y FROM (VALUES (true, 1)) t(x, y)
  ERROR 42883 operator does not exist: boolean = integer at 10

SELECT x = y FROM (VALUES (date '2024-01-01', '2024-01-01')) t(x, y)
  ERROR 42883 operator does not exist: date = text at 10

SELECT x > y FROM (VALUES (timestamp '2024-01-01 00:00', date '2023-01-01')) t(x, y)
  ?column? bool
  t

SELECT x + y FROM (VALUES (date '2024-01-01', 5)) t(x, y)
  ?column? date
  2024-01-06

SELECT x - y FROM (VALUES (timestamp '2024-01-02', timestamp '2024-01-01')) t(x, y)
  ?column? interval
  1 day

SELECT x * y FROM (VALUES (2, interval '1 hour')) t(x, y)
  ?column? interval
  02:00:00

SELECT upper(x) FROM (VALUES (1)) t(x)
  ERROR 42883 function upper(integer) does not exist at 8

SELECT length(x) FROM (VALUES (1)) t(x)
  ERROR 42883 function length(integer) does not exist at 8

SELECT length(x::text) FROM (VALUES (123)) t(x)
  length int4
  3

SELECT abs(x), sqrt(x), round(x), x::int FROM (VALUES (2.25)) t(x)
  abs numeric | sqrt numeric | round numeric | x int4
  2.25 | 1.500000000000000 | 2 | 2

SELECT substring(x, y) FROM (VALUES ('abc', 2)) t(x, y)
  substring text
  bc

SELECT substring(x, y) FROM (VALUES ('abc', 2::bigint)) t(x, y)
  ERROR 42883 function substring(text, bigint) does not exist at 8

SELECT substring(x, 1.5) FROM (VALUES ('abc')) t(x)
  ERROR 42883 function substring(text, numeric) does not exist at 8

SELECT left(x, 2::bigint) FROM (VALUES ('abc')) t(x)
  ERROR 42883 function left(text, bigint) does not exist at 8

SELECT repeat('a', 2.0)
  ERROR 42883 function repeat(unknown, numeric) does not exist at 8

SELECT lpad(5, 3, '0')
  ERROR 42883 function lpad(integer, integer, unknown) does not exist at 8

SELECT lpad(5::text, 3, '0')
  lpad text
  005

SELECT concat(1, 2.50, true, NULL, date '2024-01-01', interval '1 day')
  concat text
  12.50t2024-01-011 day

SELECT date_trunc('day', '2024-01-01')
  ERROR 42725 function date_trunc(unknown, unknown) is not unique at 8

SELECT date_trunc(5, timestamp '2024-01-01')
  ERROR 42883 function date_trunc(integer, timestamp without time zone) does not exist at 8

SELECT EXTRACT(day FROM x), EXTRACT(hour FROM x) + 1 FROM (VALUES (timestamp '2024-02-03 04:05:06')) t(x)
  extract numeric | ?column? numeric
  3 | 5

SELECT pg_typeof(1), pg_typeof(1.5), pg_typeof('a'), pg_typeof(NULL), pg_typeof(1::bigint), pg_typeof(now()), pg_typeof(ARRAY[1]), pg_typeof(interval '1 day')
  pg_typeof oid 2206 | pg_typeof oid 2206 | pg_typeof oid 2206 | pg_typeof oid 2206 | pg_typeof oid 2206 | pg_typeof oid 2206 | pg_typeof oid 2206 | pg_typeof oid 2206
  integer | numeric | unknown | unknown | bigint | timestamp with time zone | integer[] | interval
! types are told as text, and an undecided literal is text
> pg_typeof text | pg_typeof text | pg_typeof text | pg_typeof text | pg_typeof text | pg_typeof text | pg_typeof text | pg_typeof text
> integer | numeric | text | text | bigint | timestamp with time zone | integer[] | interval

SELECT 1.0 * 1.00, 1.5 + 2.25, 1.50 - 0.5, 2.0 / 3.00, 10 / 4.0, 1e2 + 1
  ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric
  1.000 | 3.75 | 1.00 | 0.66666666666666666667 | 2.5000000000000000 | 101

SELECT 0.1 * 3, 1.1 * 1.1, 123.456 * 10, 0.5 / 0.25, 7.0 / 7, 22.0 / 7
  ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric
  0.3 | 1.21 | 1234.560 | 2.0000000000000000 | 1.00000000000000000000 | 3.1428571428571429

SELECT 100000000000000.0 / 3, 1 / 300000.0, 0.0001 / 3, 12345.678 / 0.001
  ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric
  33333333333333.3333 | 0.000003333333333333333333 | 0.000033333333333333333333 | 12345678.000000000000

SELECT round(123.456, 1), round(-0.5), round(0.5), round(1.5), round(123.456, -1), round(5, 2), round(99.995, 2)
  round numeric | round numeric | round numeric | round numeric | round numeric | round numeric | round numeric
  123.5 | -1 | 1 | 2 | 120 | 5.00 | 100.00

SELECT 1.5::numeric(10,3), 1.23456::numeric(5,2), 12345::numeric(5,0), 1.5::numeric(5), 0::numeric(3,3)
  numeric numeric | numeric numeric | numeric numeric | numeric numeric | numeric numeric
  1.500 | 1.23 | 12345 | 2 | 0.000

SELECT 1.5::numeric(3,1) + 1.25::numeric(5,2), 1.5::numeric(3,1) * 2
  ?column? numeric | ?column? numeric
  2.75 | 3.0

SELECT 123456::numeric(5,2)
  ERROR 22003 numeric field overflow

SELECT 99.999::numeric(4,2)
  ERROR 22003 numeric field overflow

SELECT sum(x::numeric(5,2)), avg(x::numeric(5,2)) FROM (VALUES (1),(2),(2)) t(x)
  sum numeric | avg numeric
  5.00 | 1.6666666666666667

SELECT avg(x) FROM (VALUES (1.0),(2.0),(2.0)) t(x)
  avg numeric
  1.6666666666666667

SELECT avg(x) FROM (VALUES (10000000000.5),(1)) t(x)
  avg numeric
  5000000000.75000000

SELECT max(x), min(x) FROM (VALUES (1.10),(1.1),(1.100)) t(x)
  max numeric | min numeric
  1.100 | 1.100
! of equal values the first stays, whatever its scale
> max numeric | min numeric
> 1.10 | 1.10

SELECT 1::float8, 1.5::float8, 1e100::float8, 1e-7::float8, 123456789.123::float8, 0.1::float8 * 3, 1::float8/3, -0.0::float8, 1e20::float8, 1e21::float8
  float8 float8 | float8 float8 | float8 float8 | float8 float8 | float8 float8 | ?column? float8 | ?column? float8 | ?column? float8 | float8 float8 | float8 float8
  1 | 1.5 | 1e+100 | 1e-07 | 123456789.123 | 0.30000000000000004 | 0.3333333333333333 | -0 | 1e+20 | 1e+21

SELECT 1::real, 1.5::real, 1e10::real, 1.1::real, 123456.7::real, 1::real/3, 1e-5::real, 0.0001::real
  float4 float4 | float4 float4 | float4 float4 | float4 float4 | float4 float4 | ?column? float8 | float4 float4 | float4 float4
  1 | 1.5 | 1e+10 | 1.1 | 123456.7 | 0.3333333333333333 | 1e-05 | 0.0001

SELECT 0.1::real + 0.2::real, 0.1::real::numeric, 0.1::real::text, 1.1::float8::numeric, 1e15::float8::numeric, 1.1::real::float8
  ?column? float4 | numeric numeric | text text | numeric numeric | numeric numeric | float8 float8
  0.3 | 0.1 | 0.1 | 1.1 | 1000000000000000 | 1.100000023841858

SELECT 1.5::float8::int, 2.5::float8::int, 3.5::float8::int, -2.5::float8::int, 2.5::int, 3.5::int, -2.5::int, '2.5'::numeric::bigint
  int4 int4 | int4 int4 | int4 int4 | ?column? int4 | int4 int4 | int4 int4 | ?column? int4 | int8 int8
  2 | 2 | 4 | -2 | 3 | 4 | -3 | 3

SELECT 1e10::float8::int
  ERROR 22003 integer out of range

SELECT 'NaN'::float8::int
  ERROR 22003 integer out of range

SELECT 'NaN'::numeric::int
  ERROR 0A000 cannot convert NaN to integer

SELECT 'Infinity'::float8::numeric
  numeric numeric
  Infinity

SELECT 40000::smallint
  ERROR 22003 smallint out of range

SELECT 3000000000::int
  ERROR 22003 integer out of range

SELECT 1e20::numeric::bigint
  ERROR 22003 bigint out of range

SELECT 3000000000::bigint::int
  ERROR 22003 integer out of range

SELECT x::smallint FROM (VALUES (1),(100000)) t(x)
  ERROR 22003 smallint out of range

SELECT x::int FROM (VALUES ('1'),('a')) t(x)
  ERROR 22P02 invalid input syntax for type integer: "a"

SELECT x::date FROM (VALUES ('2024-01-01'),('x')) t(x)
  ERROR 22007 invalid input syntax for type date: "x"

SELECT x::boolean FROM (VALUES ('t'),('0'),('no')) t(x)
  x bool
  f
  f
  t

SELECT x::text FROM (VALUES (true),(false)) t(x)
  x text
  false
  true

SELECT x::varchar(2) FROM (VALUES ('abc'),('a')) t(x)
  x text
  a
  ab

SELECT x::varchar(2) || 'z' FROM (VALUES (12345)) t(x)
  ?column? text
  12z

SELECT 1 + x FROM (VALUES (2147483647)) t(x)
  ERROR 22003 integer out of range

SELECT x * x FROM (VALUES (3037000500)) t(x)
  ERROR 22003 bigint out of range

SELECT x / y FROM (VALUES (1, 0)) t(x, y)
  ERROR 22012 division by zero

SELECT x % y FROM (VALUES (1.5, 0)) t(x, y)
  ERROR 22012 division by zero

SELECT -x FROM (VALUES ((-2147483648)::int)) t(x)
  ERROR 22003 integer out of range

SELECT x + interval '1 month' FROM (VALUES (date '2024-01-31'),(date '2023-01-31')) t(x)
  ?column? timestamp
  2023-02-28 00:00:00
  2024-02-29 00:00:00

SELECT x FROM (SELECT 1 AS x UNION ALL SELECT 2.5 UNION ALL SELECT NULL) t
  x numeric
  1
  2.5
  NULL

SELECT x FROM (SELECT NULL AS x UNION ALL SELECT NULL UNION ALL SELECT 1) t
  ERROR 42804 UNION types text and integer cannot be matched at 72

SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 ORDER BY 1 DESC LIMIT 2
  ?column? int4
  3
  2

SELECT 'a' AS k, 1 AS v UNION ALL SELECT 'b', 2 UNION ALL SELECT 'c', NULL
  k text | v int4
  a | 1
  b | 2
  c | NULL

SELECT k, sum(v) FROM (SELECT 'a' AS k, 1 AS v UNION ALL SELECT 'a', 2 UNION ALL SELECT 'b', 3) t GROUP BY k
  k text | sum int8
  a | 3
  b | 3

SELECT 1 AS a UNION SELECT 2 UNION ALL SELECT 2 ORDER BY a
  a int4
  1
  2
  2

SELECT 1::smallint UNION SELECT 1::bigint
  int2 int8
  1

SELECT NULL::int UNION SELECT NULL
  int4 int4
  NULL

(SELECT 3 AS x UNION ALL SELECT 1) ORDER BY x
  x int4
  1
  3

(SELECT 1) ORDER BY 1
  ?column? int4
  1

((SELECT 1 AS x))
  x int4
  1

SELECT * FROM ((SELECT 1 AS x)) t
  x int4
  1

SELECT * FROM (SELECT 1 AS x) t, (SELECT 2 AS y) u, (SELECT 3 AS z) v
  x int4 | y int4 | z int4
  1 | 2 | 3

SELECT * FROM (SELECT 1 AS x) t CROSS JOIN (SELECT 2 AS y) u JOIN (SELECT 2 AS z) v ON u.y = v.z
  x int4 | y int4 | z int4
  1 | 2 | 2

SELECT * FROM (SELECT 1 AS x) t LEFT JOIN (SELECT 2 AS y) u ON t.x = u.y LEFT JOIN (SELECT 1 AS z) v ON t.x = v.z
  x int4 | y int4 | z int4
  1 | NULL | 1

SELECT * FROM (SELECT 1 AS x) t LEFT JOIN (SELECT 2 AS y) u ON t.x = u.y LEFT JOIN (SELECT 1 AS z) v ON u.y = v.z
  x int4 | y int4 | z int4
  1 | NULL | NULL

SELECT * FROM (SELECT 1 AS x) t JOIN ((SELECT 1 AS y) u JOIN (SELECT 1 AS z) v ON u.y = v.z) ON t.x = u.y
  x int4 | y int4 | z int4
  1 | 1 | 1

SELECT a.x, b.x FROM (VALUES (1),(2),(NULL)) a(x) FULL JOIN (VALUES (2),(3),(NULL)) b(x) ON a.x = b.x
  x int4 | x int4
  1 | NULL
  2 | 2
  NULL | 3
  NULL | NULL
  NULL | NULL

SELECT count(*), count(b.x) FROM (VALUES (1),(2),(NULL)) a(x) LEFT JOIN (VALUES (2),(3),(NULL)) b(x) ON a.x = b.x
  count int8 | count int8
  3 | 1

SELECT a.x, sum(b.y) FROM (VALUES (1),(2)) a(x) LEFT JOIN (VALUES (1, 10),(1, 20)) b(x, y) ON a.x = b.x GROUP BY a.x
  x int4 | sum int8
  1 | 30
  2 | NULL

SELECT * FROM (VALUES (1, 2)) a(x, y) JOIN (VALUES (1, 2)) b(x, y) USING (x, y)
  x int4 | y int4
  1 | 2

SELECT * FROM (VALUES (1, 2)) a(x, y) JOIN (VALUES (1, 3)) b(x, y) USING (x)
  x int4 | y int4 | y int4
  1 | 2 | 3

SELECT * FROM (VALUES (1, 2)) a(x, y) JOIN (VALUES (1, 3)) b(x, y) USING (x) WHERE a.y < b.y
  x int4 | y int4 | y int4
  1 | 2 | 3

SELECT y FROM (VALUES (1, 2)) a(x, y) JOIN (VALUES (1, 3)) b(x, y) USING (x)
  ERROR 42702 column reference "y" is ambiguous at 8

SELECT * FROM (VALUES (1)) a(x) LEFT JOIN (VALUES (2.5)) b(x) USING (x)
  x numeric
  1

SELECT * FROM (VALUES (1)) a(x) RIGHT JOIN (VALUES (2.5)) b(x) USING (x)
  x numeric
  2.5

SELECT * FROM (VALUES (1)) a(x) FULL JOIN (VALUES (2.5)) b(x) USING (x)
  x numeric
  1
  2.5

SELECT a.* FROM (VALUES (1)) a(x) JOIN (VALUES (1)) b(y) ON a.x = b.y
  x int4
  1

SELECT b.*, a.x FROM (VALUES (1)) a(x) JOIN (VALUES (1)) b(y) ON a.x = b.y
  y int4 | x int4
  1 | 1

SELECT *, 1 AS one FROM (VALUES (1)) a(x)
  x int4 | one int4
  1 | 1

SELECT a.x AS x, b.x AS x FROM (VALUES (1)) a(x), (VALUES (2)) b(x)
  x int4 | x int4
  1 | 2

SELECT x FROM (SELECT a.x, b.x FROM (VALUES (1)) a(x), (VALUES (2)) b(x)) t
  ERROR 42702 column reference "x" is ambiguous at 8

SELECT max(x) FROM (SELECT x FROM (VALUES (1),(5)) t(x) LIMIT 10) s
  max int4
  5

SELECT s.m FROM (SELECT max(x) AS m FROM (VALUES (1),(5)) t(x)) s WHERE s.m > 3
  m int4
  5

SELECT k, c FROM (SELECT x % 2 AS k, count(*) AS c FROM (VALUES (1),(2),(3)) t(x) GROUP BY x % 2) s WHERE c > 1
  k int4 | c int8
  1 | 2

SELECT count(*) FROM (SELECT DISTINCT x FROM (VALUES (1),(1),(2)) t(x)) s
  count int8
  2

SELECT sum(c) FROM (SELECT count(*) AS c FROM (VALUES (1),(1),(2)) t(x) GROUP BY x) s
  sum numeric
  3

SELECT x, count(*) FROM (VALUES (1),(1)) t(x) GROUP BY t.x
  x int4 | count int8
  1 | 2

SELECT t.x, count(*) FROM (VALUES (1),(1)) t(x) GROUP BY x
  x int4 | count int8
  1 | 2

SELECT x + 1, count(*) FROM (VALUES (1),(1)) t(x) GROUP BY x
  ?column? int4 | count int8
  2 | 2

SELECT x + 1 AS y, count(*) FROM (VALUES (1),(1)) t(x) GROUP BY y
  y int4 | count int8
  2 | 2

SELECT x AS y, y AS x, count(*) FROM (VALUES (1, 2)) t(x, y) GROUP BY x, y
  y int4 | x int4 | count int8
  1 | 2 | 1

SELECT x, count(*) FROM (VALUES (1)) t(x) GROUP BY x + 1
  ERROR 42803 column "t.x" must appear in the GROUP BY clause or be used in an aggregate function at 8

SELECT abs(x), count(*) FROM (VALUES (1),(-1)) t(x) GROUP BY abs(x) HAVING abs(x) > 0
  abs int4 | count int8
  1 | 2

SELECT abs(x), count(*) FROM (VALUES (1),(-1)) t(x) GROUP BY 1 HAVING x > 0
  ERROR 42803 column "t.x" must appear in the GROUP BY clause or be used in an aggregate function at 71

SELECT count(*) FROM (VALUES (1),(-1)) t(x) GROUP BY x > 0
  count int8
  1
  1

SELECT x, x FROM (VALUES (1)) t(x) GROUP BY 1, 2
  x int4 | x int4
  1 | 1

SELECT count(*) AS n FROM (VALUES (1)) t(x) GROUP BY n
  ERROR 42803 aggregate functions are not allowed in GROUP BY at 8

SELECT 'a', count(*) FROM (VALUES (1)) t(x)
  ?column? text | count int8
  a | 1

SELECT NULL, count(*) FROM (VALUES (1)) t(x) GROUP BY 1
  ?column? text | count int8
  NULL | 1

SELECT x FROM (VALUES (1)) t(x) GROUP BY x, x
  x int4
  1

SELECT x FROM (VALUES (NULL),(NULL)) t(x) GROUP BY x
  x text
  NULL

SELECT x IS NULL, count(*) FROM (VALUES (1),(NULL),(NULL)) t(x) GROUP BY x IS NULL
  ?column? bool | count int8
  f | 1
  t | 2

SELECT sum(x) FILTER (WHERE x > 1), count(*) FILTER (WHERE x IS NULL), max(x) FILTER (WHERE false) FROM (VALUES (1),(2),(NULL)) t(x)
  sum int8 | count int8 | max int4
  2 | 1 | NULL

SELECT x, sum(y) FILTER (WHERE y > 1) FROM (VALUES ('a', 1),('a', 2),('b', 1)) t(x, y) GROUP BY x
  x text | sum int8
  a | 2
  b | NULL

SELECT count(DISTINCT x) FILTER (WHERE x > 1), string_agg(DISTINCT 'a', ',') FROM (VALUES (1),(2),(2)) t(x)
  count int8 | string_agg text
  1 | a

SELECT array_agg(DISTINCT x) FROM (VALUES (1),(1)) t(x)
  array_agg int4[]
  {1}

SELECT sum(DISTINCT x) FROM (VALUES (1.0),(1.00)) t(x)
  sum numeric
  1.0

SELECT min(x), max(x) FROM (VALUES (timestamp '2024-01-01'),('2023-01-01')) t(x)
  min timestamp | max timestamp
  2023-01-01 00:00:00 | 2024-01-01 00:00:00

SELECT min(x), max(x) FROM (VALUES (time '10:00'),('09:00')) t(x)
  min time | max time
  09:00:00 | 10:00:00

SELECT min(x), max(x) FROM (VALUES ('\x01'::bytea),('\x02')) t(x)
  ERROR 42883 function min(bytea) does not exist at 8

SELECT max(x) FROM (VALUES ('NaN'::float8),(1)) t(x)
  max float8
  NaN

SELECT sum(x), avg(x) FROM (VALUES ('NaN'::float8),(1)) t(x)
  sum float8 | avg float8
  NaN | NaN

SELECT sum(x), avg(x) FROM (VALUES ('Infinity'::float8),('-Infinity')) t(x)
  sum float8 | avg float8
  NaN | NaN

SELECT sum(x) FROM (VALUES (0.1::float8),(0.2),(0.3)) t(x)
  sum float8
  0.6000000000000001

SELECT sum(x), avg(x) FROM (VALUES (0.1::real),(0.2)) t(x)
  sum float4 | avg float8
  0.3 | 0.15000000223517418

SELECT avg(x::smallint), avg(x::bigint), sum(x::bigint) FROM (VALUES (1),(2)) t(x)
  avg numeric | avg numeric | sum numeric
  1.5000000000000000 | 1.5000000000000000 | 3

SELECT count(*) > 1, sum(x) IS NULL FROM (VALUES (1)) t(x) WHERE false
  ?column? bool | ?column? bool
  f | t

SELECT COALESCE(sum(x), 0) FROM (VALUES (1)) t(x) WHERE false
  coalesce int8
  0

SELECT CASE WHEN count(*) = 0 THEN NULL ELSE 10 / count(*) END FROM (VALUES (1)) t(x) WHERE false
  case int8
  NULL

SELECT x FROM (VALUES (3),(1),(2)) t(x) ORDER BY -x
  x int4
  3
  2
  1

SELECT x FROM (VALUES (3),(1),(2)) t(x) ORDER BY x % 2, x DESC
  x int4
  2
  3
  1

SELECT x, y FROM (VALUES (1, NULL),(2, 'a'),(3, NULL)) t(x, y) ORDER BY y NULLS FIRST, x DESC
  x int4 | y text
  3 | NULL
  1 | NULL
  2 | a

SELECT x AS y, y AS x FROM (VALUES (1, 9),(2, 8)) t(x, y) ORDER BY x
  y int4 | x int4
  2 | 8
  1 | 9

SELECT x AS y FROM (VALUES (1, 9),(2, 8)) t(x, y) ORDER BY t.y
  y int4
  2
  1

SELECT x FROM (VALUES (1, 9),(2, 8)) t(x, y) ORDER BY y
  x int4
  2
  1

SELECT x, count(*) FROM (VALUES (1),(2),(2)) t(x) GROUP BY x ORDER BY count(*) DESC
  x int4 | count int8
  2 | 2
  1 | 1

SELECT x FROM (VALUES (1),(2)) t(x) ORDER BY upper('a'), x DESC
  x int4
  2
  1

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY x USING <
  x int4
  1
  2
! refused
> ERROR 0A000 ORDER BY … USING is not supported at 48

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY x ASC NULLS FIRST LIMIT 1
  x int4
  1

SELECT x FROM (VALUES (1),(2)) t(x) ORDER BY count(*)
  ERROR 42803 column "t.x" must appear in the GROUP BY clause or be used in an aggregate function at 8

SELECT count(*) FROM (VALUES (1),(2)) t(x) ORDER BY x
  ERROR 42803 column "t.x" must appear in the GROUP BY clause or be used in an aggregate function at 53

SELECT x FROM (VALUES (2),(1)) t(x) LIMIT 0
  x int4

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY x OFFSET 5
  x int4

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY x LIMIT 1 OFFSET NULL
  x int4
  1

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY x LIMIT 9223372036854775808
  ERROR 22003 bigint out of range

SELECT x FROM (VALUES (2),(1)) t(x) ORDER BY x LIMIT true
  ERROR 42804 argument of LIMIT must be type bigint, not type boolean at 54

WITH a AS (SELECT 1 AS x UNION ALL SELECT 2), b AS (SELECT max(x) AS m FROM a) SELECT a.x FROM a JOIN b ON a.x = b.m
  x int4
  2

WITH a AS (SELECT 1 AS x) SELECT (a).x, a.* FROM a
  x int4 | x int4
  1 | 1

WITH a AS (SELECT 1 AS x) SELECT x FROM a UNION ALL SELECT x + 1 FROM a
  x int4
  1
  2

WITH a AS (SELECT 1 AS x) VALUES (1)
  column1 int4
  1

WITH a AS (SELECT 1) SELECT * FROM a AS b(y)
  y int4
  1

WITH A AS (SELECT 1 AS X) SELECT x FROM a
  x int4
  1
! names keep their case
> X int4
> 1

WITH a AS (SELECT count(*) AS c, 'k' AS k FROM (VALUES (1)) t(x)) SELECT c, k || '!' FROM a
  c int8 | ?column? text
  1 | k!

SELECT * FROM a
  ERROR 42P01 relation "a" does not exist at 15

SELECT 1 AS "a""b", 'x"y'
  a"b int4 | ?column? text
  1 | x"y

SELECT "a b".x FROM (VALUES (1)) "a b"(x)
  x int4
  1

SELECT T.X FROM (VALUES (1)) t(x)
  x int4
  1

SELECT t."X" FROM (VALUES (1)) t(x)
  ERROR 42703 column t.X does not exist at 8

SELECT "T".x FROM (VALUES (1)) t(x)
  ERROR 42P01 missing FROM-clause entry for table "T" at 8

SELECT x AS año FROM (VALUES (1)) t(x)
  año int4
  1

SELECT bool '1', float4 '1.5', int2 '5', int8 '7', decimal '1.5', varchar 'x', timestamptz '2024-01-01 00:00+00'
  bool bool | float4 float4 | int2 int2 | int8 int8 | numeric numeric | varchar text | timestamptz timestamptz
  t | 1.5 | 5 | 7 | 1.5 | x | 2024-01-01 00:00:00+00
! VARCHAR and TEXT are one type
> bool bool | float4 float4 | int2 int2 | int8 int8 | numeric numeric | text text | timestamptz timestamptz
> t | 1.5 | 5 | 7 | 1.5 | x | 2024-01-01 00:00:00+00

SELECT 1::int4, 1::int8, 1::int2, 1::float4, 1::bool, 1::decimal, 'a'::text, '1'::numeric
  int4 int4 | int8 int8 | int2 int2 | float4 float4 | bool bool | numeric numeric | text text | numeric numeric
  1 | 1 | 1 | 1 | t | 1 | a | 1

SELECT a.b FROM (SELECT ROW(1) AS b) a WHERE false
  b record
! a row travels as JSON
> b json

SELECT (x).f1 + 1 FROM (SELECT ROW(1, 'a') AS x) t
  ?column? int4
  2

SELECT x IS NULL FROM (VALUES ('')) t(x)
  ?column? bool
  f

SELECT NULL + 1, NULL || 'a', NULL::int + 1, upper(NULL), NULL = NULL, NULL IN (1, 2), NOT NULL, NULL LIKE 'a'
  ?column? int4 | ?column? text | ?column? int4 | upper text | ?column? bool | ?column? bool | ?column? bool | ?column? bool
  NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL

SELECT nullif('', ''), coalesce(nullif('', ''), 'x'), length(nullif('a', 'b'))
  nullif text | coalesce text | length int4
  NULL | x | 1

SELECT greatest(1, 2.5, NULL), least('a', 'b'), greatest(date '2024-01-01', '2024-06-01'), greatest(NULL, NULL)
  greatest numeric | least text | greatest date | greatest text
  2.5 | a | 2024-06-01 | NULL

SELECT greatest('10', 9), least(1, '0')
  greatest int4 | least int4
  10 | 0

SELECT round(x::numeric / 3, 2), x / 3, x / 3.0, x % 3 FROM (VALUES (10)) t(x)
  round numeric | ?column? int4 | ?column? numeric | ?column? int4
  3.33 | 3 | 3.3333333333333333 | 1

SELECT $1 || $2
-- args: a, b
  (text, text)
  ?column? text
  ab

SELECT $1 = $2
-- args: a, a
  (text, text)
  ?column? bool
  t

SELECT $1::int = $2
-- args: 1, 1
  (int4, int4)
  ?column? bool
  t

SELECT $1 > 5, $1
-- args: 6
  (int4)
  ?column? bool | ?column? int4
  t | 6

SELECT x FROM (VALUES ('2024-01-01'::date)) t(x) WHERE x >= $1
-- args: 2023-01-01
  (date)
  x date
  2024-01-01

SELECT x FROM (VALUES (timestamp '2024-01-01')) t(x) WHERE x - $1 < interval '1 day'
-- args: 2024-01-01
  (timestamp)
  x timestamp
  2024-01-01 00:00:00

SELECT x FROM (VALUES (timestamp '2024-01-01')) t(x) WHERE x > timestamp '2024-01-02' - $1
-- args: 3 days
  ERROR 42883 operator does not exist: timestamp without time zone > interval at 62

SELECT concat($1, 'a')
-- args: b
  ERROR 42P18 could not determine data type of parameter $1
! a parameter that nothing decides is text
> (text)
> concat text
> ba

SELECT replace($1, $2, $3)
-- args: abc, b, x
  (text, text, text)
  replace text
  axc

SELECT round($1, 2)
-- args: 1.234
  (numeric)
  round numeric
  1.23

SELECT abs($1)
-- args: -1
  (float8)
  abs float8
  1

SELECT date_trunc($1, timestamp '2024-05-06 07:08:09')
-- args: hour
  (text)
  date_trunc timestamp
  2024-05-06 07:00:00

SELECT GREATEST($1, 2), LEAST($2, 'b')
-- args: 1, a
  (int4, text)
  greatest int4 | least text
  2 | a

SELECT NULLIF($1, 5)
-- args: 5
  (int4)
  nullif int4
  NULL

SELECT CASE $1 WHEN 1 THEN 'a' ELSE $2 END
-- args: 1, z
  ERROR 42883 operator does not exist: text = integer at 16
! the place is that of the value compared with
> ERROR 42883 operator does not exist: text = integer at 21

SELECT $1 BETWEEN 1 AND 2.5
-- args: 2
  (int4)
  ?column? bool
  t

SELECT -$1
-- args: 2
  ERROR 42725 operator is not unique: - unknown at 8

SELECT $1 IN ('a', 'b')
-- args: a
  (text)
  ?column? bool
  t

SELECT 'abc' LIKE $1
-- args: a%
  (text)
  ?column? bool
  t

SELECT $1::float8 * 2
-- args: 1e3
  (float8)
  ?column? float8
  2000

SELECT $1::boolean AND NOT $2
-- args: yes, f
  (bool, bool)
  ?column? bool
  t

SELECT x FROM (VALUES (1)) t(x) GROUP BY x HAVING count(*) >= $1
-- args: 1
  (int8)
  x int4
  1

SELECT sum(x + $1) FROM (VALUES (1),(2)) t(x)
-- args: 10
  (int4)
  sum int8
  23

SELECT * FROM (SELECT $1::text AS p, 1 AS q) t
-- args: x
  (text)
  p text | q int4
  x | 1

SELECT $1 AS a UNION ALL SELECT $2
-- args: x, y
  (text, text)
  a text
  x
  y

SELECT $3::int + $1::int
-- args: 1, 2, 3
  ERROR 42P18 could not determine data type of parameter $2

SELECT $1::smallint
-- args: 40000
  ERROR 22003 value "40000" is out of range for type smallint

SELECT $1::timestamp
-- args: not a time
  ERROR 22007 invalid input syntax for type timestamp: "not a time"

SELECT x FROM (VALUES (1.5)) t(x) WHERE x = $1
-- args: 1.50
  (numeric)
  x numeric
  1.5

SELECT ($1::json) ->> 'a'
-- args: {"a": 5}
  (json)
  ?column? text
  5

SELECT ARRAY[$1, $2]::int[]
-- args: 1, 2
  (int4, int4)
  array int4[]
  {1,2}

SELECT interval '1 day' * $1
-- args: 2.5
  (float8)
  ?column? interval
  2 days 12:00:00

SELECT date '2024-01-01' - $1
-- args: 2023-12-25
  (date)
  ?column? int4
  7

SELECT EXTRACT(year FROM $1::date)
-- args: 2024-01-01
  (date)
  extract numeric
  2024
