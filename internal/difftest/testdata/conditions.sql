SELECT CASE WHEN 1 = 1 THEN 1 ELSE 2.5 END
  case numeric
  1

SELECT CASE WHEN 1 = 1 THEN 1 ELSE 'x' END
  ERROR 22P02 invalid input syntax for type integer: "x" at 36

SELECT CASE WHEN 1 = 1 THEN 1 ELSE '7' END
  case int4
  1

SELECT CASE WHEN 1 = 1 THEN 'a' ELSE 'b' END
  case text
  a

SELECT CASE WHEN 1 = 1 THEN 1 ELSE true END
  ERROR 42804 CASE types boolean and integer cannot be matched at 29

SELECT CASE WHEN 1 = 1 THEN NULL ELSE NULL END
  case text
  NULL

SELECT CASE WHEN 1 = 1 THEN NULL ELSE 1 END
  case int4
  NULL

SELECT CASE WHEN 1 THEN 1 END
  ERROR 42804 argument of CASE/WHEN must be type boolean, not type integer at 18

SELECT CASE WHEN 'x' THEN 1 END
  ERROR 22P02 invalid input syntax for type boolean: "x" at 18

SELECT CASE WHEN 't' THEN 1 END
  case int4
  1

SELECT CASE 1 WHEN 1.0 THEN 'one' WHEN 2 THEN 'two' END
  case text
  one

SELECT CASE 'a' WHEN 'b' THEN 1 END
  case int4
  NULL

SELECT CASE 1 WHEN 'a' THEN 1 END
  ERROR 22P02 invalid input syntax for type integer: "a" at 20

SELECT CASE NULL WHEN NULL THEN 1 ELSE 2 END
  case int4
  2

SELECT CASE WHEN false THEN 1/0 ELSE 3 END
  case int4
  3

SELECT CASE WHEN x = 0 THEN NULL ELSE 10 / x END FROM (VALUES (0),(2),(5)) t(x)
  case int4
  2
  5
  NULL

SELECT CASE WHEN x > 1 THEN x ELSE 1::bigint END FROM (VALUES (0),(2)) t(x)
  case int8
  1
  2

SELECT CASE WHEN x > 1 THEN date '2024-01-01' ELSE timestamp '2024-01-01 10:00' END FROM (VALUES (0),(2)) t(x)
  case timestamp
  2024-01-01 00:00:00
  2024-01-01 10:00:00

SELECT CASE WHEN true THEN date '2024-01-01' ELSE timestamptz '2024-01-01 10:00' END
  case timestamptz
  2024-01-01 00:00:00+00

SELECT CASE WHEN true THEN 1::real ELSE 1::numeric END
  case float4
  1

SELECT CASE WHEN true THEN 1::real ELSE 1::float8 END
  case float8
  1

SELECT CASE WHEN true THEN 1::int ELSE 1::real END
  case float4
  1

SELECT CASE WHEN true THEN 1 ELSE date '2024-01-01' END
  ERROR 42804 CASE types date and integer cannot be matched at 28

SELECT CASE WHEN true THEN ARRAY[1] ELSE ARRAY[2.5] END
  array numeric[]
  {1}

SELECT CASE WHEN true THEN ARRAY[1] ELSE '{1,2}' END
  case int4[]
  {1}

SELECT COALESCE(NULL, NULL, 3)
  coalesce int4
  3

SELECT COALESCE(NULL, NULL)
  coalesce text
  NULL

SELECT COALESCE(NULL, 'x')
  coalesce text
  x

SELECT COALESCE(1, 2.5)
  coalesce numeric
  1

SELECT COALESCE(1, 'x')
  ERROR 22P02 invalid input syntax for type integer: "x" at 20

SELECT COALESCE(1, '2')
  coalesce int4
  1

SELECT COALESCE(1, 1/0)
  coalesce int4
  1

SELECT COALESCE()
  ERROR 42601 syntax error at or near ")" at 17
! the message tells what is missing
> ERROR 42601 COALESCE needs at least one argument at 8

SELECT COALESCE(1, true)
  ERROR 42804 COALESCE types integer and boolean cannot be matched at 20

SELECT COALESCE('a', 1)
  ERROR 22P02 invalid input syntax for type integer: "a" at 17

