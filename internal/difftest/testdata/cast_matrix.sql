SELECT CAST(true::boolean AS smallint)
  ERROR 42846 cannot cast type boolean to smallint at 8

SELECT CAST(true::boolean AS int)
  int4 int4
  1

SELECT CAST(true::boolean AS bigint)
  ERROR 42846 cannot cast type boolean to bigint at 8

SELECT CAST(true::boolean AS real)
  ERROR 42846 cannot cast type boolean to real at 8

SELECT CAST(true::boolean AS double precision)
  ERROR 42846 cannot cast type boolean to double precision at 8

SELECT CAST(true::boolean AS numeric)
  ERROR 42846 cannot cast type boolean to numeric at 8

SELECT CAST(true::boolean AS text)
  text text
  true

SELECT CAST(true::boolean AS bytea)
  ERROR 42846 cannot cast type boolean to bytea at 8

SELECT CAST(true::boolean AS date)
  ERROR 42846 cannot cast type boolean to date at 8

SELECT CAST(true::boolean AS time)
  ERROR 42846 cannot cast type boolean to time without time zone at 8

SELECT CAST(true::boolean AS timestamp)
  ERROR 42846 cannot cast type boolean to timestamp without time zone at 8

SELECT CAST(true::boolean AS timestamptz)
  ERROR 42846 cannot cast type boolean to timestamp with time zone at 8

SELECT CAST(true::boolean AS interval)
  ERROR 42846 cannot cast type boolean to interval at 8

SELECT CAST(true::boolean AS json)
  ERROR 42846 cannot cast type boolean to json at 8

SELECT CAST(true::boolean AS int[])
  ERROR 42846 cannot cast type boolean to integer[] at 8

SELECT CAST('7'::smallint AS boolean)
  ERROR 42846 cannot cast type smallint to boolean at 8

SELECT CAST('7'::smallint AS int)
  int4 int4
  7

SELECT CAST('7'::smallint AS bigint)
  int8 int8
  7

SELECT CAST('7'::smallint AS real)
  float4 float4
  7

SELECT CAST('7'::smallint AS double precision)
  float8 float8
  7

SELECT CAST('7'::smallint AS numeric)
  numeric numeric
  7

SELECT CAST('7'::smallint AS text)
  text text
  7

SELECT CAST('7'::smallint AS bytea)
  ERROR 42846 cannot cast type smallint to bytea at 8

SELECT CAST('7'::smallint AS date)
  ERROR 42846 cannot cast type smallint to date at 8

SELECT CAST('7'::smallint AS time)
  ERROR 42846 cannot cast type smallint to time without time zone at 8

SELECT CAST('7'::smallint AS timestamp)
  ERROR 42846 cannot cast type smallint to timestamp without time zone at 8

SELECT CAST('7'::smallint AS timestamptz)
  ERROR 42846 cannot cast type smallint to timestamp with time zone at 8

SELECT CAST('7'::smallint AS interval)
  ERROR 42846 cannot cast type smallint to interval at 8

SELECT CAST('7'::smallint AS json)
  ERROR 42846 cannot cast type smallint to json at 8

SELECT CAST('7'::smallint AS int[])
  ERROR 42846 cannot cast type smallint to integer[] at 8

SELECT CAST('42'::int AS boolean)
  bool bool
  t

SELECT CAST('42'::int AS smallint)
  int2 int2
  42

SELECT CAST('42'::int AS bigint)
  int8 int8
  42

SELECT CAST('42'::int AS real)
  float4 float4
  42

SELECT CAST('42'::int AS double precision)
  float8 float8
  42

SELECT CAST('42'::int AS numeric)
  numeric numeric
  42

SELECT CAST('42'::int AS text)
  text text
  42

SELECT CAST('42'::int AS bytea)
  ERROR 42846 cannot cast type integer to bytea at 8

SELECT CAST('42'::int AS date)
  ERROR 42846 cannot cast type integer to date at 8

SELECT CAST('42'::int AS time)
  ERROR 42846 cannot cast type integer to time without time zone at 8

SELECT CAST('42'::int AS timestamp)
  ERROR 42846 cannot cast type integer to timestamp without time zone at 8

SELECT CAST('42'::int AS timestamptz)
  ERROR 42846 cannot cast type integer to timestamp with time zone at 8

SELECT CAST('42'::int AS interval)
  ERROR 42846 cannot cast type integer to interval at 8

