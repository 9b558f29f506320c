SELECT date '2024-01-31' + 1, date '2024-01-31' - 1, 1 + date '2024-01-31'
  ?column? date | ?column? date | ?column? date
  2024-02-01 | 2024-01-30 | 2024-02-01

SELECT date '2024-03-01' - date '2024-02-01'
  ?column? int4
  29

SELECT date '2024-01-31' + interval '1 month', date '2024-01-31' - interval '1 day'
  ?column? timestamp | ?column? timestamp
  2024-02-29 00:00:00 | 2024-01-30 00:00:00

SELECT date '2024-01-31' + time '10:00'
  ?column? timestamp
  2024-01-31 10:00:00

SELECT date '2024-01-31' + 1.5
  ERROR 42883 operator does not exist: date + numeric at 26

SELECT date '2024-01-31' + '1'
  ERROR 42725 operator is not unique: date + unknown at 26

SELECT date '2024-01-31' + date '2024-01-31'
  ERROR 42883 operator does not exist: date + date at 26

SELECT timestamp '2024-01-31 10:00' + interval '1 month', timestamp '2024-03-31 10:00' - interval '1 month'
  ?column? timestamp | ?column? timestamp
  2024-02-29 10:00:00 | 2024-02-29 10:00:00

SELECT timestamp '2024-01-31 10:00' - timestamp '2024-01-01 09:30'
  ?column? interval
  30 days 00:30:00

SELECT timestamp '2024-01-31 10:00' - date '2024-01-01'
  ?column? interval
  30 days 10:00:00

SELECT timestamp '2024-01-31 10:00' + 1
  ERROR 42883 operator does not exist: timestamp without time zone + integer at 37

SELECT timestamp '2024-01-31 10:00' + '1 day'
  ?column? timestamp
  2024-02-01 10:00:00

SELECT timestamp '2024-01-31 10:00' + time '01:00'
  ?column? timestamp
  2024-01-31 11:00:00

SELECT timestamptz '2024-01-31 10:00+00' - timestamptz '2024-01-30 08:00+00'
  ?column? interval
  1 day 02:00:00

SELECT timestamptz '2024-01-31 10:00+00' + interval '1 day'
  ?column? timestamptz
  2024-02-01 10:00:00+00

SELECT time '10:00' + interval '15 hours', time '10:00' - interval '11 hours', time '10:00' - time '08:30'
  ?column? time | ?column? time | ?column? interval
  01:00:00 | 23:00:00 | 01:30:00

SELECT time '10:00' + time '10:00'
  ERROR 42725 operator is not unique: time without time zone + time without time zone at 21

SELECT interval '1 day' + interval '2 hours', interval '1 day' - interval '25 hours', -interval '1 day 2 hours'
  ?column? interval | ?column? interval | ?column? interval
  1 day 02:00:00 | 1 day -25:00:00 | -1 days -02:00:00

SELECT interval '1 day' * 2, 2 * interval '1 day', interval '1 day' * 1.5, interval '1 month' / 2, interval '1 day' / 3, 0.5 * interval '1 month'
  ?column? interval | ?column? interval | ?column? interval | ?column? interval | ?column? interval | ?column? interval
  2 days | 2 days | 1 day 12:00:00 | 15 days | 08:00:00 | 15 days

SELECT interval '1 day' / 0
  ERROR 22012 division by zero

SELECT interval '1 day' * interval '1 day'
  ERROR 42883 operator does not exist: interval * interval at 25

SELECT interval '1 day' > interval '23 hours', interval '1 month' = interval '30 days', interval '24 hours' = interval '1 day'
  ?column? bool | ?column? bool | ?column? bool
  t | t | t

SELECT interval '1 year' > 5
  ERROR 42883 operator does not exist: interval > integer at 26

SELECT EXTRACT(year FROM timestamp '2024-05-06 07:08:09.123456'), EXTRACT(month FROM timestamp '2024-05-06 07:08:09.123456'), EXTRACT(day FROM timestamp '2024-05-06 07:08:09.123456')
  extract numeric | extract numeric | extract numeric
  2024 | 5 | 6