SELECT COALESCE(NULL::text, 'd')
  coalesce text
  d

SELECT COALESCE(x, 0) FROM (VALUES (1),(NULL)) t(x)
  coalesce int4
  0
  1

SELECT COALESCE(NULL::int, 1::bigint)
  coalesce int8
  1

SELECT COALESCE(date '2024-01-01', now()) IS NOT NULL
  ?column? bool
  t

SELECT NULLIF(1, 1), NULLIF(1, 2)
  nullif int4 | nullif int4
  NULL | 1

SELECT NULLIF(1, 1.0)
  nullif numeric
  NULL

SELECT NULLIF(1.0, 1)
  nullif numeric
  NULL

SELECT NULLIF('a', 'b')
  nullif text
  a

SELECT NULLIF('a', NULL)
  nullif text
  a

SELECT NULLIF(NULL, 1)
  nullif int4
  NULL

SELECT NULLIF(1, 'x')
  ERROR 22P02 invalid input syntax for type integer: "x" at 18

SELECT NULLIF(1, 'a'::text)
  ERROR 42883 operator does not exist: integer = text at 8

SELECT NULLIF(1)
  ERROR 42601 syntax error at or near ")" at 16
! the message tells what is missing
> ERROR 42601 NULLIF takes two arguments at 8

SELECT NULLIF(1::smallint, 2::bigint)
  nullif int2
  1

SELECT GREATEST(1, 2, 3), LEAST(1, 2, 3)
  greatest int4 | least int4
  3 | 1

SELECT GREATEST(1, NULL, 3), LEAST(NULL, NULL)
  greatest int4 | least text
  3 | NULL

SELECT GREATEST(1, 2.5), LEAST(1, 2.5)
  greatest numeric | least numeric
  2.5 | 1

SELECT GREATEST('a', 'b', 'B')
  greatest text
  b

SELECT GREATEST(1, 'x')
  ERROR 22P02 invalid input syntax for type integer: "x" at 20

SELECT GREATEST(1, '5')
  greatest int4
  5

SELECT GREATEST(date '2024-01-01', timestamp '2023-01-01')
  greatest timestamp
  2024-01-01 00:00:00

SELECT GREATEST(true, false)
  greatest bool
  t

SELECT GREATEST(1, true)
  ERROR 42804 GREATEST types integer and boolean cannot be matched at 20

SELECT GREATEST('NaN'::float8, 1), LEAST('NaN'::float8, 1)
  greatest float8 | least float8
  NaN | 1

SELECT GREATEST('{}'::json, '{}'::json)
  ERROR 42883 could not identify a comparison function for type json

SELECT GREATEST(ARRAY[1], ARRAY[2])
  greatest int4[]
  {2}

SELECT 1 IN (1, 2.5), 1 IN ('1', '2'), 'a' IN ('a', 'b')
  ?column? bool | ?column? bool | ?column? bool
  t | t | t

SELECT 1 IN ('a')
  ERROR 22P02 invalid input syntax for type integer: "a" at 14

SELECT 1 IN (1, 'a')
  ERROR 22P02 invalid input syntax for type integer: "a" at 17

SELECT 1 IN (true)
  ERROR 42883 operator does not exist: integer = boolean at 10

SELECT 1 IN ()
  ERROR 42601 syntax error at or near ")" at 14

SELECT 1.0 IN (1, 2), 1::bigint IN (1::smallint)
  ?column? bool | ?column? bool
  t | t

SELECT NULL IN (NULL)
  ?column? bool
  NULL

SELECT x IN (1, NULL), x NOT IN (1, NULL) FROM (VALUES (1),(2),(NULL)) t(x)
  ?column? bool | ?column? bool
  NULL | NULL
  NULL | NULL
  t | f

SELECT date '2024-01-01' IN ('2024-01-01')
  ?column? bool
  t

SELECT date '2024-01-01' IN ('nonsense')
  ERROR 22007 invalid input syntax for type date: "nonsense" at 30

SELECT x FROM (VALUES (1),(2),(3)) t(x) WHERE x IN (1,3)
  x int4
  1
  3