SELECT CAST('42'::int AS json)
  ERROR 42846 cannot cast type integer to json at 8

SELECT CAST('42'::int AS int[])
  ERROR 42846 cannot cast type integer to integer[] at 8

SELECT CAST('9000000000'::bigint AS boolean)
  ERROR 42846 cannot cast type bigint to boolean at 8

SELECT CAST('9000000000'::bigint AS smallint)
  ERROR 22003 smallint out of range

SELECT CAST('9000000000'::bigint AS int)
  ERROR 22003 integer out of range

SELECT CAST('9000000000'::bigint AS real)
  float4 float4
  8.999999e+09

SELECT CAST('9000000000'::bigint AS double precision)
  float8 float8
  9000000000

SELECT CAST('9000000000'::bigint AS numeric)
  numeric numeric
  9000000000

SELECT CAST('9000000000'::bigint AS text)
  text text
  9000000000

SELECT CAST('9000000000'::bigint AS bytea)
  ERROR 42846 cannot cast type bigint to bytea at 8

SELECT CAST('9000000000'::bigint AS date)
  ERROR 42846 cannot cast type bigint to date at 8

SELECT CAST('9000000000'::bigint AS time)
  ERROR 42846 cannot cast type bigint to time without time zone at 8

SELECT CAST('9000000000'::bigint AS timestamp)
  ERROR 42846 cannot cast type bigint to timestamp without time zone at 8

SELECT CAST('9000000000'::bigint AS timestamptz)
  ERROR 42846 cannot cast type bigint to timestamp with time zone at 8

SELECT CAST('9000000000'::bigint AS interval)
  ERROR 42846 cannot cast type bigint to interval at 8

SELECT CAST('9000000000'::bigint AS json)
  ERROR 42846 cannot cast type bigint to json at 8

SELECT CAST('9000000000'::bigint AS int[])
  ERROR 42846 cannot cast type bigint to integer[] at 8

SELECT CAST('1.5'::real AS boolean)
  ERROR 42846 cannot cast type real to boolean at 8

SELECT CAST('1.5'::real AS smallint)
  int2 int2
  2

SELECT CAST('1.5'::real AS int)
  int4 int4
  2

SELECT CAST('1.5'::real AS bigint)
  int8 int8
  2

SELECT CAST('1.5'::real AS double precision)
  float8 float8
  1.5

SELECT CAST('1.5'::real AS numeric)
  numeric numeric
  1.5

SELECT CAST('1.5'::real AS text)
  text text
  1.5

SELECT CAST('1.5'::real AS bytea)
  ERROR 42846 cannot cast type real to bytea at 8

SELECT CAST('1.5'::real AS date)
  ERROR 42846 cannot cast type real to date at 8

SELECT CAST('1.5'::real AS time)
  ERROR 42846 cannot cast type real to time without time zone at 8

SELECT CAST('1.5'::real AS timestamp)
  ERROR 42846 cannot cast type real to timestamp without time zone at 8

SELECT CAST('1.5'::real AS timestamptz)
  ERROR 42846 cannot cast type real to timestamp with time zone at 8

SELECT CAST('1.5'::real AS interval)
  ERROR 42846 cannot cast type real to interval at 8

SELECT CAST('1.5'::real AS json)
  ERROR 42846 cannot cast type real to json at 8

SELECT CAST('1.5'::real AS int[])
  ERROR 42846 cannot cast type real to integer[] at 8

SELECT CAST('2.25'::double precision AS boolean)
  ERROR 42846 cannot cast type double precision to boolean at 8

SELECT CAST('2.25'::double precision AS smallint)
  int2 int2
  2

SELECT CAST('2.25'::double precision AS int)
  int4 int4
  2

SELECT CAST('2.25'::double precision AS bigint)
  int8 int8
  2

SELECT CAST('2.25'::double precision AS real)
  float4 float4
  2.25

SELECT CAST('2.25'::double precision AS numeric)
  numeric numeric
  2.25

SELECT CAST('2.25'::double precision AS text)
  text text
  2.25

SELECT CAST('2.25'::double precision AS bytea)
  ERROR 42846 cannot cast type double precision to bytea at 8

SELECT CAST('2.25'::double precision AS date)
  ERROR 42846 cannot cast type double precision to date at 8

SELECT CAST('2.25'::double precision AS time)
  ERROR 42846 cannot cast type double precision to time without time zone at 8

