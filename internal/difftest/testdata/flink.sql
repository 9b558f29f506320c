SELECT IFNULL(NULL, 2), IFNULL(1, 2.5)
  ERROR 42883 function ifnull(unknown, integer) does not exist at 8
! as Flink has it
> ifnull int4 | ifnull numeric
> 2 | 1

SELECT IFNULL(1, 'x')
  ERROR 42883 function ifnull(integer, unknown) does not exist at 8
! as Flink has it
> ERROR 22P02 invalid input syntax for type integer: "x" at 18

SELECT IF(1 < 2, 'a', 'b'), IF(NULL, 1, 2.5)
  ERROR 42883 function if(boolean, unknown, unknown) does not exist at 8
! as Flink has it
> if text | if numeric
> a | 2.5

SELECT IF(1, 2, 3)
  ERROR 42883 function if(integer, integer, integer) does not exist at 8
! as Flink has it
> ERROR 42804 argument of IF must be type boolean, not type integer at 11

SELECT IF(true, 1, 'x')
  ERROR 42883 function if(boolean, integer, unknown) does not exist at 8
! as Flink has it
> ERROR 22P02 invalid input syntax for type integer: "x" at 20

SELECT TRY_CAST('x' AS INT), TRY_CAST('5' AS INT), TRY_CAST('2024-13-01' AS DATE)
  ERROR 42601 syntax error at or near "AS" at 21
! as Flink has it
> int4 int4 | int4 int4 | date date
> NULL | 5 | NULL

SELECT TRY_CAST(300000 AS SMALLINT), TRY_CAST(NULL AS INT)
  ERROR 42601 syntax error at or near "AS" at 24
! as Flink has it
> int2 int2 | int4 int4
> NULL | NULL

SELECT CAST('1' AS STRING), CAST(1 AS DOUBLE), CAST('a' AS BYTES), CAST('2024-01-01 00:00:00' AS TIMESTAMP_LTZ(3))
  ERROR 42704 type "string" does not exist at 20
! as Flink has it
> text text | float8 float8 | bytea bytea | timestamptz timestamptz
> 1 | 1 | \x61 | 2024-01-01 00:00:00+00