SELECT 1 = ANY (ARRAY[1,2]), 3 = ANY (ARRAY[1,2]), 1 = ANY (ARRAY[2,NULL])
  ?column? bool | ?column? bool | ?column? bool
  t | f | NULL

SELECT 1 <> ALL (ARRAY[1,2]), 3 <> ALL (ARRAY[1,2]), 3 <> ALL (ARRAY[1,NULL])
  ?column? bool | ?column? bool | ?column? bool
  f | t | NULL

SELECT 1 < ANY (ARRAY[1,2])
  ?column? bool
  t

SELECT 3 > ALL (ARRAY[1,2])
  ?column? bool
  t

SELECT 'a' = ANY ('{a,b}'::text[])
  ?column? bool
  t

SELECT 1 = ANY ('{1,2}')
  ?column? bool
  t

SELECT 1 = SOME (ARRAY[1])
  ?column? bool
  t

SELECT x = ANY (a) FROM (VALUES (1, ARRAY[1,2]), (3, ARRAY[1]), (1, NULL), (NULL, ARRAY[1])) t(x, a)
  ?column? bool
  NULL
  NULL
  f
  t

SELECT 1 BETWEEN 1 AND 2, 1 NOT BETWEEN 1 AND 2, 2.5 BETWEEN 1 AND 3
  ?column? bool | ?column? bool | ?column? bool
  t | f | t

SELECT 'b' BETWEEN 'a' AND 'c'
  ?column? bool
  t

SELECT 1 BETWEEN 'a' AND 2
  ERROR 22P02 invalid input syntax for type integer: "a" at 18

SELECT 1 BETWEEN true AND 2
  ERROR 42883 operator does not exist: integer >= boolean at 10

SELECT date '2024-01-15' BETWEEN '2024-01-01' AND '2024-02-01'
  ?column? bool
  t

SELECT 'abc' LIKE 'a%', 'abc' LIKE '_b_', 'abc' LIKE 'b', 'abc' NOT LIKE 'a%', 'ABC' ILIKE 'a%'
  ?column? bool | ?column? bool | ?column? bool | ?column? bool | ?column? bool
  t | t | f | f | t

SELECT 'a%c' LIKE 'a\%c', 'abc' LIKE 'a\%c', 'a%c' LIKE 'a#%c' ESCAPE '#'
  ?column? bool | ?column? bool | ?column? bool
  t | f | t

SELECT 'abc' LIKE 'abc\'
  ?column? bool
  f

SELECT 'abc' LIKE 'a##' ESCAPE '##'
  ERROR 22025 invalid escape string

SELECT 'a\c' LIKE 'a\c' ESCAPE ''
  ?column? bool
  t

SELECT NULL LIKE 'a', 'a' LIKE NULL
  ?column? bool | ?column? bool
  NULL | NULL

SELECT 1 LIKE 'a'
  ERROR 42883 operator does not exist: integer ~~ unknown at 10

SELECT 'ü€' LIKE '__', 'Ü' ILIKE 'ü'
  ?column? bool | ?column? bool
  t | t

SELECT '' LIKE '', '' LIKE '%', 'a' LIKE ''
  ?column? bool | ?column? bool | ?column? bool
  t | t | f

SELECT 'a\nb' LIKE 'a%b'
  ?column? bool
  t

SELECT 'abc' SIMILAR TO 'a(b|x)c', 'abc' SIMILAR TO 'a', 'abc' SIMILAR TO '%(b|d)%', 'aaa' SIMILAR TO 'a{3}', 'a.c' SIMILAR TO 'a.c', 'abc' SIMILAR TO 'a.c'
  ?column? bool | ?column? bool | ?column? bool | ?column? bool | ?column? bool | ?column? bool
  t | f | t | t | t | f

SELECT 'abc' NOT SIMILAR TO 'a%'
  ?column? bool
  f

SELECT 'abc' ~ 'b', 'abc' ~ '^b', 'ABC' ~* 'b', 'abc' !~ 'b', 'ABC' !~* 'b'
  ?column? bool | ?column? bool | ?column? bool | ?column? bool | ?column? bool
  t | f | t | f | f

SELECT 'abc' ~ 'a.c'
  ?column? bool
  t

SELECT 'abc' ~ '^a.*c$'
  ?column? bool
  t

SELECT 'a1' ~ '\d'
  ?column? bool
  t

