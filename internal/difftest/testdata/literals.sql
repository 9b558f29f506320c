SELECT 1
  ?column? int4
  1

SELECT 1, 2, 3
  ?column? int4 | ?column? int4 | ?column? int4
  1 | 2 | 3

SELECT 2147483647, 2147483648, -2147483648, -2147483649
  ?column? int4 | ?column? int8 | ?column? int4 | ?column? int8
  2147483647 | 2147483648 | -2147483648 | -2147483649

SELECT 9223372036854775807, 9223372036854775808
  ?column? int8 | ?column? numeric
  9223372036854775807 | 9223372036854775808

SELECT -9223372036854775808
  ?column? int8
  -9223372036854775808

SELECT 1.0, 1.50, .5, 1., 1e3, 1.5e-3
  ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric
  1.0 | 1.50 | 0.5 | 1 | 1000 | 0.0015

SELECT 'abc'
  ?column? text
  abc

SELECT 'it''s'
  ?column? text
  it's

SELECT E'a\nb\t\\\x41\u00e9'
  ?column? text
  a⏎b⇥\Aé

SELECT U&'\0041'
  ?column? text
  A

SELECT $$dollar$$, $x$a $$ b$x$
  ?column? text | ?column? text
  dollar | a $$ b

SELECT 'a' 'b'
  ERROR 42601 syntax error at or near "'b'" at 12

SELECT 'a'
'b'
  ?column? text
  ab

SELECT true, false, NULL
  ?column? bool | ?column? bool | ?column? text
  t | f | NULL

SELECT TRUE AS t, False f, nUlL n
  t bool | f bool | n text
  t | f | NULL

SELECT DATE '2024-01-31'
  date date
  2024-01-31

SELECT TIME '10:11:12'
  time time
  10:11:12

SELECT TIMESTAMP '2024-01-31 10:11:12.5'
  timestamp timestamp
  2024-01-31 10:11:12.5

SELECT TIMESTAMP WITH TIME ZONE '2024-01-31 10:11:12+01'
  timestamptz timestamptz
  2024-01-31 09:11:12+00

SELECT timestamptz '2024-01-31 10:11:12+01'
  timestamptz timestamptz
  2024-01-31 09:11:12+00

SELECT TIMESTAMP(3) '2024-01-31 10:11:12.123456'
  timestamp timestamp
  2024-01-31 10:11:12.123

SELECT INTERVAL '1' DAY
  interval interval
  1 day

SELECT INTERVAL '1-2' YEAR TO MONTH
  interval interval
  1 year 2 mons

SELECT INTERVAL '3 4:05:06' DAY TO SECOND
  interval interval
  3 days 04:05:06

SELECT INTERVAL '1 day'
  interval interval
  1 day

SELECT INTERVAL '90' MINUTE
  interval interval
  01:30:00

SELECT INTERVAL '1.5' SECOND
  interval interval
  00:00:01.5

SELECT INTERVAL '5' MONTH
  interval interval
  5 mons

SELECT INTERVAL '-5' HOUR
  interval interval
  -05:00:00

SELECT int '5'
  int4 int4
  5

SELECT float8 '1.5'
  float8 float8
  1.5

SELECT numeric '1.50'
  numeric numeric
  1.50

SELECT bool 'yes'
  bool bool
  t

SELECT text 'x'
  text text
  x

SELECT bytea '\x00ff'
  bytea bytea
  \x00ff

SELECT json '{"a": [1, 2]}'
  json json
  {"a": [1, 2]}

SELECT ARRAY[1,2,3]
  array int4[]
  {1,2,3}

SELECT ARRAY[1,2.5]
  array numeric[]
  {1,2.5}

SELECT ARRAY['a',NULL]
  array text[]
  {a,NULL}

SELECT ARRAY[1,'2']
  array int4[]
  {1,2}

SELECT ARRAY[1,'x']
  ERROR 22P02 invalid input syntax for type integer: "x" at 16