SELECT EXTRACT(hour FROM timestamp '2024-05-06 07:08:09.123456'), EXTRACT(minute FROM timestamp '2024-05-06 07:08:09.123456'), EXTRACT(second FROM timestamp '2024-05-06 07:08:09.123456'), EXTRACT(milliseconds FROM timestamp '2024-05-06 07:08:09.123456'), EXTRACT(microseconds FROM timestamp '2024-05-06 07:08:09.123456')
  extract numeric | extract numeric | extract numeric | extract numeric | extract numeric
  7 | 8 | 9.123456 | 9123.456 | 9123456

SELECT EXTRACT(dow FROM date '2024-05-05'), EXTRACT(isodow FROM date '2024-05-05'), EXTRACT(doy FROM date '2024-05-05'), EXTRACT(week FROM date '2024-12-30'), EXTRACT(isoyear FROM date '2024-12-30'), EXTRACT(quarter FROM date '2024-05-05')
  extract numeric | extract numeric | extract numeric | extract numeric | extract numeric | extract numeric
  0 | 7 | 126 | 1 | 2025 | 2

SELECT EXTRACT(epoch FROM timestamp '2024-05-06 07:08:09.5'), EXTRACT(epoch FROM timestamptz '2024-05-06 07:08:09.5+02'), EXTRACT(epoch FROM interval '1 day 1.5 seconds'), EXTRACT(epoch FROM date '2024-05-06')
  extract numeric | extract numeric | extract numeric | extract numeric
  1714979289.500000 | 1714972089.500000 | 86401.500000 | 1714953600

SELECT EXTRACT(century FROM date '2024-05-06'), EXTRACT(decade FROM date '2024-05-06'), EXTRACT(millennium FROM date '2024-05-06'), EXTRACT(julian FROM date '2024-05-06')
  extract numeric | extract numeric | extract numeric | extract numeric
  21 | 202 | 3 | 2460437

SELECT EXTRACT(hour FROM date '2024-05-06')
  ERROR 0A000 unit "hour" not supported for type date

SELECT EXTRACT(hour FROM time '10:11:12'), EXTRACT(day FROM interval '40 days 5 hours'), EXTRACT(month FROM interval '14 months'), EXTRACT(hour FROM interval '30 hours')
  extract numeric | extract numeric | extract numeric | extract numeric
  10 | 40 | 2 | 30

SELECT EXTRACT(nosuch FROM date '2024-05-06')
  ERROR 22023 unit "nosuch" not recognized for type date

SELECT EXTRACT(year FROM '2024-05-06')
  ERROR 42725 function pg_catalog.extract(unknown, unknown) is not unique at 8
! EXTRACT is called by its own name
> ERROR 42725 function extract(unknown, unknown) is not unique at 8

SELECT EXTRACT(year FROM 5)
  ERROR 42883 function pg_catalog.extract(unknown, integer) does not exist at 8
! EXTRACT is called by its own name
> ERROR 42883 function extract(unknown, integer) does not exist at 8

SELECT EXTRACT(timezone FROM timestamptz '2024-05-06 07:08:09+02')
  extract numeric
  0

SELECT EXTRACT(timezone FROM timestamp '2024-05-06 07:08:09')
  ERROR 0A000 unit "timezone" not supported for type timestamp without time zone

SELECT date_part('year', date '2024-05-06'), date_part('second', timestamp '2024-05-06 07:08:09.5')
  date_part float8 | date_part float8
  2024 | 9.5

SELECT date_trunc('month', timestamp '2024-05-06 07:08:09.5'), date_trunc('hour', timestamptz '2024-05-06 07:08:09.5+00'), date_trunc('week', date '2024-05-08'), date_trunc('quarter', timestamp '2024-05-06')
  date_trunc timestamp | date_trunc timestamptz | date_trunc timestamptz | date_trunc timestamp
  2024-05-01 00:00:00 | 2024-05-06 07:00:00+00 | 2024-05-06 00:00:00+00 | 2024-04-01 00:00:00

