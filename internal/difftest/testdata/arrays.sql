SELECT 2 <= ANY (ARRAY[1,2]), 2 >= ALL (ARRAY[1,2]), 1 <> ANY (ARRAY[1,1]), 1 != ALL (ARRAY[2,3])
  ?column? bool | ?column? bool | ?column? bool | ?column? bool
  t | t | f | t

SELECT 1 = ANY (ARRAY[]::int[]), 1 = ALL (ARRAY[]::int[]), NULL = ANY (ARRAY[]::int[])
  ?column? bool | ?column? bool | ?column? bool
  f | t | f

SELECT 1 = ANY (NULL::int[]), 1 = ALL (NULL::int[])
  ?column? bool | ?column? bool
  NULL | NULL

SELECT 1 = ANY (NULL)
  ?column? bool
  NULL

SELECT 1 = ANY ('{1,x}')
  ERROR 22P02 invalid input syntax for type integer: "x" at 17

SELECT 1 = ANY (1)
  ERROR 42809 op ANY/ALL (array) requires array on right side at 10

SELECT 1 = ANY (ARRAY['a'])
  ERROR 42883 operator does not exist: integer = text at 10
! undecided elements of ARRAY[…] take the type of the other side, as in IN
> ERROR 22P02 invalid input syntax for type integer: "a" at 23

SELECT 1 < ANY (ARRAY['a'::text])
  ERROR 42883 operator does not exist: integer < text at 10

SELECT 1 = ANY (ARRAY[1.5, 1.0]), 1.0 = ANY ('{1,2}'::int[])
  ?column? bool | ?column? bool
  t | t

SELECT 'a' < ALL (ARRAY['b','c'])
  ?column? bool
  t

SELECT date '2024-01-01' = ANY (ARRAY[timestamp '2024-01-01', timestamp '2024-01-02'])
  ?column? bool
  t

SELECT date '2024-01-01' = ANY ('{2024-01-01}')
  ?column? bool
  t

SELECT x FROM (VALUES (1),(2),(3),(NULL)) t(x) WHERE x = ANY ($1)
-- args: {1,3}
  (int4[])
  x int4
  1
  3

SELECT x FROM (VALUES ('a'),('b')) t(x) WHERE x = ANY ($1::text[])
-- args: {b,c}
  (text[])
  x text
  b

SELECT x FROM (VALUES (1),(2)) t(x) WHERE x <> ALL ($1)
-- args: {1,NULL}
  (int4[])
  x int4

SELECT x FROM (VALUES (1),(2)) t(x) WHERE NOT x = ANY ($1)
-- args: {1}
  (int4[])
  x int4
  2

SELECT x FROM (VALUES (1, 5),(2, 0)) t(x, y) WHERE x < ANY (ARRAY[y, 0])
  x int4
  1

SELECT 'NaN'::float8 = ANY ('{NaN}'::float8[]), 1 > ALL ('{NaN}'::float8[])
  ?column? bool | ?column? bool
  t | f

SELECT ARRAY[1,2] || ARRAY[3.5]
  ?column? numeric[]
  {1,2,3.5}

SELECT NULL || ARRAY[1]
  ?column? int4[]
  {1}

SELECT 1.5 || ARRAY[1]
  ?column? numeric[]
  {1.5,1}

SELECT 'x' || ARRAY[1]
  ERROR 22P02 malformed array literal: "x" at 8

SELECT true || ARRAY[1]
  ERROR 42883 operator does not exist: boolean || integer[] at 13

SELECT ARRAY['a'] || NULL::text
  ?column? text[]
  {a,NULL}

SELECT ARRAY[1] || x FROM (VALUES (2),(NULL)) t(x)
  ?column? int4[]
  {1,2}
  {1,NULL}

SELECT x || x FROM (VALUES (ARRAY[1]),(NULL)) t(x)
  ?column? int4[]
  NULL
  {1,1}

SELECT array_append(x, y) FROM (VALUES (ARRAY[1], 2::bigint),(NULL, NULL)) t(x, y)
  array_append int8[]
  {1,2}
  {NULL}