SELECT CAST('2.25'::double precision AS timestamp)
  ERROR 42846 cannot cast type double precision to timestamp without time zone at 8

SELECT CAST('2.25'::double precision AS timestamptz)
  ERROR 42846 cannot cast type double precision to timestamp with time zone at 8

SELECT CAST('2.25'::double precision AS interval)
  ERROR 42846 cannot cast type double precision to interval at 8

SELECT CAST('2.25'::double precision AS json)
  ERROR 42846 cannot cast type double precision to json at 8

SELECT CAST('2.25'::double precision AS int[])
  ERROR 42846 cannot cast type double precision to integer[] at 8

SELECT CAST('12.345'::numeric AS boolean)
  ERROR 42846 cannot cast type numeric to boolean at 8

SELECT CAST('12.345'::numeric AS smallint)
  int2 int2
  12

SELECT CAST('12.345'::numeric AS int)
  int4 int4
  12

SELECT CAST('12.345'::numeric AS bigint)
  int8 int8
  12

SELECT CAST('12.345'::numeric AS real)
  float4 float4
  12.345

SELECT CAST('12.345'::numeric AS double precision)
  float8 float8
  12.345

SELECT CAST('12.345'::numeric AS text)
  text text
  12.345

SELECT CAST('12.345'::numeric AS bytea)
  ERROR 42846 cannot cast type numeric to bytea at 8

SELECT CAST('12.345'::numeric AS date)
  ERROR 42846 cannot cast type numeric to date at 8

SELECT CAST('12.345'::numeric AS time)
  ERROR 42846 cannot cast type numeric to time without time zone at 8

SELECT CAST('12.345'::numeric AS timestamp)
  ERROR 42846 cannot cast type numeric to timestamp without time zone at 8

SELECT CAST('12.345'::numeric AS timestamptz)
  ERROR 42846 cannot cast type numeric to timestamp with time zone at 8

SELECT CAST('12.345'::numeric AS interval)
  ERROR 42846 cannot cast type numeric to interval at 8

SELECT CAST('12.345'::numeric AS json)
  ERROR 42846 cannot cast type numeric to json at 8

SELECT CAST('12.345'::numeric AS int[])
  ERROR 42846 cannot cast type numeric to integer[] at 8

SELECT CAST('10'::text AS boolean)
  ERROR 22P02 invalid input syntax for type boolean: "10"

SELECT CAST('10'::text AS smallint)
  int2 int2
  10

SELECT CAST('10'::text AS int)
  int4 int4
  10

SELECT CAST('10'::text AS bigint)
  int8 int8
  10

SELECT CAST('10'::text AS real)
  float4 float4
  10

SELECT CAST('10'::text AS double precision)
  float8 float8
  10

SELECT CAST('10'::text AS numeric)
  numeric numeric
  10

SELECT CAST('10'::text AS bytea)
  bytea bytea
  \x3130

SELECT CAST('10'::text AS date)
  ERROR 22007 invalid input syntax for type date: "10"

SELECT CAST('10'::text AS time)
  ERROR 22007 invalid input syntax for type time: "10"

SELECT CAST('10'::text AS timestamp)
  ERROR 22007 invalid input syntax for type timestamp: "10"

SELECT CAST('10'::text AS timestamptz)
  ERROR 22007 invalid input syntax for type timestamp with time zone: "10"

SELECT CAST('10'::text AS interval)
  interval interval
  00:00:10

SELECT CAST('10'::text AS json)
  json json
  10

SELECT CAST('10'::text AS int[])
  ERROR 22P02 malformed array literal: "10"

SELECT CAST('\x41'::bytea AS boolean)
  ERROR 42846 cannot cast type bytea to boolean at 8

SELECT CAST('\x41'::bytea AS smallint)
  ERROR 42846 cannot cast type bytea to smallint at 8

SELECT CAST('\x41'::bytea AS int)
  ERROR 42846 cannot cast type bytea to integer at 8

SELECT CAST('\x41'::bytea AS bigint)
  ERROR 42846 cannot cast type bytea to bigint at 8

SELECT CAST('\x41'::bytea AS real)
  ERROR 42846 cannot cast type bytea to real at 8

SELECT CAST('\x41'::bytea AS double precision)
  ERROR 42846 cannot cast type bytea to double precision at 8

SELECT CAST('\x41'::bytea AS numeric)
  ERROR 42846 cannot cast type bytea to numeric at 8