SELECT date_trunc('hour', interval '1 day 02:03:04'), date_trunc('decade', timestamp '2024-05-06'), date_trunc('milliseconds', timestamp '2024-05-06 07:08:09.123456')
  date_trunc interval | date_trunc timestamp | date_trunc timestamp
  1 day 02:00:00 | 2020-01-01 00:00:00 | 2024-05-06 07:08:09.123

SELECT date_trunc('nosuch', timestamp '2024-05-06')
  ERROR 22023 unit "nosuch" not recognized for type timestamp without time zone

SELECT date_trunc('day', timestamptz '2024-05-06 23:00+00', 'Europe/Berlin')
  date_trunc timestamptz
  2024-05-06 22:00:00+00

SELECT date_bin('15 minutes', timestamp '2024-05-06 07:08:09', timestamp '2024-01-01')
  date_bin timestamp
  2024-05-06 07:00:00

SELECT date_bin('1 month', timestamp '2024-05-06 07:08:09', timestamp '2024-01-01')
  ERROR 0A000 timestamps cannot be binned into intervals containing months or years

SELECT timestamp '2024-05-06 07:08:09' AT TIME ZONE 'Europe/Berlin'
  timezone timestamptz
  2024-05-06 05:08:09+00

SELECT timestamptz '2024-05-06 07:08:09+00' AT TIME ZONE 'Europe/Berlin'
  timezone timestamp
  2024-05-06 09:08:09

SELECT timestamptz '2024-05-06 07:08:09+00' AT TIME ZONE 'UTC'
  timezone timestamp
  2024-05-06 07:08:09

SELECT timestamptz '2024-05-06 07:08:09+00' AT TIME ZONE '+02'
  timezone timestamp
  2024-05-06 05:08:09

SELECT timestamptz '2024-05-06 07:08:09+00' AT TIME ZONE interval '2 hours'
  timezone timestamp
  2024-05-06 09:08:09

SELECT date '2024-05-06' AT TIME ZONE 'UTC'
  timezone timestamp
  2024-05-06 00:00:00

SELECT timestamp '2024-05-06 07:08:09' AT TIME ZONE 'Mars/Base'
  ERROR 22023 time zone "Mars/Base" not recognized

SELECT '2024-05-06 07:08:09' AT TIME ZONE 'UTC'
  timezone timestamp
  2024-05-06 07:08:09

SELECT timezone('Europe/Berlin', timestamp '2024-05-06 07:08:09')
  timezone timestamptz
  2024-05-06 05:08:09+00

SELECT to_char(timestamp '2024-05-06 17:08:09.123456', 'YYYY-MM-DD HH24:MI:SS.US')
  to_char text
  2024-05-06 17:08:09.123456

SELECT to_char(timestamp '2024-05-06 17:08:09.123456', 'Dy DD Mon YYYY HH12:MI am')
  to_char text
  Mon 06 May 2024 05:08 pm

SELECT to_char(timestamp '2024-05-06 17:08:09', 'Day, Month DDth')
  to_char text
  Monday   , May       06th

SELECT to_char(timestamp '2024-05-06 17:08:09.1', 'IYYY-IW ID Q DDD MS')
  to_char text
  2024-19 1 2 127 100

SELECT to_char(date '2024-05-06', 'DD/MM/YY')
  to_char text
  06/05/24

SELECT to_char(interval '1 day 02:03:04', 'DD HH24:MI:SS')
  to_char text
  01 02:03:04

SELECT to_char(timestamptz '2024-05-06 17:08:09+02', 'YYYY-MM-DD"T"HH24:MI:SSOF')
  to_char text
  2024-05-06T15:08:09+00

SELECT to_char(timestamp '2024-05-06 17:08:09', 'FMMonth FMDD')
  to_char text
  May 6

SELECT to_char(timestamp '2024-05-06', NULL), to_char(NULL::timestamp, 'YYYY')
  to_char text | to_char text
  NULL | NULL

SELECT to_date('06/05/2024', 'DD/MM/YYYY')
  to_date date
  2024-05-06

SELECT to_timestamp('2024-05-06 07:08:09', 'YYYY-MM-DD HH24:MI:SS')
  to_timestamp timestamptz
  2024-05-06 07:08:09+00