SELECT ARRAY[]
  ERROR 42P18 cannot determine type of empty array at 8

SELECT ARRAY[]::int[]
  array int4[]
  {}

SELECT ARRAY[NULL]
  array text[]
  {NULL}

SELECT ARRAY[1, true]
  ERROR 42804 ARRAY types integer and boolean cannot be matched at 17

SELECT ARRAY[[1,2],[3,4]]
  array int4[]
  {{1,2},{3,4}}

SELECT ROW(1,'a')
  row record
  (1,a)
! a row travels as JSON
> row json
> (1,a)

SELECT 0x1F
  ERROR 42601 trailing junk after numeric literal at or near "0x1F" at 8

SELECT 1_000
  ERROR 42601 trailing junk after numeric literal at or near "1_000" at 8

SELECT 12abc
  ERROR 42601 trailing junk after numeric literal at or near "12abc" at 8

SELECT 'unterminated
  ERROR 42601 unterminated quoted string at or near "'unterminated" at 8

SELECT "unterminated
  ERROR 42601 unterminated quoted identifier at or near ""unterminated" at 8

SELECT /* comment */ 1 -- tail
  ?column? int4
  1

SELECT /* a /* nested */ b */ 1
  ?column? int4
  1

SELECT 1;
  ?column? int4
  1

SELECT 1 AS "A b"
  A b int4
  1

SELECT 2 AS B
  b int4
  2
! names keep their case
> B int4
> 2

SELECT 3 AS "select"
  select int4
  3

SELECT 1 AS select
  select int4
  1

SELECT 1 value, 2 name, 3 year
  ERROR 42601 syntax error at or near "year" at 27

SELECT 1 AS one, 2 AS one
  one int4 | one int4
  1 | 2

SELECT FROM (VALUES (1),(2)) t
  (no columns)
  ()
  ()
! SELECT without columns is refused
> ERROR 42601 syntax error at or near "FROM" at 8

SELECT 1 + 1
  ?column? int4
  2

SELECT 'a' || 'b'
  ?column? text
  ab

SELECT upper('a')
  upper text
  A

SELECT upper('a')::text
  upper text
  A

SELECT 1::bigint
  int8 int8
  1

SELECT '1'::text
  text text
  1

SELECT '1'::varchar
  varchar text
  1
! VARCHAR and TEXT are one type
> text text
> 1

SELECT '1'::varchar(5)
  varchar text
  1

SELECT CAST(1 AS double precision)
  float8 float8
  1

SELECT CAST(1 AS float)
  float8 float8
  1

SELECT CAST(1 AS float(10))
  float4 float4
  1

SELECT CAST(1 AS real)
  float4 float4
  1

SELECT CAST(1 AS decimal(10,2))
  numeric numeric
  1.00

SELECT CAST('x' AS character varying(10))
  varchar text
  x

SELECT CAST('2024-01-01' AS date)
  date date
  2024-01-01

SELECT CAST('2024-01-01' AS timestamp)
  timestamp timestamp
  2024-01-01 00:00:00

SELECT CAST('2024-01-01' AS timestamp with time zone)
  timestamptz timestamptz
  2024-01-01 00:00:00+00

SELECT CAST(1 AS smallint)
  int2 int2
  1

SELECT CAST(true AS text)
  text text
  true

SELECT CAST('1' AS int) + 1
  ?column? int4
  2

SELECT CAST('1' AS nosuch)
  ERROR 42704 type "nosuch" does not exist at 20

SELECT CASE WHEN true THEN 1 END
  case int4
  1

SELECT CASE WHEN true THEN 1 ELSE t.x END FROM (VALUES (1)) t(x)
  x int4
  1

SELECT CASE 1 WHEN 1 THEN 'a' END
  case text
  a