SELECT 'a b' ~ '\s'
  ?column? bool
  t

SELECT 'foo' ~ 'o{2}'
  ?column? bool
  t

SELECT 'foobar' ~ 'foo(?=bar)'
  ?column? bool
  t
! regular expressions are RE2: no lookahead
> ERROR 2201B invalid regular expression: lookahead and lookbehind constraints are not supported at 17

SELECT 'abc' ~ '('
  ERROR 2201B invalid regular expression: parentheses () not balanced

SELECT 'abc' ~ 'a[b'
  ERROR 2201B invalid regular expression: brackets [] not balanced

SELECT 1 ~ 'a'
  ERROR 42883 operator does not exist: integer ~ unknown at 10

SELECT 1 IS DISTINCT FROM 2, 1 IS NOT DISTINCT FROM 1, NULL IS NOT DISTINCT FROM NULL
  ?column? bool | ?column? bool | ?column? bool
  t | t | t

SELECT 1 IS TRUE
  ERROR 42804 argument of IS TRUE must be type boolean, not type integer at 8

SELECT 'x' IS TRUE
  ERROR 22P02 invalid input syntax for type boolean: "x" at 8

SELECT true IS TRUE, false IS FALSE, NULL IS UNKNOWN, NULL IS NOT TRUE
  ?column? bool | ?column? bool | ?column? bool | ?column? bool
  t | t | t | t

SELECT 1 ISNULL, 1 NOTNULL
  ?column? bool | ?column? bool
  f | t

SELECT NOT 1
  ERROR 42804 argument of NOT must be type boolean, not type integer at 12

SELECT 1 AND true
  ERROR 42804 argument of AND must be type boolean, not type integer at 8

SELECT 'x' AND true
  ERROR 22P02 invalid input syntax for type boolean: "x" at 8

SELECT 't' AND true, 'f' OR NULL
  ?column? bool | ?column? bool
  t | NULL

SELECT x AND y, x OR y, NOT x FROM (VALUES (true,true),(true,false),(true,NULL),(false,true),(false,false),(false,NULL),(NULL,true),(NULL,false),(NULL,NULL)) t(x,y)
  ?column? bool | ?column? bool | ?column? bool
  NULL | NULL | NULL
  NULL | t | NULL
  NULL | t | f
  f | NULL | NULL
  f | NULL | t
  f | f | t
  f | t | f
  f | t | t
  t | t | f

SELECT x = y, x <> y, x < y, x <= y, x IS DISTINCT FROM y FROM (VALUES (1,1),(1,2),(1,NULL),(NULL,NULL)) t(x,y)
  ?column? bool | ?column? bool | ?column? bool | ?column? bool | ?column? bool
  NULL | NULL | NULL | NULL | f
  NULL | NULL | NULL | NULL | t
  f | t | t | t | t
  t | f | f | t | f

SELECT x + y, x - y, x * y, x / y FROM (VALUES (1,1),(1,NULL),(NULL,0)) t(x,y)
  ?column? int4 | ?column? int4 | ?column? int4 | ?column? int4
  2 | 0 | 1 | 1
  NULL | NULL | NULL | NULL
  NULL | NULL | NULL | NULL

SELECT x FROM (VALUES (1),(2),(NULL)) t(x) WHERE x <> 1
  x int4
  2

SELECT x FROM (VALUES (1),(2),(NULL)) t(x) WHERE NOT (x = 1)
  x int4
  2

SELECT x FROM (VALUES (1),(2),(NULL)) t(x) WHERE x = 1 OR x IS NULL
  x int4
  1
  NULL

SELECT x FROM (VALUES (1),(2),(NULL)) t(x) WHERE NULL
  x int4

SELECT x FROM (VALUES (1)) t(x) WHERE 1
  ERROR 42804 argument of WHERE must be type boolean, not type integer at 39

SELECT x FROM (VALUES (1)) t(x) WHERE 'yes'
  x int4
  1

SELECT x FROM (VALUES (1)) t(x) WHERE x
  ERROR 42804 argument of WHERE must be type boolean, not type integer at 39

SELECT 10 / x FROM (VALUES (1),(0)) t(x) WHERE x <> 0
  ?column? int4
  10
