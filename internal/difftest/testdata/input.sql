SELECT CAST('yes' AS boolean) AS v
  v bool
  t

SELECT 'of'::boolean
  bool bool
  f

SELECT CAST('tru' AS boolean) AS v
  v bool
  t

SELECT ''::boolean
  ERROR 22P02 invalid input syntax for type boolean: "" at 8

SELECT CAST(' t ' AS boolean) AS v
  v bool
  t

SELECT '2'::boolean
  ERROR 22P02 invalid input syntax for type boolean: "2" at 8

SELECT CAST('on' AS boolean) AS v
  v bool
  t

SELECT '32768'::smallint
  ERROR 22003 value "32768" is out of range for type smallint at 8

SELECT CAST('-32768' AS smallint) AS v
  v int2
  -32768

SELECT '1.5'::smallint
  ERROR 22P02 invalid input syntax for type smallint: "1.5" at 8

SELECT CAST('abc' AS smallint) AS v
  ERROR 22P02 invalid input syntax for type smallint: "abc" at 13

SELECT ''::smallint
  ERROR 22P02 invalid input syntax for type smallint: "" at 8

SELECT CAST(' 12 ' AS smallint) AS v
  v int2
  12

SELECT '0x10'::smallint
  ERROR 22P02 invalid input syntax for type smallint: "0x10" at 8

SELECT CAST('1e3' AS smallint) AS v
  ERROR 22P02 invalid input syntax for type smallint: "1e3" at 13

SELECT '2147483648'::int
  ERROR 22003 value "2147483648" is out of range for type integer at 8

SELECT CAST('-2147483648' AS int) AS v
  v int4
  -2147483648

SELECT 'x'::int
  ERROR 22P02 invalid input syntax for type integer: "x" at 8

SELECT CAST('+5' AS int) AS v
  v int4
  5

SELECT '12 3'::int
  ERROR 22P02 invalid input syntax for type integer: "12 3" at 8

SELECT CAST('9223372036854775808' AS bigint) AS v
  ERROR 22003 value "9223372036854775808" is out of range for type bigint at 13

SELECT '-9223372036854775808'::bigint
  int8 int8
  -9223372036854775808

SELECT CAST('--1' AS bigint) AS v
  ERROR 22P02 invalid input syntax for type bigint: "--1" at 13

SELECT '1e39'::real
  ERROR 22003 "1e39" is out of range for type real at 8

SELECT CAST('1e-50' AS real) AS v
  ERROR 22003 "1e-50" is out of range for type real at 13

SELECT 'nan'::real
  float4 float4
  NaN

SELECT CAST('Infinity' AS real) AS v
  v float4
  Infinity

SELECT '-inf'::real
  float4 float4
  -Infinity

SELECT CAST('1.5.5' AS real) AS v
  ERROR 22P02 invalid input syntax for type real: "1.5.5" at 13

SELECT '3.4028235e38'::real
  float4 float4
  3.4028235e+38

SELECT CAST('1e309' AS double precision) AS v
  ERROR 22003 "1e309" is out of range for type double precision at 13

SELECT '1e-400'::double precision
  ERROR 22003 "1e-400" is out of range for type double precision at 8

SELECT CAST('NaN' AS double precision) AS v
  v float8
  NaN

SELECT 'inf'::double precision
  float8 float8
  Infinity

SELECT CAST('abc' AS double precision) AS v
  ERROR 22P02 invalid input syntax for type double precision: "abc" at 13

SELECT '0.1'::double precision
  float8 float8
  0.1

SELECT CAST('1e22' AS double precision) AS v
  v float8
  1e+22

SELECT '1e15'::double precision
  float8 float8
  1e+15

SELECT CAST('1e-5' AS double precision) AS v
  v float8
  1e-05

SELECT '123456789012345678'::double precision
  float8 float8
  1.2345678901234568e+17

SELECT CAST('NaN' AS numeric) AS v
  v numeric
  NaN

SELECT '1e5'::numeric
  numeric numeric
  100000

SELECT CAST('.5' AS numeric) AS v
  v numeric
  0.5

SELECT '5.'::numeric
  numeric numeric
  5

SELECT CAST('1_000' AS numeric) AS v
  ERROR 22P02 invalid input syntax for type numeric: "1_000" at 13

SELECT 'abc'::numeric
  ERROR 22P02 invalid input syntax for type numeric: "abc" at 8

SELECT CAST('' AS numeric) AS v
  ERROR 22P02 invalid input syntax for type numeric: "" at 13

SELECT '0.000'::numeric
  numeric numeric
  0.000

SELECT CAST('-0.0' AS numeric) AS v
  v numeric
  0.0