SELECT COALESCE(1, 2), NULLIF(1, 2), GREATEST(1, 2), LEAST(1, 2)
  coalesce int4 | nullif int4 | greatest int4 | least int4
  1 | 1 | 2 | 1

SELECT count(*), sum(x), max(x) AS m FROM (VALUES (1)) t(x)
  count int8 | sum int8 | m int4
  1 | 1 | 1

SELECT x, t.x, (x), -x, x + 1 FROM (VALUES (1)) t(x)
  x int4 | x int4 | x int4 | ?column? int4 | ?column? int4
  1 | 1 | 1 | -1 | 2

SELECT x::text FROM (VALUES (1)) t(x)
  x text
  1

SELECT (ARRAY[1,2])[1]
  array int4
  1

SELECT x[1] FROM (VALUES (ARRAY[1,2])) t(x)
  x int4
  1

SELECT true AND false
  ?column? bool
  f

SELECT NOT true
  ?column? bool
  f

SELECT 1 IS NULL
  ?column? bool
  f

SELECT 1 IN (1, 2)
  ?column? bool
  t

SELECT 1 BETWEEN 0 AND 2
  ?column? bool
  t

SELECT 'a' LIKE 'b'
  ?column? bool
  f

SELECT EXTRACT(year FROM DATE '2024-01-01')
  extract numeric
  2024

SELECT position('b' IN 'abc')
  position int4
  2

SELECT substring('abc' FROM 2 FOR 1)
  substring text
  b

SELECT trim('  a ')
  btrim text
  a

SELECT trim(BOTH 'x' FROM 'xax'), trim(LEADING 'x' FROM 'xax'), trim(TRAILING 'x' FROM 'xax')
  btrim text | ltrim text | rtrim text
  a | ax | xa

SELECT overlay('abcdef' PLACING 'X' FROM 2 FOR 3)
  overlay text
  aXef

SELECT ROW(1)
  row record
  (1)
! a row travels as JSON
> row json
> (1)

SELECT CURRENT_DATE IS NOT NULL
  ?column? bool
  t

SELECT now() IS NOT NULL AS n
  n bool
  t

SELECT current_user IS NULL
  ?column? bool
  f

SELECT version() IS NULL
  ?column? bool
  f

SELECT (SELECT 1)
  ?column? int4
  1

SELECT EXISTS (SELECT 1)
  exists bool
  t

SELECT 1 AS "ünï"
  ünï int4
  1

SELECT 'ünï€😀', length('ünï€😀')
  ?column? text | length int4
  ünï€😀 | 5

SELECT ünï FROM (VALUES (1)) t(ünï)
  ünï int4
  1

SELECT 1 FROM
  ERROR 42601 syntax error at end of input at 14

SELECT * FROM
  ERROR 42601 syntax error at end of input at 14

SELECT 1,
  ERROR 42601 syntax error at end of input at 10

SELECT (1
  ERROR 42601 syntax error at end of input at 10

SELECT 1)
  ERROR 42601 syntax error at or near ")" at 9

SELEC 1
  ERROR 42601 syntax error at or near "SELEC" at 1

SELECT 1 WHERE
  ERROR 42601 syntax error at end of input at 15

SELECT 'ü', nosuch
  ERROR 42703 column "nosuch" does not exist at 13

SELECT 1 1
  ERROR 42601 syntax error at or near "1" at 10

SELECT a.b.c.d.e
  ERROR 42601 improper qualified name (too many dotted names): a.b.c.d.e at 8
! a long name may be the path into a row
> ERROR 42P01 missing FROM-clause entry for table "a" at 8

SELECT 1 LIMIT
  ERROR 42601 syntax error at end of input at 15

SELECT DISTINCT
  ERROR 42601 syntax error at end of input at 16

SELECT @@x
  ERROR 42703 column "x" does not exist at 10
! @ is no operator
> ERROR 42601 syntax error at or near "@@" at 8

SELECT 1 ORDER
  ERROR 42601 syntax error at end of input at 15