SELECT CAST('\x41'::bytea AS text)
  text text
  \x41

SELECT CAST('\x41'::bytea AS date)
  ERROR 42846 cannot cast type bytea to date at 8

SELECT CAST('\x41'::bytea AS time)
  ERROR 42846 cannot cast type bytea to time without time zone at 8

SELECT CAST('\x41'::bytea AS timestamp)
  ERROR 42846 cannot cast type bytea to timestamp without time zone at 8

SELECT CAST('\x41'::bytea AS timestamptz)
  ERROR 42846 cannot cast type bytea to timestamp with time zone at 8

SELECT CAST('\x41'::bytea AS interval)
  ERROR 42846 cannot cast type bytea to interval at 8

SELECT CAST('\x41'::bytea AS json)
  ERROR 42846 cannot cast type bytea to json at 8

SELECT CAST('\x41'::bytea AS int[])
  ERROR 42846 cannot cast type bytea to integer[] at 8

SELECT CAST('2024-02-29'::date AS boolean)
  ERROR 42846 cannot cast type date to boolean at 8

SELECT CAST('2024-02-29'::date AS smallint)
  ERROR 42846 cannot cast type date to smallint at 8

SELECT CAST('2024-02-29'::date AS int)
  ERROR 42846 cannot cast type date to integer at 8

SELECT CAST('2024-02-29'::date AS bigint)
  ERROR 42846 cannot cast type date to bigint at 8

SELECT CAST('2024-02-29'::date AS real)
  ERROR 42846 cannot cast type date to real at 8

SELECT CAST('2024-02-29'::date AS double precision)
  ERROR 42846 cannot cast type date to double precision at 8

SELECT CAST('2024-02-29'::date AS numeric)
  ERROR 42846 cannot cast type date to numeric at 8

SELECT CAST('2024-02-29'::date AS text)
  text text
  2024-02-29

SELECT CAST('2024-02-29'::date AS bytea)
  ERROR 42846 cannot cast type date to bytea at 8

SELECT CAST('2024-02-29'::date AS time)
  ERROR 42846 cannot cast type date to time without time zone at 8

SELECT CAST('2024-02-29'::date AS timestamp)
  timestamp timestamp
  2024-02-29 00:00:00

SELECT CAST('2024-02-29'::date AS timestamptz)
  timestamptz timestamptz
  2024-02-29 00:00:00+00

SELECT CAST('2024-02-29'::date AS interval)
  ERROR 42846 cannot cast type date to interval at 8

SELECT CAST('2024-02-29'::date AS json)
  ERROR 42846 cannot cast type date to json at 8

SELECT CAST('2024-02-29'::date AS int[])
  ERROR 42846 cannot cast type date to integer[] at 8

SELECT CAST('12:34:56.789'::time AS boolean)
  ERROR 42846 cannot cast type time without time zone to boolean at 8

SELECT CAST('12:34:56.789'::time AS smallint)
  ERROR 42846 cannot cast type time without time zone to smallint at 8

SELECT CAST('12:34:56.789'::time AS int)
  ERROR 42846 cannot cast type time without time zone to integer at 8

SELECT CAST('12:34:56.789'::time AS bigint)
  ERROR 42846 cannot cast type time without time zone to bigint at 8

SELECT CAST('12:34:56.789'::time AS real)
  ERROR 42846 cannot cast type time without time zone to real at 8

SELECT CAST('12:34:56.789'::time AS double precision)
  ERROR 42846 cannot cast type time without time zone to double precision at 8

SELECT CAST('12:34:56.789'::time AS numeric)
  ERROR 42846 cannot cast type time without time zone to numeric at 8

SELECT CAST('12:34:56.789'::time AS text)
  text text
  12:34:56.789

SELECT CAST('12:34:56.789'::time AS bytea)
  ERROR 42846 cannot cast type time without time zone to bytea at 8

SELECT CAST('12:34:56.789'::time AS date)
  ERROR 42846 cannot cast type time without time zone to date at 8

SELECT CAST('12:34:56.789'::time AS timestamp)
  ERROR 42846 cannot cast type time without time zone to timestamp without time zone at 8

SELECT CAST('12:34:56.789'::time AS timestamptz)
  ERROR 42846 cannot cast type time without time zone to timestamp with time zone at 8

SELECT CAST('12:34:56.789'::time AS interval)
  interval interval
  12:34:56.789