SELECT '1e-3'::numeric
  numeric numeric
  0.001

SELECT CAST('Infinity' AS numeric) AS v
  v numeric
  Infinity

SELECT '2024-02-30'::date
  ERROR 22008 date/time field value out of range: "2024-02-30" at 8

SELECT CAST('2024-13-01' AS date) AS v
  ERROR 22008 date/time field value out of range: "2024-13-01" at 13

SELECT '20240229'::date
  date date
  2024-02-29

SELECT CAST('Feb 29, 2024' AS date) AS v
  v date
  2024-02-29

SELECT '2024-2-9'::date
  date date
  2024-02-09

SELECT CAST('abc' AS date) AS v
  ERROR 22007 invalid input syntax for type date: "abc" at 13

SELECT 'infinity'::date
  date date
  infinity

SELECT CAST('epoch' AS date) AS v
  v date
  1970-01-01

SELECT '0001-01-01 BC'::date
  date date
  0001-01-01 BC

SELECT CAST('2024-060' AS date) AS v
  v date
  2024-02-29
! the day of the year is no form of input
> ERROR 22007 invalid input syntax for type date: "2024-060" at 13

SELECT '29/02/2024'::date
  ERROR 22008 date/time field value out of range: "29/02/2024" at 8

SELECT CAST('24:00:00' AS time) AS v
  v time
  24:00:00

SELECT '24:00:01'::time
  ERROR 22008 date/time field value out of range: "24:00:01" at 8

SELECT CAST('12:60' AS time) AS v
  ERROR 22008 date/time field value out of range: "12:60" at 13

SELECT '1:2:3'::time
  time time
  01:02:03

SELECT CAST('12:34 PM' AS time) AS v
  v time
  12:34:00

SELECT '12:34:56.1234567'::time
  time time
  12:34:56.123457

SELECT CAST('123456' AS time) AS v
  v time
  12:34:56

SELECT 'noon'::time
  ERROR 22007 invalid input syntax for type time: "noon" at 8

SELECT CAST('2024-02-29T12:34:56Z' AS timestamp) AS v
  v timestamp
  2024-02-29 12:34:56

SELECT '2024-02-29'::timestamp
  timestamp timestamp
  2024-02-29 00:00:00

SELECT CAST('2024-02-29 25:00' AS timestamp) AS v
  ERROR 22008 date/time field value out of range: "2024-02-29 25:00" at 13

SELECT '2024-02-29 12:34:56.9999999'::timestamp
  timestamp timestamp
  2024-02-29 12:34:57

SELECT CAST('infinity' AS timestamp) AS v
  v timestamp
  infinity

SELECT '-infinity'::timestamp
  timestamp timestamp
  -infinity

SELECT CAST('2024-02-29 12:34:56+05' AS timestamp) AS v
  v timestamp
  2024-02-29 12:34:56

SELECT 'Thu Feb 29 12:34:56 2024'::timestamp
  timestamp timestamp
  2024-02-29 12:34:56

SELECT CAST('epoch' AS timestamp) AS v
  v timestamp
  1970-01-01 00:00:00

SELECT ''::timestamp
  ERROR 22007 invalid input syntax for type timestamp: "" at 8

SELECT CAST('294277-01-01' AS timestamp) AS v
  ERROR 22008 timestamp out of range: "294277-01-01" at 13

SELECT '2024-02-29 12:34:56'::timestamptz
  timestamptz timestamptz
  2024-02-29 12:34:56+00

SELECT CAST('2024-02-29 12:34:56+05:30' AS timestamptz) AS v
  v timestamptz
  2024-02-29 07:04:56+00

SELECT '2024-02-29 12:34:56 America/New_York'::timestamptz
  timestamptz timestamptz
  2024-02-29 17:34:56+00

SELECT CAST('2024-02-29T12:34:56Z' AS timestamptz) AS v
  v timestamptz
  2024-02-29 12:34:56+00

SELECT '2024-07-01 00:00 Europe/Berlin'::timestamptz
  timestamptz timestamptz
  2024-06-30 22:00:00+00

SELECT CAST('2024-07-01 Mars/Base' AS timestamptz) AS v
  ERROR 22023 time zone "mars/base" not recognized at 13

SELECT '1 year 2 mons'::interval
  interval interval
  1 year 2 mons

SELECT CAST('P1Y2M3DT4H5M6S' AS interval) AS v
  v interval
  1 year 2 mons 3 days 04:05:06

SELECT '1-2'::interval
  interval interval
  1 year 2 mons

SELECT CAST('1:30' AS interval) AS v
  v interval
  01:30:00

SELECT '-1 day +02:03'::interval
  interval interval
  -1 days +02:03:00