SELECT to_timestamp(1715000000)
  to_timestamp timestamptz
  2024-05-06 12:53:20+00

SELECT to_timestamp(1.5)
  to_timestamp timestamptz
  1970-01-01 00:00:01.5+00

SELECT to_date('x', 'YYYY')
  ERROR 22007 invalid value "x" for "YYYY"

SELECT to_date('2024-13-01', 'YYYY-MM-DD')
  ERROR 22008 date/time field value out of range: "2024-13-01"

SELECT make_date(2024, 2, 29)
  make_date date
  2024-02-29

SELECT make_time(10, 11, 12.5)
  make_time time
  10:11:12.5

SELECT make_timestamp(2024, 2, 29, 10, 11, 12.5)
  make_timestamp timestamp
  2024-02-29 10:11:12.5

SELECT make_interval(days => 3)
  make_interval interval
  3 days

SELECT make_interval(1, 2, 3, 4, 5, 6, 7.5)
  make_interval interval
  1 year 2 mons 25 days 05:06:07.5

SELECT make_date(2023, 2, 29)
  ERROR 22008 date field value out of range: 2023-02-29

SELECT make_timestamptz(2024, 2, 29, 10, 11, 12.5)
  make_timestamptz timestamptz
  2024-02-29 10:11:12.5+00

SELECT make_timestamptz(2024, 2, 29, 10, 11, 12.5, 'Europe/Berlin')
  make_timestamptz timestamptz
  2024-02-29 09:11:12.5+00

SELECT age(timestamp '2024-05-06', timestamp '2023-01-01')
  age interval
  1 year 4 mons 5 days

SELECT age(date '2024-03-01', date '2024-01-31')
  age interval
  1 mon 1 day

SELECT justify_days(interval '35 days'), justify_hours(interval '27 hours'), justify_interval(interval '1 mon -1 hour')
  justify_days interval | justify_hours interval | justify_interval interval
  1 mon 5 days | 1 day 03:00:00 | 29 days 23:00:00

SELECT isfinite(date 'infinity')
  isfinite bool
  f

SELECT isfinite(timestamp '2024-01-01')
  isfinite bool
  t

SELECT isfinite(interval '1 day')
  isfinite bool
  t

SELECT (timestamp '2024-01-01', timestamp '2024-02-01') OVERLAPS (timestamp '2024-01-15', timestamp '2024-03-01')
  overlaps bool
  t

SELECT timestamp '2024-01-01 10:00'::date, timestamp '2024-01-01 10:00'::time, date '2024-01-01'::timestamp, timestamp '2024-01-01 10:00'::timestamptz, timestamptz '2024-01-01 10:00+00'::timestamp
  date date | time time | timestamp timestamp | timestamptz timestamptz | timestamp timestamp
  2024-01-01 | 10:00:00 | 2024-01-01 00:00:00 | 2024-01-01 10:00:00+00 | 2024-01-01 10:00:00

SELECT timestamp '2024-01-01 10:00:00.987654'::timestamp(0), timestamp '2024-01-01 10:00:00.987654'::timestamp(3), time '10:00:00.987654'::time(2)
  timestamp timestamp | timestamp timestamp | time time
  2024-01-01 10:00:01 | 2024-01-01 10:00:00.988 | 10:00:00.99

SELECT timestamp '2024-01-01' = date '2024-01-01', timestamp '2024-01-01' < '2024-01-02', timestamptz '2024-01-01 00:00+00' = timestamp '2024-01-01'
  ?column? bool | ?column? bool | ?column? bool
  t | t | t

SELECT timestamp '2024-01-01' = 'x'
  ERROR 22007 invalid input syntax for type timestamp: "x" at 33

SELECT date '2024-01-01' = 5
  ERROR 42883 operator does not exist: date = integer at 26

SELECT timestamp '294276-12-31 23:59:59' + interval '1 day'
  ERROR 22008 timestamp out of range
! instants count from 1970 in microseconds, which end earlier
> ERROR 22008 timestamp out of range: "294276-12-31 23:59:59" at 18

SELECT date '5874897-12-31' + 1
  ERROR 22008 date out of range