SELECT CAST('12:34:56.789'::time AS json)
  ERROR 42846 cannot cast type time without time zone to json at 8

SELECT CAST('12:34:56.789'::time AS int[])
  ERROR 42846 cannot cast type time without time zone to integer[] at 8

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS boolean)
  ERROR 42846 cannot cast type timestamp without time zone to boolean at 8

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS smallint)
  ERROR 42846 cannot cast type timestamp without time zone to smallint at 8

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS int)
  ERROR 42846 cannot cast type timestamp without time zone to integer at 8

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS bigint)
  ERROR 42846 cannot cast type timestamp without time zone to bigint at 8

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS real)
  ERROR 42846 cannot cast type timestamp without time zone to real at 8

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS double precision)
  ERROR 42846 cannot cast type timestamp without time zone to double precision at 8

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS numeric)
  ERROR 42846 cannot cast type timestamp without time zone to numeric at 8

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS text)
  text text
  2024-02-29 12:34:56.789

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS bytea)
  ERROR 42846 cannot cast type timestamp without time zone to bytea at 8

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS date)
  date date
  2024-02-29

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS time)
  time time
  12:34:56.789

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS timestamptz)
  timestamptz timestamptz
  2024-02-29 12:34:56.789+00

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS interval)
  ERROR 42846 cannot cast type timestamp without time zone to interval at 8

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS json)
  ERROR 42846 cannot cast type timestamp without time zone to json at 8

SELECT CAST('2024-02-29 12:34:56.789'::timestamp AS int[])
  ERROR 42846 cannot cast type timestamp without time zone to integer[] at 8

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS boolean)
  ERROR 42846 cannot cast type timestamp with time zone to boolean at 8

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS smallint)
  ERROR 42846 cannot cast type timestamp with time zone to smallint at 8

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS int)
  ERROR 42846 cannot cast type timestamp with time zone to integer at 8

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS bigint)
  ERROR 42846 cannot cast type timestamp with time zone to bigint at 8

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS real)
  ERROR 42846 cannot cast type timestamp with time zone to real at 8

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS double precision)
  ERROR 42846 cannot cast type timestamp with time zone to double precision at 8

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS numeric)
  ERROR 42846 cannot cast type timestamp with time zone to numeric at 8

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS text)
  text text
  2024-02-29 10:34:56.789+00

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS bytea)
  ERROR 42846 cannot cast type timestamp with time zone to bytea at 8

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS date)
  date date
  2024-02-29

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS time)
  time time
  10:34:56.789

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS timestamp)
  timestamp timestamp
  2024-02-29 10:34:56.789

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS interval)
  ERROR 42846 cannot cast type timestamp with time zone to interval at 8

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS json)
  ERROR 42846 cannot cast type timestamp with time zone to json at 8

SELECT CAST('2024-02-29 12:34:56.789+02'::timestamptz AS int[])
  ERROR 42846 cannot cast type timestamp with time zone to integer[] at 8

SELECT CAST('1 day 02:03:04'::interval AS boolean)
  ERROR 42846 cannot cast type interval to boolean at 8

SELECT CAST('1 day 02:03:04'::interval AS smallint)
  ERROR 42846 cannot cast type interval to smallint at 8

SELECT CAST('1 day 02:03:04'::interval AS int)
  ERROR 42846 cannot cast type interval to integer at 8

SELECT CAST('1 day 02:03:04'::interval AS bigint)
  ERROR 42846 cannot cast type interval to bigint at 8

SELECT CAST('1 day 02:03:04'::interval AS real)
  ERROR 42846 cannot cast type interval to real at 8

SELECT CAST('1 day 02:03:04'::interval AS double precision)
  ERROR 42846 cannot cast type interval to double precision at 8

SELECT CAST('1 day 02:03:04'::interval AS numeric)
  ERROR 42846 cannot cast type interval to numeric at 8

SELECT CAST('1 day 02:03:04'::interval AS text)
  text text
  1 day 02:03:04

SELECT CAST('1 day 02:03:04'::interval AS bytea)
  ERROR 42846 cannot cast type interval to bytea at 8

SELECT CAST('1 day 02:03:04'::interval AS date)
  ERROR 42846 cannot cast type interval to date at 8

SELECT CAST('1 day 02:03:04'::interval AS time)
  time time
  02:03:04