SELECT TIMESTAMPDIFF(DAY, TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-03 12:00:00')
  ERROR 42703 column "day" does not exist at 22
! as Flink has it
> timestampdiff int4
> 2

SELECT TIMESTAMPADD(DAY, 1, TIMESTAMP '2024-01-01 00:00:00')
  ERROR 42703 column "day" does not exist at 21
! as Flink has it
> timestampadd timestamp
> 2024-01-02 00:00:00

SELECT TIMESTAMPADD(MONTH, 1, DATE '2024-01-31')
  ERROR 42703 column "month" does not exist at 21
! as Flink has it
> timestampadd timestamp
> 2024-02-29 00:00:00

SELECT FLOOR(TIMESTAMP '2024-01-01 10:11:12' TO HOUR), CEIL(TIMESTAMP '2024-01-01 10:11:12' TO HOUR)
  ERROR 42601 syntax error at or near "TO" at 46
! as Flink has it
> floor timestamp | ceil timestamp
> 2024-01-01 10:00:00 | 2024-01-01 11:00:00

SELECT DATE_FORMAT(TIMESTAMP '2024-01-01 10:11:12', 'yyyy-MM-dd HH:mm')
  ERROR 42883 function date_format(timestamp without time zone, unknown) does not exist at 8
! as Flink has it
> date_format text
> 2024-01-01 10:11

SELECT TO_TIMESTAMP('2024-01-01 10:11:12'), TO_DATE('2024-01-01'), TO_TIMESTAMP('01/02/2024', 'dd/MM/yyyy')
  ERROR 22P02 invalid input syntax for type double precision: "2024-01-01 10:11:12" at 21
! as Flink has it
> to_timestamp timestamp | to_date date | to_timestamp timestamptz
> 2024-01-01 10:11:12 | 2024-01-01 | 2024-02-01 00:00:00+00

SELECT TO_TIMESTAMP_LTZ(1704103872000, 3)
  ERROR 42883 function to_timestamp_ltz(bigint, integer) does not exist at 8
! as Flink has it
> to_timestamp_ltz timestamptz
> 2024-01-01 10:11:12+00

SELECT UNIX_TIMESTAMP('2024-01-01 00:00:00'), FROM_UNIXTIME(0)
  ERROR 42883 function unix_timestamp(unknown) does not exist at 8
! as Flink has it
> unix_timestamp int8 | from_unixtime text
> 1704067200 | 1970-01-01 00:00:00

SELECT YEAR(DATE '2024-05-06'), MONTH(DATE '2024-05-06'), DAYOFMONTH(DATE '2024-05-06'), HOUR(TIMESTAMP '2024-05-06 07:00:00'), QUARTER(DATE '2024-05-06')
  ERROR 42883 function year(date) does not exist at 8
! as Flink has it
> year int8 | month int8 | dayofmonth int8 | hour int8 | quarter int8
> 2024 | 5 | 6 | 7 | 2

SELECT CHAR_LENGTH('abc'), LOCATE('b', 'abc'), INSTR('abc', 'b'), SUBSTR('abc', 2)
  ERROR 42883 function locate(unknown, unknown) does not exist at 28

SELECT REGEXP_EXTRACT('foobar', 'o(o)(b)', 2)
  ERROR 42883 function regexp_extract(unknown, unknown, integer) does not exist at 8
! as Flink has it
> regexp_extract text
> b

SELECT REGEXP('foobar', 'o+')
  ERROR 42883 function regexp(unknown, unknown) does not exist at 8

SELECT JSON_VALUE('{"a": {"b": 1}}', '$.a.b')
  ERROR 42883 function json_value(unknown, unknown) does not exist at 8
! as Flink has it
> json_value text
> 1

SELECT JSON_EXISTS('{"a": 1}', '$.a')
  ERROR 42883 function json_exists(unknown, unknown) does not exist at 8
! as Flink has it
> json_exists bool
> t

SELECT CARDINALITY(ARRAY[1, 2]), ELEMENT(ARRAY[1]), ARRAY_CONTAINS(ARRAY[1, 2], 2)
  ERROR 42883 function element(integer[]) does not exist at 34

SELECT MAP['a', 1, 'b', 2], MAP['a', 1]['a'], MAP['a', 1]['z']
  ERROR 42601 syntax error at or near "," at 15
! as Flink has it
> map json | map int4 | map int4
> {"a":1,"b":2} | 1 | NULL

SELECT MAP['a', 1, 'b', 2.5]
  ERROR 42601 syntax error at or near "," at 15
! as Flink has it
> map json
> {"a":1,"b":2.5}

SELECT MAP['a']
  ERROR 42703 column "map" does not exist at 8
! as Flink has it
> ERROR 42601 MAP takes keys and values in turn, at least one pair at 8

SELECT TRUNCATE(1.239, 2), LOG2(8), LOG10(100), RAND() < 1
  ERROR 42883 function truncate(numeric, integer) does not exist at 8
! as Flink has it
> truncate numeric | log2 float8 | log10 float8 | ?column? bool
> 1.23 | 3 | 2 | t

SELECT E() > 2
  ERROR 42883 function e() does not exist at 8

SELECT CONCAT_WS('-', 'a', 'b'), SPLIT_INDEX('a,b,c', ',', 1), TO_BASE64('abc'), FROM_BASE64('YWJj')
  ERROR 42883 function split_index(unknown, unknown, integer) does not exist at 34
! as Flink has it
> concat_ws text | split_index text | to_base64 text | from_base64 text
> a-b | b | YWJj | abc

SELECT x'4142', X'FF'
  ?column? oid 1560 | ?column? oid 1560
  0100000101000010 | 11111111
! as Flink has it
> ?column? bytea | ?column? bytea
> \x4142 | \xff

SELECT INTERVAL '1-2' YEAR TO MONTH, INTERVAL '10' MINUTE, INTERVAL '1 10' DAY TO HOUR
  interval interval | interval interval | interval interval
  1 year 2 mons | 00:10:00 | 1 day 10:00:00

SELECT IS_ALPHA('abc'), IS_DIGIT('1a'), IS_DECIMAL('1.5')
  ERROR 42883 function is_alpha(unknown) does not exist at 8

SELECT MD5('a'), SHA1('a'), SHA256('a')
  ERROR 42883 function sha1(unknown) does not exist at 18
! as Flink has it
> md5 text | sha1 text | sha256 bytea
> 0cc175b9c0f1b6a831c399e269772661 | 86f7e437faa5a7fce15d1ddcb9eaeaea377667b8 | \xca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb

SELECT 10 DIV 3
  ERROR 42601 syntax error at or near "3" at 15

SELECT `x` FROM (VALUES (1)) AS t(`x`)
  ERROR 42601 syntax error at or near "FROM" at 12
! as Flink has it
> x int4
> 1

SELECT COUNT(*) AS `n` FROM (VALUES (1)) AS t(x)
  ERROR 42601 syntax error at or near "`" at 20
! as Flink has it
> n int8
> 1

SELECT ROW(1, 'a') AS r, CAST(ROW(1, 'a') AS ROW<id INT, name STRING>).name
  ERROR 42601 syntax error at or near "ROW" at 46
! as Flink has it
> r json | name text
> (1,a) | a

SELECT r.f1 FROM (SELECT ROW(1, 'a') AS r) t
  ERROR 42P01 missing FROM-clause entry for table "r" at 8
! as Flink has it
> f1 int4
> 1

SELECT LAST_VALUE(x), FIRST_VALUE(x) FROM (VALUES (1),(1)) t(x)
  ERROR 42809 window function last_value requires an OVER clause at 8
! as Flink has it
> last_value int4 | first_value int4
> 1 | 1

SELECT LISTAGG(x) FROM (VALUES ('a'),('b')) t(x)
  ERROR 42883 function listagg(text) does not exist at 8

SELECT APPROX_COUNT_DISTINCT(x) FROM (VALUES (1),(1),(2)) t(x)
  ERROR 42883 function approx_count_distinct(integer) does not exist at 8
! as Flink has it
> approx_count_distinct int8
> 2

SELECT UPPER(x) FROM (VALUES ('a')) AS t(x) WHERE x <> '' AND x IS NOT NULL
  upper text
  A

SELECT 1 = 1 IS TRUE
  ?column? bool
  t

SELECT COUNT(DISTINCT x, y) FROM (VALUES (1, 2)) AS t(x, y)
  ERROR 42883 function count(integer, integer) does not exist at 8

SELECT CAST(1 AS VARCHAR), CAST(1.5 AS INTEGER), CAST(TRUE AS INT)
  varchar text | int4 int4 | int4 int4
  1 | 2 | 1
! as Flink has it
> text text | int4 int4 | int4 int4
> 1 | 2 | 1

SELECT CAST(1 AS BOOLEAN), CAST('true' AS BOOLEAN)
  bool bool | bool bool
  t | t

SELECT CAST(TIMESTAMP '2024-01-01 10:00:00' AS BIGINT)
  ERROR 42846 cannot cast type timestamp without time zone to bigint at 8

SELECT POWER(2, 10), MOD(7, 3), ABS(-1), SIGN(-2)
  power float8 | mod int4 | abs int4 | sign float8
  1024 | 1 | 1 | -1

SELECT PARSE_URL('http://a.b/c?d=e', 'HOST')
  ERROR 42883 function parse_url(unknown, unknown) does not exist at 8

SELECT OVERLAY('abcdef' PLACING 'X' FROM 2), POSITION('b' IN 'abc'), TRIM(BOTH 'a' FROM 'aba')
  overlay text | position int4 | btrim text
  aXcdef | 2 | b

SELECT CURRENT_WATERMARK(x) FROM (VALUES (TIMESTAMP '2024-01-01 00:00:00')) t(x)
  ERROR 42883 function current_watermark(timestamp without time zone) does not exist at 8

SELECT * FROM (VALUES (1, ARRAY['a', 'b'])) AS t(id, xs) CROSS JOIN UNNEST(xs) AS u(x)
  id int4 | xs text[] | x text
  1 | {a,b} | a
  1 | {a,b} | b

SELECT * FROM (VALUES (1, MAP['a', 1])) AS t(id, m) CROSS JOIN UNNEST(m) AS u(k, v)
  ERROR 42601 syntax error at or near "," at 34
! as Flink has it
> id int4 | m json | k text | v int4
> 1 | {"a":1} | a | 1