SELECT timestamp 'infinity' + interval '1 day', date 'infinity', timestamp '-infinity' < date '2024-01-01'
  ?column? timestamp | date date | ?column? bool
  infinity | infinity | t

SELECT timestamp '0044-03-15 BC', date '0001-01-01' - 1
  timestamp timestamp | ?column? date
  0044-03-15 00:00:00 BC | 0001-12-31 BC

SELECT interval '1 year 2 months 3 days 04:05:06.789', interval '-1 year -2 days 03:00', interval '0', interval '1000000 hours', interval '-00:00:01.5'
  interval interval | interval interval | interval interval | interval interval | interval interval
  1 year 2 mons 3 days 04:05:06.789 | -1 years -2 days +03:00:00 | 00:00:00 | 1000000:00:00 | -00:00:01.5

SELECT interval '1 day'::text, interval '1 day'::time, time '10:00'::interval
  text text | time time | interval interval
  1 day | 00:00:00 | 10:00:00

SELECT interval '1' YEAR, interval '1' MONTH, interval '1' HOUR, interval '1 2:03' DAY TO MINUTE, interval '1:02' MINUTE TO SECOND, interval '1.234567' SECOND(3)
  interval interval | interval interval | interval interval | interval interval | interval interval | interval interval
  1 year | 1 mon | 01:00:00 | 1 day 02:03:00 | 00:01:02 | 00:00:01.235

SELECT INTERVAL 'x' DAY
  ERROR 22007 invalid input syntax for type interval: "x" at 17
! the place is that of the whole literal
> ERROR 22007 invalid input syntax for type interval: "x" at 8

SELECT min(x), max(x), count(DISTINCT x) FROM (VALUES (date '2024-01-02'),('2024-01-01'),(NULL)) t(x)
  min date | max date | count int8
  2024-01-01 | 2024-01-02 | 2

SELECT sum(x), avg(x), min(x), max(x) FROM (VALUES (interval '1 day'),('2 hours')) t(x)
  sum interval | avg interval | min interval | max interval
  1 day 02:00:00 | 13:00:00 | 02:00:00 | 1 day

SELECT x + interval '1 hour' FROM (VALUES (timestamp '2024-01-01'),(NULL)) t(x)
  ?column? timestamp
  2024-01-01 01:00:00
  NULL

SELECT x FROM (VALUES (timestamp '2024-01-01'),('2024-01-03')) t(x) WHERE x > '2024-01-02'
  x timestamp
  2024-01-03 00:00:00

SELECT x FROM (VALUES (timestamp '2024-01-01')) t(x) WHERE x > 'yesterdayish'
  ERROR 22007 invalid input syntax for type timestamp: "yesterdayish" at 64

SELECT LOCALTIMESTAMP IS NOT NULL AS a, CURRENT_TIMESTAMP = now() AS b
  a bool | b bool
  t | t

SELECT current_timestamp::date = current_date AS a
  a bool
  t

SELECT DATE '2024-01-01' AS date, TIME '00:00' AS time, TIMESTAMP '2024-01-01' AS timestamp
  date date | time time | timestamp timestamp
  2024-01-01 | 00:00:00 | 2024-01-01 00:00:00

SET timezone = 'America/New_York'
  (no columns)

SELECT timestamptz '2024-05-06 07:08:09+00'
  timestamptz timestamptz
  2024-05-06 03:08:09-04

SELECT timestamptz '2024-01-06 07:08:09+00'
  timestamptz timestamptz
  2024-01-06 02:08:09-05

SELECT timestamptz '2024-05-06 07:08:09'
  timestamptz timestamptz
  2024-05-06 07:08:09-04

SELECT timestamptz '2024-05-06 07:08:09'::timestamp
  timestamp timestamp
  2024-05-06 07:08:09

SELECT timestamptz '2024-05-06 01:08:09+00'::date
  date date
  2024-05-05

SELECT timestamptz '2024-05-06 01:08:09+00'::time
  time time
  21:08:09

SELECT timestamptz '2024-05-06 01:08:09+00'::text
  text text
  2024-05-05 21:08:09-04

SELECT timestamp '2024-05-06 07:08:09'::timestamptz
  timestamptz timestamptz
  2024-05-06 07:08:09-04