SELECT CAST('1.5 days' AS interval) AS v
  v interval
  1 day 12:00:00

SELECT '1 fortnight'::interval
  ERROR 22007 invalid input syntax for type interval: "1 fortnight" at 8

SELECT CAST('1 week' AS interval) AS v
  v interval
  7 days

SELECT 'abc'::interval
  ERROR 22007 invalid input syntax for type interval: "abc" at 8

SELECT CAST('' AS interval) AS v
  ERROR 22007 invalid input syntax for type interval: "" at 13

SELECT '1.5 months'::interval
  interval interval
  1 mon 15 days

SELECT CAST('@ 1 hour ago' AS interval) AS v
  v interval
  -01:00:00

SELECT '90 seconds'::interval
  interval interval
  00:01:30

SELECT CAST('25 hours' AS interval) AS v
  v interval
  25:00:00

SELECT '1 millennium'::interval
  interval interval
  1000 years

SELECT CAST('13 months' AS interval) AS v
  v interval
  1 year 1 mon

SELECT '\x4142'::bytea
  bytea bytea
  \x4142

SELECT CAST('\x414' AS bytea) AS v
  ERROR 22023 invalid hexadecimal data: odd number of digits at 13

SELECT 'abc'::bytea
  bytea bytea
  \x616263

SELECT CAST('a\001b' AS bytea) AS v
  v bytea
  \x610162

SELECT '\xzz'::bytea
  ERROR 22023 invalid hexadecimal digit: "z" at 8

SELECT CAST('{"a": 1}' AS json) AS v
  v json
  {"a": 1}

SELECT '{a}'::json
  ERROR 22P02 invalid input syntax for type json at 8

SELECT CAST('[1,2' AS json) AS v
  ERROR 22P02 invalid input syntax for type json at 13

SELECT 'null'::json
  json json
  null

SELECT CAST('"x"' AS json) AS v
  v json
  "x"

SELECT ''::json
  ERROR 22P02 invalid input syntax for type json at 8

SELECT CAST('{}' AS int[]) AS v
  v int4[]
  {}

SELECT '{1,2}'::int[]
  int4 int4[]
  {1,2}

SELECT CAST('{1,{2}}' AS int[]) AS v
  ERROR 22P02 malformed array literal: "{1,{2}}" at 13

SELECT '{1'::int[]
  ERROR 22P02 malformed array literal: "{1" at 8

SELECT CAST('{a}' AS int[]) AS v
  ERROR 22P02 invalid input syntax for type integer: "a" at 13

SELECT '{{1,2},{3,4}}'::int[]
  int4 int4[]
  {{1,2},{3,4}}
! arrays have one dimension
> ERROR 22P02 malformed array literal: "{{1,2},{3,4}}" at 8

SELECT CAST(' { 1 , NULL } ' AS int[]) AS v
  v int4[]
  {1,NULL}

SELECT '{a,"b c",NULL,"NULL"}'::text[]
  text text[]
  {a,"b c",NULL,"NULL"}

SELECT CAST('{"a\"b"}' AS text[]) AS v
  v text[]
  {"a\"b"}

SELECT '{,}'::text[]
  ERROR 22P02 malformed array literal: "{,}" at 8

SELECT CAST('abcdef' AS varchar(3)) AS v
  v text
  abc

SELECT 'ab'::varchar(3)
  varchar text
  ab

SELECT CAST('123.456' AS numeric(5,2)) AS v
  v numeric
  123.46

SELECT '1234.5'::numeric(5,2)
  ERROR 22003 numeric field overflow

SELECT CAST('999.995' AS numeric(5,2)) AS v
  ERROR 22003 numeric field overflow

SELECT '-0.004'::numeric(5,2)
  numeric numeric
  0.00

SELECT CAST('1.5' AS numeric(3)) AS v
  v numeric
  2

SELECT '2.5'::numeric(3)
  numeric numeric
  3

SELECT CAST('999.5' AS numeric(3)) AS v
  ERROR 22003 numeric field overflow

SELECT '2024-02-29 12:34:56.5'::timestamp(0)
  timestamp timestamp
  2024-02-29 12:34:57

SELECT CAST('12:34:56.78' AS time(1)) AS v
  v time
  12:34:56.8

SELECT 'abcdef'::char(3)
  bpchar text
  abc
! CHAR is refused: padding with blanks has no place in streams
> ERROR 42704 type "char" does not exist at 18

SELECT CAST('a' AS char(3)) AS v
  v text
  "a  "
! CHAR is refused: padding with blanks has no place in streams
> ERROR 42704 type "char" does not exist at 20

SELECT '{t,f}'::boolean[]
  bool bool[]
  {t,f}