SELECT array_prepend(NULL, ARRAY[1]), array_prepend('2', ARRAY[1])
  array_prepend int4[] | array_prepend int4[]
  {NULL,1} | {2,1}

SELECT array_remove(ARRAY[1,2,NULL], NULL), array_remove(ARRAY[1,2], 2.0)
  array_remove int4[] | array_remove numeric[]
  {1,2} | {1}

SELECT array_position(ARRAY[1,2], 2.0), array_position(ARRAY['a'], 'z'), array_position(ARRAY[1,NULL], NULL)
  array_position int4 | array_position int4 | array_position int4
  2 | NULL | 2

SELECT array_position(ARRAY[1], true)
  ERROR 42883 function array_position(integer[], boolean) does not exist at 8

SELECT array_cat(NULL, ARRAY[1]), array_cat(ARRAY[1], NULL)
  array_cat int4[] | array_cat int4[]
  {1} | {1}

SELECT array_cat(ARRAY[1], '{2}')
  array_cat int4[]
  {1,2}

SELECT array_length(5, 1)
  ERROR 42883 function array_length(integer, integer) does not exist at 8

SELECT cardinality(NULL::int[]), cardinality('{}'::int[])
  cardinality int4 | cardinality int4
  NULL | 0

SELECT ARRAY[1,2] = ARRAY[1.0,2.0], ARRAY[1,2] = '{1,2}'
  ERROR 42883 operator does not exist: integer[] = numeric[] at 19
! arrays of unlike elements compare by their common type
> ?column? bool | ?column? bool
> t | t

SELECT ARRAY[1] = ARRAY['a']
  ERROR 42883 operator does not exist: integer[] = text[] at 17

SELECT ARRAY[1] < 5
  ERROR 42883 operator does not exist: integer[] < integer at 17

SELECT (ARRAY['a','b'])[1] || 'x', (ARRAY[ARRAY[1]])[1]
  ?column? text | array int4
  ax | NULL
! arrays nest, as in Flink
> ?column? text | array int4[]
> ax | {1}

SELECT x[1] + x[2] FROM (VALUES (ARRAY[1,2])) t(x)
  ?column? int4
  3

SELECT x[y] FROM (VALUES (ARRAY[1,2], 2),(ARRAY[5], 2)) t(x, y)
  x int4
  2
  NULL

SELECT x[9223372036854775807] FROM (VALUES (ARRAY[1,2])) t(x)
  ERROR 22003 integer out of range
! a subscript may be BIGINT
> x int4
> NULL

SELECT array_agg(x) FROM (VALUES (1.5),(NULL)) t(x)
  array_agg numeric[]
  {1.5,NULL}

SELECT count(x), min(x), max(x) FROM (VALUES (ARRAY[1,2]),(ARRAY[1]),(NULL)) t(x)
  count int8 | min int4[] | max int4[]
  2 | {1} | {1,2}
! MIN and MAX of arrays are not there
> ERROR 42883 function min(integer[]) does not exist at 18

SELECT x, count(*) FROM (VALUES (ARRAY[1]),(ARRAY[1]),(NULL)) t(x) GROUP BY x
  x int4[] | count int8
  NULL | 1
  {1} | 2

SELECT DISTINCT x FROM (VALUES (ARRAY[1,NULL]),(ARRAY[1,NULL])) t(x)
  x int4[]
  {1,NULL}

SELECT t.x, u.y FROM (VALUES (ARRAY[1,2])) t(x), UNNEST(t.x) AS u(y) WHERE u.y > 1
  x int4[] | y int4
  {1,2} | 2

SELECT sum(y) FROM (VALUES (ARRAY[1,2]),(ARRAY[5])) t(x), UNNEST(x) AS u(y)
  sum int8
  8

SELECT * FROM UNNEST('{1,2}'::int[]) AS u(y) ORDER BY y DESC
  y int4
  2
  1

SELECT * FROM UNNEST($1::int[]) AS u(y)
-- args: {4,5}
  (int4[])
  y int4
  4
  5

SELECT unnest FROM UNNEST(ARRAY[1]) 
  unnest int4
  1