SELECT date '2024-05-06'::timestamptz
  timestamptz timestamptz
  2024-05-06 00:00:00-04

SELECT date_trunc('day', timestamptz '2024-05-06 01:08:09+00')
  date_trunc timestamptz
  2024-05-05 00:00:00-04

SELECT EXTRACT(hour FROM timestamptz '2024-05-06 01:08:09+00')
  extract numeric
  21

SELECT EXTRACT(timezone FROM timestamptz '2024-05-06 01:08:09+00')
  extract numeric
  -14400

SELECT to_char(timestamptz '2024-05-06 01:08:09+00', 'YYYY-MM-DD HH24:MI TZH:TZM')
  to_char text
  2024-05-05 21:08 -04:00

SELECT timestamptz '2024-03-10 06:30+00' + interval '1 day'
  ?column? timestamptz
  2024-03-11 01:30:00-04

SELECT timestamptz '2024-03-10 06:30+00' + interval '24 hours'
  ?column? timestamptz
  2024-03-11 02:30:00-04

SELECT timestamptz '2024-03-10 02:30'
  timestamptz timestamptz
  2024-03-10 03:30:00-04

SELECT timestamptz '2024-11-03 01:30'
  timestamptz timestamptz
  2024-11-03 01:30:00-05

SELECT ARRAY[timestamptz '2024-05-06 01:08:09+00']
  array timestamptz[]
  {"2024-05-05 21:08:09-04"}

SELECT array_to_string(ARRAY[timestamptz '2024-05-06 01:08:09+00'], ',')
  array_to_string text
  2024-05-05 21:08:09-04

SELECT timestamptz '2024-05-06 01:08:09+00' AT TIME ZONE 'UTC'
  timezone timestamp
  2024-05-06 01:08:09

SELECT timestamp '2024-05-06 01:08:09' AT TIME ZONE 'UTC'
  timezone timestamptz
  2024-05-05 21:08:09-04

SELECT $1::timestamptz
-- args: 2024-05-06 07:08:09
  (timestamptz)
  timestamptz timestamptz
  2024-05-06 07:08:09-04

SELECT x FROM (VALUES (timestamptz '2024-05-06 12:00')) t(x) WHERE x = $1
-- args: 2024-05-06 12:00
  (timestamptz)
  x timestamptz
  2024-05-06 12:00:00-04

SELECT x FROM (VALUES (timestamptz '2024-05-06 12:00')) t(x) WHERE x = '2024-05-06 16:00+00'
  x timestamptz
  2024-05-06 12:00:00-04

SELECT timestamptz '2024-05-06 12:00' = timestamp '2024-05-06 12:00', timestamptz '2024-05-06 12:00' > date '2024-05-06'
  ?column? bool | ?column? bool
  t | t

SELECT max(x), array_agg(x) FROM (VALUES (timestamptz '2024-05-06 12:00')) t(x)
  max timestamptz | array_agg timestamptz[]
  2024-05-06 12:00:00-04 | {"2024-05-06 12:00:00-04"}

SELECT 'at ' || timestamptz '2024-05-06 12:00+00'
  ?column? text
  at 2024-05-06 08:00:00-04

SELECT concat(timestamptz '2024-05-06 12:00+00')
  concat text
  2024-05-06 08:00:00-04

SELECT json_build_object('a', timestamptz '2024-05-06 12:00+00')
  json_build_object json
  {"a" : "2024-05-06T08:00:00-04:00"}

SET timezone = 'Asia/Kolkata'
  (no columns)

SELECT timestamptz '2024-05-06 07:08:09+00'
  timestamptz timestamptz
  2024-05-06 12:38:09+05:30

SELECT timestamptz 'epoch'
  timestamptz timestamptz
  1970-01-01 05:30:00+05:30

SELECT timestamptz '1900-01-01 00:00+00'
  timestamptz timestamptz
  1900-01-01 05:21:10+05:21:10

RESET timezone
  (no columns)

SELECT timestamptz '2024-05-06 07:08:09+00'
  timestamptz timestamptz
  2024-05-06 07:08:09+00