SELECT CAST('1 day 02:03:04'::interval AS timestamp)
  ERROR 42846 cannot cast type interval to timestamp without time zone at 8

SELECT CAST('1 day 02:03:04'::interval AS timestamptz)
  ERROR 42846 cannot cast type interval to timestamp with time zone at 8

SELECT CAST('1 day 02:03:04'::interval AS json)
  ERROR 42846 cannot cast type interval to json at 8

SELECT CAST('1 day 02:03:04'::interval AS int[])
  ERROR 42846 cannot cast type interval to integer[] at 8

SELECT CAST('{"a":1}'::json AS boolean)
  ERROR 42846 cannot cast type json to boolean at 8

SELECT CAST('{"a":1}'::json AS smallint)
  ERROR 42846 cannot cast type json to smallint at 8

SELECT CAST('{"a":1}'::json AS int)
  ERROR 42846 cannot cast type json to integer at 8

SELECT CAST('{"a":1}'::json AS bigint)
  ERROR 42846 cannot cast type json to bigint at 8

SELECT CAST('{"a":1}'::json AS real)
  ERROR 42846 cannot cast type json to real at 8

SELECT CAST('{"a":1}'::json AS double precision)
  ERROR 42846 cannot cast type json to double precision at 8

SELECT CAST('{"a":1}'::json AS numeric)
  ERROR 42846 cannot cast type json to numeric at 8

SELECT CAST('{"a":1}'::json AS text)
  text text
  {"a":1}

SELECT CAST('{"a":1}'::json AS bytea)
  ERROR 42846 cannot cast type json to bytea at 8

SELECT CAST('{"a":1}'::json AS date)
  ERROR 42846 cannot cast type json to date at 8

SELECT CAST('{"a":1}'::json AS time)
  ERROR 42846 cannot cast type json to time without time zone at 8

SELECT CAST('{"a":1}'::json AS timestamp)
  ERROR 42846 cannot cast type json to timestamp without time zone at 8

SELECT CAST('{"a":1}'::json AS timestamptz)
  ERROR 42846 cannot cast type json to timestamp with time zone at 8

SELECT CAST('{"a":1}'::json AS interval)
  ERROR 42846 cannot cast type json to interval at 8

SELECT CAST('{"a":1}'::json AS int[])
  ERROR 42846 cannot cast type json to integer[] at 8

SELECT CAST('{1,2,NULL}'::int[] AS boolean)
  ERROR 42846 cannot cast type integer[] to boolean at 8

SELECT CAST('{1,2,NULL}'::int[] AS smallint)
  ERROR 42846 cannot cast type integer[] to smallint at 8

SELECT CAST('{1,2,NULL}'::int[] AS int)
  ERROR 42846 cannot cast type integer[] to integer at 8

SELECT CAST('{1,2,NULL}'::int[] AS bigint)
  ERROR 42846 cannot cast type integer[] to bigint at 8

SELECT CAST('{1,2,NULL}'::int[] AS real)
  ERROR 42846 cannot cast type integer[] to real at 8

SELECT CAST('{1,2,NULL}'::int[] AS double precision)
  ERROR 42846 cannot cast type integer[] to double precision at 8

SELECT CAST('{1,2,NULL}'::int[] AS numeric)
  ERROR 42846 cannot cast type integer[] to numeric at 8

SELECT CAST('{1,2,NULL}'::int[] AS text)
  text text
  {1,2,NULL}

SELECT CAST('{1,2,NULL}'::int[] AS bytea)
  ERROR 42846 cannot cast type integer[] to bytea at 8

SELECT CAST('{1,2,NULL}'::int[] AS date)
  ERROR 42846 cannot cast type integer[] to date at 8

SELECT CAST('{1,2,NULL}'::int[] AS time)
  ERROR 42846 cannot cast type integer[] to time without time zone at 8

SELECT CAST('{1,2,NULL}'::int[] AS timestamp)
  ERROR 42846 cannot cast type integer[] to timestamp without time zone at 8

SELECT CAST('{1,2,NULL}'::int[] AS timestamptz)
  ERROR 42846 cannot cast type integer[] to timestamp with time zone at 8

SELECT CAST('{1,2,NULL}'::int[] AS interval)
  ERROR 42846 cannot cast type integer[] to interval at 8

SELECT CAST('{1,2,NULL}'::int[] AS json)
  ERROR 42846 cannot cast type integer[] to json at 8
