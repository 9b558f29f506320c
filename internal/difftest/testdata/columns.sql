-- expressions of all kinds over columns, written by a generator
CREATE TEMPORARY VIEW t(b1, b2, h1, h2, i1, i2, l1, l2, r1, r2, f1, f2, n1, n2, t1, t2, d1, d2, m1, s1, s2, z1, v1, v2, a1) AS
VALUES (true,false,3::smallint,-7::smallint,5,-2,5000000000,-3::bigint,1.5::real,-0.25::real,2.5::float8,0::float8,1.50,-12.001,'abc','Zeta 12',date '2024-02-29',date '1999-12-31',time '10:11:12',timestamp '2024-02-29 12:34:56.789',timestamp '1999-12-31 23:59:59',timestamptz '2024-02-29 12:34:56+02',interval '1 mon 2 days 03:04:05.6',interval '-1 day',ARRAY[1,2]),
(NULL,true,NULL,2::smallint,NULL,0,7,NULL,NULL,2::real,1e10,-3.5,NULL,100,NULL,'',NULL,date '2000-01-01',NULL,NULL,timestamp '2000-01-01',NULL,NULL,interval '2 hours',NULL)
  (no columns)

SELECT ('abc' LIKE 'a.c') FROM t
  ?column? bool
  f
  f

SELECT ('abc' || h2) FROM t
  ?column? text
  abc-7
  abc2

SELECT ('x,y,z' || f1) FROM t WHERE i1 IS NOT NULL
  ?column? text
  x,y,z2.5

SELECT ('x,y,z' || v1) FROM t WHERE i1 IS NULL
  ?column? text
  NULL

SELECT ('x,y,z' ~ 'A_c') FROM t
  ?column? bool
  f
  f

SELECT (('Zeta' || s2) || (interval '36 hours' / 3)) FROM t WHERE i1 IS NOT NULL
  ?column? text
  Zeta1999-12-31 23:59:5912:00:00

SELECT (('x,y,z' || d2) = repeat(t1, -1)) FROM t
  ?column? bool
  NULL
  f

SELECT (('x,y,z' || v1) >= (t2 || d1)) FROM t
  ?column? bool
  NULL
  t

SELECT ((('Zeta' || 0.01) || lpad('Zeta', 0, '*')) || ((s2 - s2) - (- v2))) FROM t
  ?column? text
  Zeta0.01-1 days
  Zeta0.0102:00:00

SELECT ((('x,y,z' || 'x,y,z') || (t2 || i1 > 2)) = left(('abc' || i1 > 2), 0)) FROM t WHERE i1 IS NOT NULL
  ERROR 42883 operator does not exist: text > integer at 44

SELECT (((- interval '36 hours') / 3) * 0.1) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  -01:12:00

SELECT (((-1 + r2) / abs(3)) >= (CASE WHEN i1 > 2 THEN 0.01 ELSE r2 END % CAST(r1 AS float8))) FROM t WHERE i1 IS NOT NULL
  ERROR 42883 operator does not exist: real % double precision at 73

SELECT (((0.01 % n2) + EXTRACT(year FROM z1)) * -(strpos('Zeta', 'Zeta'))) FROM t
  ?column? numeric
  -2024.010
  NULL

SELECT (((NOT b1) OR (r2 IN (0.01, 0.01, 3))) AND (CAST(interval '-1 day 2.5 seconds' AS varchar(5)) = concat('abc', f2, i1 > 2, z1))) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  f

SELECT (((d1 - interval '1 month') + (s2 - s1)) + (- (v1 / 1.5))) FROM t
  ?column? timestamp
  1999-11-09 01:22:18.477667
  NULL

SELECT (((d2 + interval '-1 day 2.5 seconds') + (interval '1 month' - v2)) + ((- interval '1 month') - (v1 + interval '36 hours'))) FROM t
  ?column? timestamp
  1999-11-26 08:55:56.9
  NULL

SELECT (((d2 - interval '36 hours') - (v1 + interval '36 hours')) - (- (interval '36 hours' - interval '36 hours'))) FROM t WHERE i1 IS NULL
  ?column? timestamp
  NULL

SELECT (((h2 % 7::bigint) + (h1 * l1)) <= CASE WHEN (l2 IN (-1, l2, i2)) THEN strpos(t1, t2) ELSE (i2 - h2) END) FROM t
  ?column? bool
  NULL
  f

SELECT (((interval '-1 day 2.5 seconds' * 2) + (v2 * 3)) - (s2 - s1)) FROM t
  ?column? interval
  8820 days 12:35:02.789
  NULL

SELECT (((interval '-1 day 2.5 seconds' - interval '-1 day 2.5 seconds') + (- v1)) / 0.1) FROM t WHERE i1 IS NULL
  ?column? interval
  NULL

SELECT (((interval '1 month' + v1) / 2) / 2) FROM t
  ?column? interval
  15 days 12:46:01.4
  NULL

SELECT (((interval '36 hours' * 0.1) - (v1 - interval '-1 day 2.5 seconds')) - ((interval '36 hours' / 3) + (interval '1 month' + interval '1 month'))) FROM t
  ?column? interval
  -3 mons -3 days -11:28:03.1
  NULL

SELECT (((interval '36 hours' - interval '1 month') * -7) - (s1 - s1)) FROM t WHERE i1 IS NULL
  ?column? interval
  NULL

SELECT (((n2 % h1) / ceil(r1)) * (round(n1, 1) / round(h2))) FROM t
  ?column? float8
  0.00010714285714285714
  NULL

SELECT (((n2 + r2) + length('abc')) IS DISTINCT FROM ((7::bigint / 3) / strpos('abc', 'Zeta'))) FROM t WHERE i1 IS NULL
  ERROR 22012 division by zero

SELECT (((r1 + 7::bigint) * sign(r2)) / greatest(round(i2), (3 * i1))) FROM t WHERE i1 IS NOT NULL
  ?column? float8
  -0.5666666666666667

SELECT (((s1 + interval '1 month') - (interval '1 month' + v2)) = coalesce((d2 + v2), (s1 AT TIME ZONE 'Europe/Berlin'))) FROM t
  ?column? bool
  NULL
  f

SELECT (((s2 + interval '1 month') + (interval '36 hours' + interval '1 month')) - (s2 - s2)) FROM t WHERE i1 IS NOT NULL
  ?column? timestamp
  2000-03-02 11:59:59

SELECT (((s2 + interval '1 month') - (interval '-1 day 2.5 seconds' + interval '36 hours')) - ((v2 * 2) - (interval '1 month' - interval '36 hours'))) FROM t WHERE i1 IS NOT NULL
  ?column? timestamp
  2000-02-29 23:59:56.5

SELECT (((v1 * -7) / 3) + (- (- interval '1 month'))) FROM t WHERE i1 IS NULL
  ?column? interval
  NULL

SELECT (((v2 * 0.1) + (s1 - s1)) + ((v2 - interval '-1 day 2.5 seconds') - (interval '1 month' * 3))) FROM t WHERE i1 IS NULL
  ?column? interval
  NULL

SELECT (((z1 + v2) - (interval '-1 day 2.5 seconds' / 2)) + ((v2 / 3) - (interval '36 hours' - interval '36 hours'))) FROM t WHERE i1 IS NOT NULL
  ?column? timestamptz
  2024-02-28 14:34:54.75+00

SELECT (((z1 - v2) < (d1 + interval '-1 day 2.5 seconds')) AND (coalesce(s1, s1) = CAST(d1 AS timestamp))) FROM t
  ?column? bool
  NULL
  f

SELECT ((- (v1 / 3)) - ((v1 / -7) * 2)) FROM t WHERE i1 IS NULL
  ?column? interval
  NULL

SELECT ((-(7::bigint) / (n1 - l1)) / (trunc(r2) - round(n2, 0))) FROM t
  ?column? float8
  1.1666666670166668e-10
  NULL

SELECT ((-(l2) * strpos('Zeta', 'abc')) * round(n1, 2)) FROM t WHERE i1 IS NOT NULL
  ?column? numeric
  0.00

SELECT ((-1 / h2) + (l1 + r1)) FROM t WHERE i1 IS NULL
  ?column? float8
  NULL

SELECT ((-1 > 2.5) OR (h2 >= l1)) FROM t
  ?column? bool
  f
  f

SELECT ((0.01 - 7::bigint) % (3 - 0.01)) FROM t
  ?column? numeric
  -1.01
  -1.01

SELECT ((2.5 - h2) * CAST(l1 AS int)) FROM t WHERE i1 IS NULL
  ?column? numeric
  3.5

SELECT ((2.5 IN (f2, h1, l2)) AND (d2 = timestamp '2024-03-31 01:02:03.5')) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  f

SELECT ((3 + n1) - (l1 - r1)) FROM t WHERE i1 IS NOT NULL
  ?column? float8
  -4999999994

SELECT ((7::bigint * n1) + trunc(0.01)) FROM t
  ?column? numeric
  10.50
  NULL

SELECT ((CAST(3 AS float8) % abs(h2)) IN (3, -1, f2)) FROM t WHERE i1 IS NULL
  ERROR 42883 operator does not exist: double precision % smallint at 28

SELECT ((CAST(r1 AS int) >= (n2 / 3)) OR (('Zeta' || 'Zeta') < reverse('x,y,z'))) FROM t
  ?column? bool
  t
  t

SELECT ((CAST(s1 AS text) || (- interval '1 month')) || upper(reverse(t1))) FROM t
  ?column? text
  2024-02-29 12:34:56.789-1 monsCBA
  NULL

SELECT ((EXTRACT(day FROM d1) + (n1 / f1)) >= ceil(CAST(r2 AS bigint))) FROM t WHERE i1 IS NULL
  ?column? bool
  NULL

SELECT ((b1 OR b1) AND (n1 < f1)) FROM t WHERE i1 IS NULL
  ?column? bool
  NULL

SELECT ((d1 + interval '1 month') + (v1 - interval '36 hours')) FROM t
  ?column? timestamp
  2024-04-29 15:04:05.6
  NULL

SELECT ((d1 + v1) + (interval '-1 day 2.5 seconds' + interval '36 hours')) FROM t WHERE i1 IS NULL
  ?column? timestamp
  NULL

SELECT ((d1 - interval '36 hours') < (s2 + interval '1 month')) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  f

SELECT ((d2 + interval '-1 day 2.5 seconds') - (- interval '36 hours')) FROM t WHERE i1 IS NULL
  ?column? timestamp
  2000-01-01 12:00:02.5

SELECT ((d2 >= d2) AND (r1 <> l2)) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  t

SELECT ((date '2023-12-31' IS NOT NULL) AND (3 IN (l2, r1, f2))) FROM t WHERE i1 IS NULL
  ?column? bool
  NULL

SELECT ((date_trunc('week', z1) + (- v1)) + ((interval '36 hours' / 2) * 2)) FROM t WHERE i1 IS NOT NULL
  ?column? timestamptz
  2024-01-25 08:55:54.4+00

SELECT ((date_trunc('year', d2) - (v1 / 0.1)) - ((interval '36 hours' + v1) * 1.5)) FROM t
  ?column? timestamptz
  1997-12-18 06:42:55.6+00
  NULL

SELECT ((h1 * l2) < (l1 / h1)) FROM t
  ?column? bool
  NULL
  t

SELECT ((h2 % r1) * least(7::bigint, l2)) FROM t WHERE i1 IS NOT NULL
  ERROR 42883 operator does not exist: smallint % real at 13

SELECT ((h2 + i2) - (r1 + 7::bigint)) FROM t WHERE i1 IS NULL
  ?column? float8
  NULL

SELECT ((h2 - i1) - (2.5 - i2)) FROM t
  ?column? numeric
  -16.5
  NULL

SELECT ((i1 * 2.5) / CASE WHEN b1 THEN n2 ELSE h2 END) FROM t WHERE i1 IS NULL
  ?column? numeric
  NULL

SELECT ((i1 / n2) / CAST(h2 AS numeric(5))) FROM t WHERE i1 IS NOT NULL
  ?column? numeric
  0.05951884961967455093

SELECT ((interval '-1 day 2.5 seconds' * 3) / 2) FROM t WHERE i1 IS NULL
  ?column? interval
  -1 days -11:59:56.25

SELECT ((interval '-1 day 2.5 seconds' + interval '1 month') - (- v1)) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  2 mons 1 day 03:04:08.1

SELECT ((interval '-1 day 2.5 seconds' - interval '1 month') / 3) FROM t
  ?column? interval
  -10 days -07:59:59.166667
  -10 days -07:59:59.166667

SELECT ((interval '1 month' - interval '1 month') / 3) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  00:00:00

SELECT ((interval '1 month' / 0.1) + (s2 - s1)) FROM t
  ?column? interval
  10 mons -8825 days -12:34:57.789
  NULL

SELECT ((interval '36 hours' * 2) + (- v1)) FROM t
  ?column? interval
  -1 mons -2 days +68:55:54.4
  NULL

SELECT ((interval '36 hours' * 3) * 3) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  324:00:00

SELECT ((interval '36 hours' + interval '36 hours') / 0.1) FROM t WHERE i1 IS NULL
  ?column? interval
  720:00:00

SELECT ((interval '36 hours' + v2) + (s2 - s2)) FROM t WHERE i1 IS NULL
  ?column? interval
  38:00:00

SELECT ((interval '36 hours' - interval '1 month') + (interval '1 month' * 2)) FROM t WHERE i1 IS NULL
  ?column? interval
  1 mon 36:00:00

SELECT ((interval '36 hours' - interval '36 hours') - (interval '36 hours' * 2)) FROM t WHERE i1 IS NULL
  ?column? interval
  -72:00:00

SELECT ((interval '36 hours' / 3) + (s1 - s1)) FROM t
  ?column? interval
  12:00:00
  NULL

SELECT ((l1 * 7::bigint) % round(l2)) FROM t WHERE i1 IS NOT NULL
  ERROR 42883 operator does not exist: bigint % double precision at 26

SELECT ((md5('Zeta') || (v2 + v2)) || CAST(CASE WHEN true THEN n2 ELSE -1 END AS varchar(5))) FROM t WHERE i1 IS NOT NULL
  ?column? text
  91526dc4ef03879503e3995808a9d524-2 days-12.0

SELECT ((n1 = 0.01) AND (l1 = i1)) FROM t WHERE i1 IS NULL
  ?column? bool
  NULL

SELECT ((nullif(n1, n2) - (-1 % i1)) + CASE WHEN (n1 IS DISTINCT FROM r1) THEN CASE WHEN b1 THEN -1 ELSE i1 END ELSE CAST(i2 AS float8) END) FROM t WHERE i1 IS NOT NULL
  ?column? float8
  0.5

SELECT ((r1 * h2) IN (l1, r1, f2)) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  f

SELECT ((r1 / f1) = round(h1)) FROM t
  ?column? bool
  NULL
  f

SELECT ((r1 / r1) * floor(r1)) FROM t WHERE i1 IS NOT NULL
  ?column? float8
  1

SELECT ((replace('x,y,z', 'abc', t1) || (v2 / 0.1)) IS NULL) FROM t
  ?column? bool
  f
  t

SELECT ((right('x,y,z', -1) || (NOT b1)) IS NOT NULL) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  t

SELECT ((round(n1) * round(l1)) / ((r2 * n2) * round(i1, 2))) FROM t WHERE i1 IS NULL
  ?column? float8
  NULL

SELECT ((s1 + interval '-1 day 2.5 seconds') + (interval '36 hours' / 0.1)) FROM t
  ?column? timestamp
  2024-03-14 12:34:59.289
  NULL

SELECT ((s1 + interval '1 month') - (interval '1 month' - interval '-1 day 2.5 seconds')) FROM t
  ?column? timestamp
  2024-02-28 12:34:59.289
  NULL

SELECT ((s1 - interval '-1 day 2.5 seconds') - (v1 - v1)) FROM t
  ?column? timestamp
  2024-03-01 12:34:54.289
  NULL

SELECT ((s1 - s1) + (s1 - s2)) FROM t
  ?column? interval
  8825 days 12:34:57.789
  NULL

SELECT ((s1 - s2) - (v1 + interval '-1 day 2.5 seconds')) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  -1 mons +8824 days 09:30:49.689

SELECT ((s1 AT TIME ZONE 'America/New_York') - (- (interval '-1 day 2.5 seconds' + interval '1 month'))) FROM t
  ?column? timestamptz
  2024-03-28 17:34:59.289+00
  NULL

SELECT ((s2 + interval '-1 day 2.5 seconds') + (v2 - interval '36 hours')) FROM t
  ?column? timestamp
  1999-12-28 12:00:01.5
  1999-12-29 14:00:02.5

SELECT ((s2 + v2) = date_trunc('minute', timestamp '2024-03-31 01:02:03.5')) FROM t
  ?column? bool
  f
  f

SELECT ((s2 - s1) + (v2 / 2)) FROM t WHERE i1 IS NULL
  ?column? interval
  NULL

SELECT ((s2 - s2) + ((v2 + interval '36 hours') + (interval '36 hours' - interval '-1 day 2.5 seconds'))) FROM t
  ?column? interval
  1 day 73:59:57.5
  71:59:57.5

SELECT ((s2 - s2) + (- v2)) FROM t
  ?column? interval
  -02:00:00
  1 day

SELECT ((s2 - s2) + (interval '1 month' - interval '36 hours')) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  1 mon -36:00:00

SELECT ((s2 - s2) / 1.5) FROM t WHERE i1 IS NULL
  ?column? interval
  00:00:00

SELECT ((sign(-1) * (l2 / r2)) <> greatest((n2 - l1), CASE WHEN i1 > 2 THEN f2 ELSE 7::bigint END)) FROM t WHERE i1 IS NULL
  ?column? bool
  NULL

SELECT ((strpos('x,y,z', t1) * (7::bigint - f2)) % (length('x,y,z') + abs(l2))) FROM t WHERE i1 IS NOT NULL
  ERROR 42883 operator does not exist: double precision % bigint at 50

SELECT ((t1 || i1 > 2) || (- v2)) FROM t
  ERROR 42883 operator does not exist: text > integer at 19

SELECT ((t1 || l1) || (interval '1 month' / 3)) FROM t
  ?column? text
  NULL
  abc500000000010 days

SELECT ((t2 = 'x,y,z') IS NULL) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  f

SELECT ((t2 || 'x,y,z') || lpad(t2, 1, '*')) FROM t
  ?column? text
  Zeta 12x,y,zZ
  x,y,z*

SELECT ((t2 || b2) || reverse('x,y,z')) FROM t WHERE i1 IS NULL
  ?column? text
  truez,y,x

SELECT ((timestamp '2024-03-31 01:02:03.5' + interval '-1 day 2.5 seconds') - (interval '-1 day 2.5 seconds' * 1.5)) FROM t WHERE i1 IS NOT NULL
  ?column? timestamp
  2024-03-31 13:02:02.25

SELECT ((timestamp '2024-03-31 01:02:03.5' + interval '36 hours') + (- v1)) FROM t
  ?column? timestamp
  2024-02-28 09:57:57.9
  NULL

SELECT ((timestamp '2024-03-31 01:02:03.5' - interval '1 month') + (s2 - s1)) FROM t WHERE i1 IS NULL
  ?column? timestamp
  NULL

SELECT ((timestamp '2024-03-31 01:02:03.5' - v2) >= (s1 - v1)) FROM t WHERE i1 IS NULL
  ?column? bool
  NULL

SELECT ((v1 * 0.1) / 0.1) FROM t
  ?column? interval
  30 days 51:04:05.6
  NULL

SELECT ((v1 - interval '1 month') - (s1 - s2)) FROM t WHERE i1 IS NULL
  ?column? interval
  NULL

SELECT ((v1 / -7) - (s2 - s2)) FROM t
  ?column? interval
  -4 days -14:09:09.346743
  NULL

SELECT ((v2 * 1.5) + (v2 - interval '1 month')) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  -1 mons -2 days -12:00:00

SELECT ((v2 * 2) - (interval '36 hours' - interval '-1 day 2.5 seconds')) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  -3 days -35:59:57.5

SELECT ((v2 + interval '-1 day 2.5 seconds') - (v1 + v2)) FROM t WHERE i1 IS NULL
  ?column? interval
  NULL

SELECT ((v2 + v1) - (interval '36 hours' - v2)) FROM t
  ?column? interval
  1 mon -32:55:54.4
  NULL

SELECT ((v2 + v2) / 3) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  -16:00:00

SELECT ((v2 - interval '1 month') - (interval '36 hours' - v1)) FROM t
  ?column? interval
  1 day -32:55:54.4
  NULL

SELECT ((v2 - interval '1 month') - (v2 + v2)) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  -1 mons +1 day

SELECT ((z1 + interval '1 month') = coalesce(z1, date '2023-12-31')) FROM t WHERE i1 IS NULL
  ?column? bool
  NULL

SELECT ((z1 AT TIME ZONE 'America/New_York') - (- (v1 + interval '-1 day 2.5 seconds'))) FROM t
  ?column? timestamp
  2024-03-30 08:39:04.1
  NULL

SELECT ((z1 AT TIME ZONE 'UTC') - (v2 / 0.1)) FROM t
  ?column? timestamp
  2024-03-10 10:34:56
  NULL

SELECT ((z1 AT TIME ZONE 'UTC') >= (d1 - v2)) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  f

SELECT (- ((interval '1 month' + interval '-1 day 2.5 seconds') / 1.5)) FROM t
  ?column? interval
  -20 days +15:59:58.333333
  -20 days +15:59:58.333333

SELECT (- ((interval '36 hours' / 3) - (s2 - s1))) FROM t WHERE i1 IS NULL
  ?column? interval
  NULL

SELECT (- (interval '-1 day 2.5 seconds' + interval '-1 day 2.5 seconds')) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  2 days -00:00:05

SELECT (- (interval '-1 day 2.5 seconds' - interval '36 hours')) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  1 day 35:59:57.5

SELECT (- (s2 - s2)) FROM t WHERE i1 IS NULL
  ?column? interval
  00:00:00

SELECT (- interval '-1 day 2.5 seconds') FROM t WHERE i1 IS NULL
  ?column? interval
  1 day -00:00:02.5

SELECT (- interval '1 month') FROM t WHERE i1 IS NULL
  ?column? interval
  -1 mons

SELECT (- v1) FROM t
  ?column? interval
  -1 mons -2 days -03:04:05.6
  NULL

SELECT (-(7::bigint) BETWEEN l2 AND f2) FROM t
  ?column? bool
  NULL
  f

SELECT (-(i1) BETWEEN n2 AND n1) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  t

SELECT (-(nullif(r1, 3)) < sign((i2 * l1))) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  t

SELECT (0.01 % h2) FROM t
  ?column? numeric
  0.01
  0.01

SELECT (2.5 * 7::bigint) FROM t WHERE i1 IS NOT NULL
  ?column? numeric
  17.5

SELECT (2.5 <> i2) FROM t WHERE i1 IS NULL
  ?column? bool
  t

SELECT (2.5 IN (i2, -1, h2)) FROM t
  ?column? bool
  f
  f

SELECT (3 % l2) FROM t WHERE i1 IS NULL
  ?column? int8
  NULL

SELECT (7::bigint BETWEEN n1 AND h1) FROM t
  ?column? bool
  NULL
  f

SELECT (7::bigint IS DISTINCT FROM 0.01) FROM t WHERE i1 IS NULL
  ?column? bool
  t

SELECT (CASE WHEN (n1 = l1) THEN strpos('x,y,z', 'abc') ELSE (i1 + r1) END % ceil((h2 / i1))) FROM t WHERE i1 IS NULL
  ERROR 42883 operator does not exist: double precision % double precision at 76

SELECT (CAST((s2 + interval '36 hours') AS text) LIKE 'A_c') FROM t WHERE i1 IS NULL
  ?column? bool
  f

SELECT (CAST((s2 + v1) AS timestamp(0)) + ((s1 - s2) * 2)) FROM t
  ?column? timestamp
  2048-06-01 04:14:00.578
  NULL

SELECT (CAST(-1 AS real) <> abs(l1)) FROM t WHERE i1 IS NULL
  ?column? bool
  t

SELECT (CAST(0.01 AS float8) * round(0.01)) FROM t WHERE i1 IS NULL
  ?column? float8
  0

SELECT (CAST(CASE WHEN b2 THEN 7::bigint ELSE i1 END AS numeric(10,3)) * CAST(abs(f2) AS smallint)) FROM t
  ?column? numeric
  0.000
  28.000

SELECT (CAST(CAST(s2 AS date) AS timestamp) + (- (interval '36 hours' + interval '36 hours'))) FROM t
  ?column? timestamp
  1999-12-28 00:00:00
  1999-12-29 00:00:00

SELECT (CAST(ceil(l1) AS numeric(5)) / sign(trunc(7::bigint))) FROM t WHERE i1 IS NULL
  ?column? float8
  7

SELECT (CAST(f2 AS int) / (r2 - i2)) FROM t WHERE i1 IS NULL
  ?column? float8
  -2

SELECT (CAST(i1 AS real) - (i2 - 3)) FROM t WHERE i1 IS NOT NULL
  ?column? float8
  10

SELECT (CAST(i2 AS real) + round(i1, -1)) FROM t
  ?column? float8
  8
  NULL

SELECT (CAST(least(3, n1) AS numeric(5)) % (strpos('Zeta', t1) + EXTRACT(year FROM d1))) FROM t WHERE i1 IS NOT NULL
  ?column? numeric
  2

SELECT (CAST(length('abc') AS numeric(5)) > round(i1, 1)) FROM t
  ?column? bool
  NULL
  f

SELECT (CAST(r1 AS float8) / round(f2)) FROM t
  ERROR 22012 division by zero

SELECT (CAST(round(2.345, -1) AS real) * CAST((7::bigint * h1) AS bigint)) FROM t WHERE i1 IS NULL
  ?column? float8
  NULL

SELECT (EXTRACT(week FROM date '2023-12-31') - ceil(3)) FROM t WHERE i1 IS NULL
  ?column? float8
  49

SELECT (NOT (i1 >= h2)) FROM t WHERE i1 IS NULL
  ?column? bool
  NULL

SELECT (NOT b1) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  f

SELECT (NOT i1 > 2) FROM t WHERE i1 IS NULL
  ?column? bool
  NULL

SELECT (NOT true) FROM t WHERE i1 IS NULL
  ?column? bool
  f

SELECT (abs(CAST(f2 AS numeric(10,3))) < CAST((f2 * r2) AS bigint)) FROM t
  ?column? bool
  f
  f

SELECT (abs(CAST(f2 AS numeric(10,3))) BETWEEN h1 AND n2) FROM t
  ?column? bool
  NULL
  f

SELECT (abs(h1) BETWEEN 2.5 AND f1) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  f

SELECT (b1 OR b2) FROM t
  ?column? bool
  t
  t

SELECT (b2 OR b2) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  f

SELECT (coalesce('Zeta', t1) || coalesce(z1, z1)) FROM t WHERE i1 IS NOT NULL
  ?column? text
  Zeta2024-02-29 10:34:56+00

SELECT (coalesce('x,y,z', t2) || right('abc', -1)) FROM t WHERE i1 IS NOT NULL
  ?column? text
  x,y,zbc

SELECT (coalesce(h1, n1) / strpos('Zeta', 'Zeta')) FROM t WHERE i1 IS NOT NULL
  ?column? numeric
  3.0000000000000000

SELECT (concat('abc', f1, b2, s2) || (interval '-1 day 2.5 seconds' - interval '1 month')) FROM t WHERE i1 IS NOT NULL
  ?column? text
  abc2.5f1999-12-31 23:59:59-1 mons -1 days +00:00:02.5

SELECT (d1 IS NOT NULL) FROM t WHERE i1 IS NULL
  ?column? bool
  f

SELECT (d2 + interval '36 hours') FROM t WHERE i1 IS NOT NULL
  ?column? timestamp
  2000-01-01 12:00:00

SELECT (d2 - interval '-1 day 2.5 seconds') FROM t WHERE i1 IS NULL
  ?column? timestamp
  2000-01-01 23:59:57.5

SELECT (date '2023-12-31' >= timestamp '2024-03-31 01:02:03.5') FROM t
  ?column? bool
  f
  f

SELECT (date_trunc('day', date_trunc('hour', s1)) + ((interval '36 hours' + interval '1 month') + (s2 - s1))) FROM t WHERE i1 IS NULL
  ?column? timestamp
  NULL

SELECT (date_trunc('day', s1) - (interval '1 month' - v2)) FROM t WHERE i1 IS NOT NULL
  ?column? timestamp
  2024-01-28 00:00:00

SELECT (date_trunc('hour', timestamp '2024-03-31 01:02:03.5') + (interval '36 hours' / 1.5)) FROM t WHERE i1 IS NULL
  ?column? timestamp
  2024-04-01 01:00:00

SELECT (date_trunc('week', (d2 - v1)) - ((interval '36 hours' - v1) - (interval '-1 day 2.5 seconds' / 1.5))) FROM t WHERE i1 IS NULL
  ?column? timestamp
  NULL

SELECT (date_trunc('week', d1) - (interval '-1 day 2.5 seconds' * 3)) FROM t WHERE i1 IS NOT NULL
  ?column? timestamptz
  2024-02-28 23:59:52.5+00

SELECT (date_trunc('week', d2) - (s1 - s2)) FROM t WHERE i1 IS NOT NULL
  ?column? timestamptz
  1975-10-28 11:25:02.211+00

SELECT (f1 % l2) FROM t WHERE i1 IS NULL
  ERROR 42883 operator does not exist: double precision % bigint at 12

SELECT (f1 * 2.5) FROM t WHERE i1 IS NOT NULL
  ?column? float8
  6.25

SELECT (f1 + -1) FROM t WHERE i1 IS NOT NULL
  ?column? float8
  1.5

SELECT (f1 - r2) FROM t WHERE i1 IS NOT NULL
  ?column? float8
  2.75

SELECT (f2 > l2) FROM t WHERE i1 IS NULL
  ?column? bool
  NULL

SELECT (floor((-1 % l1)) - CAST((0.01 * 0.01) AS numeric)) FROM t WHERE i1 IS NOT NULL
  ?column? float8
  -1.0001

SELECT (floor((h1 + h2)) * round(sign(h1))) FROM t WHERE i1 IS NOT NULL
  ?column? float8
  -4

SELECT (floor(3) = (i2 * f1)) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  f

SELECT (h1 / f1) FROM t
  ?column? float8
  1.2
  NULL

SELECT (i2 < n1) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  t

SELECT (interval '-1 day 2.5 seconds' + interval '36 hours') FROM t WHERE i1 IS NULL
  ?column? interval
  -1 days +36:00:02.5

SELECT (interval '1 month' - interval '1 month') FROM t WHERE i1 IS NOT NULL
  ?column? interval
  00:00:00

SELECT (interval '1 month' - v2) FROM t WHERE i1 IS NULL
  ?column? interval
  1 mon -02:00:00

SELECT (interval '1 month' / 1.5) FROM t WHERE i1 IS NULL
  ?column? interval
  20 days

SELECT (interval '36 hours' * 0.1) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  03:36:00

SELECT (interval '36 hours' * 3) FROM t
  ?column? interval
  108:00:00
  108:00:00

SELECT (interval '36 hours' - interval '36 hours') FROM t WHERE i1 IS NOT NULL
  ?column? interval
  00:00:00

SELECT (interval '36 hours' / 0.1) FROM t WHERE i1 IS NULL
  ?column? interval
  360:00:00

SELECT (interval '36 hours' / 1.5) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  24:00:00

SELECT (l1 / n1) FROM t WHERE i1 IS NULL
  ?column? numeric
  NULL

SELECT (l1 BETWEEN h2 AND f1) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  f

SELECT (l2 + l2) FROM t
  ?column? int8
  -6
  NULL

SELECT (least(f1, l2) > CAST(i1 AS bigint)) FROM t
  ?column? bool
  NULL
  f

SELECT (left(t2, 1) || (d2 + v2)) FROM t
  ?column? text
  2000-01-01 02:00:00
  Z1999-12-30 00:00:00

SELECT (length('x,y,z') + strpos(t2, t2)) FROM t
  ?column? int4
  6
  6

SELECT (length('x,y,z') - CAST(r2 AS numeric(10,3))) FROM t
  ?column? numeric
  3.000
  5.250

SELECT (length(t1) = (i1 + -1)) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  f

SELECT (lpad('Zeta', 0, '*') >= upper('abc')) FROM t WHERE i1 IS NULL
  ?column? bool
  f

SELECT (md5(t1) || btrim(t1)) FROM t WHERE i1 IS NULL
  ?column? text
  NULL

SELECT (n2 / 3) FROM t WHERE i1 IS NOT NULL
  ?column? numeric
  -4.0003333333333333

SELECT (nullif((l2 / 3), (7::bigint % f2)) * (round(2.345, 0) % (n2 / r2))) FROM t
  ERROR 42883 operator does not exist: bigint % double precision at 37

SELECT (r1 - r1) FROM t
  ?column? float4
  0
  NULL

SELECT (r2 % -1) FROM t
  ERROR 42883 operator does not exist: real % integer at 12

SELECT (r2 / f1) FROM t WHERE i1 IS NULL
  ?column? float8
  2e-10

SELECT (replace(t2, t1, 'abc') || md5('x,y,z')) FROM t WHERE i1 IS NOT NULL
  ?column? text
  Zeta 1278b70da0fb6369f45abaccaaef4cabe9

SELECT (right('x,y,z', 2) >= lpad('abc', 5, '*')) FROM t
  ?column? bool
  t
  t

SELECT (round(l1) + CAST(i1 AS int)) FROM t WHERE i1 IS NOT NULL
  ?column? float8
  5000000005

SELECT (round(n2, 1) % CASE WHEN (NOT b1) THEN ceil(n1) ELSE (h2 % h2) END) FROM t WHERE i1 IS NOT NULL
  ERROR 22012 division by zero

SELECT (round(n2, 1) IS DISTINCT FROM (i1 * 0.01)) FROM t WHERE i1 IS NULL
  ?column? bool
  t

SELECT (round(r2) * (f2 - 0.01)) FROM t WHERE i1 IS NULL
  ?column? float8
  -7.02

SELECT (s1 + v1) FROM t WHERE i1 IS NULL
  ?column? timestamp
  NULL

SELECT (s1 - interval '-1 day 2.5 seconds') FROM t WHERE i1 IS NOT NULL
  ?column? timestamp
  2024-03-01 12:34:54.289

SELECT (s1 - s1) FROM t
  ?column? interval
  00:00:00
  NULL

SELECT (s1 - s1) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  00:00:00

SELECT (s1 - s2) FROM t WHERE i1 IS NULL
  ?column? interval
  NULL

SELECT (s1 AT TIME ZONE 'Europe/Berlin') FROM t
  timezone timestamptz
  2024-02-29 11:34:56.789+00
  NULL

SELECT (s1 AT TIME ZONE 'Europe/Berlin') FROM t WHERE i1 IS NULL
  timezone timestamptz
  NULL

SELECT (s2 + v2) FROM t WHERE i1 IS NULL
  ?column? timestamp
  2000-01-01 02:00:00

SELECT (s2 - s1) FROM t
  ?column? interval
  -8825 days -12:34:57.789
  NULL

SELECT (s2 - s2) FROM t
  ?column? interval
  00:00:00
  00:00:00

SELECT (s2 - s2) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  00:00:00

SELECT (s2 - s2) FROM t WHERE i1 IS NULL
  ?column? interval
  00:00:00

SELECT (s2 < z1) FROM t
  ?column? bool
  NULL
  t

SELECT (s2 AT TIME ZONE 'UTC') FROM t
  timezone timestamptz
  1999-12-31 23:59:59+00
  2000-01-01 00:00:00+00

SELECT (sign(0.01) - (2.5 * -1)) FROM t WHERE i1 IS NOT NULL
  ?column? numeric
  3.5

SELECT (sign(0.01) / (-1 % r1)) FROM t WHERE i1 IS NULL
  ERROR 42883 operator does not exist: integer % real at 26

SELECT (sign(7::bigint) < (h1 + l1)) FROM t
  ?column? bool
  NULL
  t

SELECT (split_part(t2, ',', 1) || (n1 * l1)) FROM t
  ?column? text
  NULL
  Zeta 127500000000.00

SELECT (strpos('x,y,z', t2) * (h1 * h1)) FROM t WHERE i1 IS NULL
  ?column? int4
  NULL

SELECT (substr('Zeta', 2) < initcap('abc')) FROM t
  ?column? bool
  f
  f

SELECT (substr(t1, 2) LIKE '%a%') FROM t
  ?column? bool
  NULL
  f

SELECT (substr(t1, 2, 1) IS NOT NULL) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  t

SELECT (t1 ILIKE 'a.c') FROM t
  ?column? bool
  NULL
  f

SELECT (t1 || date '2023-12-31') FROM t WHERE i1 IS NOT NULL
  ?column? text
  abc2023-12-31

SELECT (t1 || t1) FROM t WHERE i1 IS NOT NULL
  ?column? text
  abcabc

SELECT (t1 || v2) FROM t WHERE i1 IS NOT NULL
  ?column? text
  abc-1 days

SELECT (t2 LIKE '%') FROM t WHERE i1 IS NOT NULL
  ?column? bool
  t

SELECT (t2 ~ 'A_c') FROM t
  ?column? bool
  f
  f

SELECT (true OR b2) FROM t WHERE i1 IS NOT NULL
  ?column? bool
  t

SELECT (trunc((0.01 / n1)) % (EXTRACT(doy FROM timestamp '2024-03-31 01:02:03.5') + (h2 % 0.01))) FROM t WHERE i1 IS NOT NULL
  ?column? numeric
  0.00

SELECT (trunc(n2) * (h1 / 0.01)) FROM t WHERE i1 IS NOT NULL
  ?column? numeric
  -3600.0000000000000000

SELECT (upper('x,y,z') || (2.5 % r2)) FROM t WHERE i1 IS NOT NULL
  ERROR 42883 operator does not exist: numeric % real at 32

SELECT (v1 * 3) FROM t WHERE i1 IS NULL
  ?column? interval
  NULL

SELECT (v1 + v1) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  2 mons 4 days 06:08:11.2

SELECT (v1 / 1.5) FROM t
  ?column? interval
  21 days 10:02:43.733333
  NULL

SELECT (v2 + interval '1 month') FROM t WHERE i1 IS NULL
  ?column? interval
  1 mon 02:00:00

SELECT (v2 + v2) FROM t WHERE i1 IS NOT NULL
  ?column? interval
  -2 days

SELECT (z1 + interval '-1 day 2.5 seconds') FROM t
  ?column? timestamptz
  2024-02-28 10:34:58.5+00
  NULL

SELECT (z1 - interval '-1 day 2.5 seconds') FROM t WHERE i1 IS NULL
  ?column? timestamptz
  NULL

SELECT (z1 - interval '1 month') FROM t WHERE i1 IS NOT NULL
  ?column? timestamptz
  2024-01-29 10:34:56+00

SELECT (z1 - v1) FROM t
  ?column? timestamptz
  2024-01-27 07:30:50.4+00
  NULL

SELECT (z1 AT TIME ZONE 'America/New_York') FROM t
  timezone timestamp
  2024-02-29 05:34:56
  NULL

SELECT (z1 AT TIME ZONE 'America/New_York') FROM t WHERE i1 IS NULL
  timezone timestamp
  NULL

SELECT (z1 AT TIME ZONE 'Europe/Berlin') FROM t WHERE i1 IS NOT NULL
  timezone timestamp
  2024-02-29 11:34:56

SELECT -((i1 * f2)) FROM t
  ?column? float8
  -0
  NULL

SELECT -(-1) FROM t WHERE i1 IS NULL
  ?column? int4
  1

SELECT -(r1) FROM t WHERE i1 IS NOT NULL
  ?column? float4
  -1.5

SELECT -(round(n1, -1)) FROM t WHERE i1 IS NOT NULL
  ?column? numeric
  0

SELECT CASE WHEN ((3 <= n2) AND (-1 BETWEEN h2 AND 7::bigint)) THEN EXTRACT(month FROM coalesce(d1, s1)) ELSE (trunc(l1) * round(i1, -1)) END FROM t WHERE i1 IS NOT NULL
  case float8
  50000000000

SELECT CASE WHEN true THEN r2 ELSE f1 END FROM t WHERE i1 IS NULL
  f1 float8
  2

SELECT CAST(((z1 - v1) + (interval '-1 day 2.5 seconds' - interval '1 month')) AS timestamp(0)) FROM t WHERE i1 IS NOT NULL
  timestamp timestamp
  2023-12-26 07:30:53

SELECT CAST((b2 AND b1) AS varchar(5)) FROM t
  varchar text
  NULL
  false

SELECT CAST((d1 - v1) AS timestamptz) FROM t WHERE i1 IS NULL
  timestamptz timestamptz
  NULL

SELECT CAST((l1 - -1) AS varchar(5)) FROM t WHERE i1 IS NOT NULL
  varchar text
  50000

SELECT CAST((s1 + v1) AS timestamp) FROM t WHERE i1 IS NOT NULL
  timestamp timestamp
  2024-03-31 15:39:02.389

SELECT CAST((s1 + v2) AS timestamptz) FROM t WHERE i1 IS NULL
  timestamptz timestamptz
  NULL

SELECT CAST((s1 - v2) AS date) FROM t WHERE i1 IS NULL
  date date
  NULL

SELECT CAST((timestamp '2024-03-31 01:02:03.5' - interval '1 month') AS timestamptz) FROM t
  timestamptz timestamptz
  2024-02-29 01:02:03.5+00
  2024-02-29 01:02:03.5+00

SELECT CAST(-(h2) AS bigint) FROM t WHERE i1 IS NULL
  int8 int8
  -2

SELECT CAST(-1 AS float8) FROM t WHERE i1 IS NULL
  float8 float8
  -1

SELECT CAST(CAST(date '2023-12-31' AS timestamp) AS date) FROM t WHERE i1 IS NOT NULL
  date date
  2023-12-31

SELECT CAST(ceil((0.01 * f1)) AS int) FROM t WHERE i1 IS NULL
  ceil int4
  100000000

SELECT CAST(d1 AS text) FROM t WHERE i1 IS NOT NULL
  d1 text
  2024-02-29

SELECT CAST(date_trunc('minute', (d1 + interval '36 hours')) AS timestamp) FROM t WHERE i1 IS NOT NULL
  date_trunc timestamp
  2024-03-01 12:00:00

SELECT CAST(date_trunc('minute', s1) AS timestamp(0)) FROM t
  date_trunc timestamp
  2024-02-29 12:34:00
  NULL

SELECT CAST(i2 AS numeric(10,3)) FROM t WHERE i1 IS NULL
  i2 numeric
  0.000

SELECT CAST(i2 AS numeric) FROM t WHERE i1 IS NOT NULL
  i2 numeric
  -2

SELECT CAST(l1 AS smallint) FROM t WHERE i1 IS NULL
  l1 int2
  7

SELECT CAST(l2 AS int) FROM t
  l2 int4
  -3
  NULL

SELECT CAST(length(substr('x,y,z', 2, 2)) AS int) FROM t
  length int4
  2
  2

SELECT CAST(n1 AS float8) FROM t
  n1 float8
  1.5
  NULL

SELECT CAST(sign((h2 + 3)) AS float8) FROM t
  sign float8
  -1
  1

SELECT CAST(t2 AS text) FROM t WHERE i1 IS NULL
  t2 text
  ""

SELECT CAST(trunc((h1 + 7::bigint)) AS int) FROM t
  trunc int4
  10
  NULL

SELECT EXTRACT(dow FROM date_trunc('quarter', date '2023-12-31')) FROM t WHERE i1 IS NOT NULL
  extract numeric
  0

SELECT EXTRACT(month FROM coalesce(date '2023-12-31', date '2023-12-31')) FROM t WHERE i1 IS NOT NULL
  extract numeric
  12

SELECT EXTRACT(second FROM (z1 + interval '36 hours')) FROM t
  extract numeric
  56.000000
  NULL

SELECT EXTRACT(week FROM CAST(z1 AS timestamptz)) FROM t WHERE i1 IS NULL
  extract numeric
  NULL

SELECT abs((h1 + h1)) FROM t WHERE i1 IS NOT NULL
  abs int2
  6

SELECT abs(2.5) FROM t
  abs numeric
  2.5
  2.5

SELECT abs(CASE WHEN true THEN f1 ELSE n2 END) FROM t WHERE i1 IS NULL
  abs float8
  10000000000

SELECT abs(abs(7::bigint)) FROM t WHERE i1 IS NOT NULL
  abs int8
  7

SELECT abs(length(concat('abc', f1, b2, z1))) FROM t
  abs int4
  15
  29

SELECT btrim(lpad('Zeta', 5, '*')) FROM t
  btrim text
  *Zeta
  *Zeta

SELECT ceil(f1) FROM t WHERE i1 IS NULL
  ceil float8
  10000000000

SELECT ceil(strpos('x,y,z', 'x,y,z')) FROM t WHERE i1 IS NULL
  ceil float8
  1

SELECT coalesce(('x,y,z' || 'x,y,z'), CAST(interval '36 hours' AS varchar(5))) FROM t WHERE i1 IS NOT NULL
  coalesce text
  x,y,zx,y,z

SELECT coalesce(((s1 - interval '36 hours') - (v1 * -7)), ((date '2023-12-31' + interval '-1 day 2.5 seconds') + (interval '-1 day 2.5 seconds' + interval '1 month'))) FROM t WHERE i1 IS NOT NULL
  coalesce timestamp
  2024-10-12 22:03:35.989

SELECT coalesce(((z1 - interval '36 hours') + (v2 * 0.1)), date_trunc('week', (d2 + interval '1 month'))) FROM t WHERE i1 IS NULL
  coalesce timestamptz
  2000-01-31 00:00:00+00

SELECT coalesce((d1 + interval '1 month'), coalesce(timestamp '2024-03-31 01:02:03.5', d2)) FROM t
  coalesce timestamp
  2024-03-29 00:00:00
  2024-03-31 01:02:03.5

SELECT coalesce((d2 - interval '1 month'), (s2 AT TIME ZONE 'America/New_York')) FROM t
  coalesce timestamptz
  1999-11-30 00:00:00+00
  1999-12-01 00:00:00+00

SELECT coalesce((date_trunc('week', z1) - (interval '1 month' + interval '1 month')), ((z1 - v2) + (s1 - s1))) FROM t
  coalesce timestamptz
  2023-12-26 00:00:00+00
  NULL

SELECT coalesce((s1 - interval '-1 day 2.5 seconds'), (timestamp '2024-03-31 01:02:03.5' - interval '-1 day 2.5 seconds')) FROM t WHERE i1 IS NULL
  coalesce timestamp
  2024-04-01 01:02:01

SELECT coalesce((t1 || d2), ('x,y,z' || i2)) FROM t WHERE i1 IS NULL
  coalesce text
  x,y,z0

SELECT coalesce((t2 || b1), ('x,y,z' || v2)) FROM t WHERE i1 IS NULL
  coalesce text
  x,y,z02:00:00

SELECT coalesce(md5(('x,y,z' || timestamp '2024-03-31 01:02:03.5')), (replace('abc', t1, t1) || initcap(t1))) FROM t WHERE i1 IS NULL
  coalesce text
  7a56baee49a735c404d80b82d56d2af6

SELECT coalesce(split_part('abc', ',', -1), concat('x,y,z', 7::bigint, i1 > 2, z1)) FROM t WHERE i1 IS NULL
  coalesce text
  abc

SELECT coalesce(t1, t1) FROM t
  coalesce text
  NULL
  abc

SELECT date_trunc('day', CAST(d2 AS timestamptz)) FROM t WHERE i1 IS NOT NULL
  date_trunc timestamptz
  1999-12-31 00:00:00+00

SELECT date_trunc('hour', (s2 AT TIME ZONE 'UTC')) FROM t WHERE i1 IS NOT NULL
  date_trunc timestamptz
  1999-12-31 23:00:00+00

SELECT date_trunc('hour', coalesce(d2, s1)) FROM t WHERE i1 IS NULL
  date_trunc timestamp
  2000-01-01 00:00:00

SELECT date_trunc('month', (coalesce(d1, d1) - (interval '1 month' + interval '36 hours'))) FROM t WHERE i1 IS NULL
  date_trunc timestamp
  NULL

SELECT date_trunc('month', (d1 - interval '1 month')) FROM t WHERE i1 IS NULL
  date_trunc timestamp
  NULL

SELECT date_trunc('month', z1) FROM t
  date_trunc timestamptz
  2024-02-01 00:00:00+00
  NULL

SELECT date_trunc('quarter', (s2 + v2)) FROM t
  date_trunc timestamp
  1999-10-01 00:00:00
  2000-01-01 00:00:00

SELECT date_trunc('quarter', (z1 + v2)) FROM t WHERE i1 IS NOT NULL
  date_trunc timestamptz
  2024-01-01 00:00:00+00

SELECT date_trunc('week', coalesce(date '2023-12-31', d1)) FROM t WHERE i1 IS NULL
  date_trunc timestamptz
  2023-12-25 00:00:00+00

SELECT date_trunc('week', coalesce(s1, d1)) FROM t WHERE i1 IS NOT NULL
  date_trunc timestamp
  2024-02-26 00:00:00

SELECT date_trunc('year', ((z1 - interval '1 month') - (interval '36 hours' - interval '-1 day 2.5 seconds'))) FROM t WHERE i1 IS NOT NULL
  date_trunc timestamptz
  2024-01-01 00:00:00+00

SELECT date_trunc('year', ((z1 - v1) + (interval '1 month' / -7))) FROM t WHERE i1 IS NULL
  date_trunc timestamptz
  NULL

SELECT date_trunc('year', (z1 - v1)) FROM t WHERE i1 IS NULL
  date_trunc timestamptz
  NULL

SELECT date_trunc('year', coalesce(date_trunc('hour', s2), (d1 + interval '-1 day 2.5 seconds'))) FROM t
  date_trunc timestamp
  1999-01-01 00:00:00
  2000-01-01 00:00:00

SELECT floor((n2 + 0.01)) FROM t WHERE i1 IS NULL
  floor numeric
  100

SELECT floor(CAST(h2 AS numeric(10,3))) FROM t WHERE i1 IS NULL
  floor numeric
  2

SELECT floor(sign(r2)) FROM t WHERE i1 IS NULL
  floor float8
  1

SELECT greatest((2.5 * -1), (2.5 - r1)) FROM t
  greatest float8
  -2.5
  1

SELECT left(lower(replace(t1, 'x,y,z', t1)), 1) FROM t WHERE i1 IS NULL
  left text
  NULL

SELECT length('Zeta') FROM t
  length int4
  4
  4

SELECT length(('x,y,z' || 'Zeta')) FROM t WHERE i1 IS NOT NULL
  length int4
  9

SELECT length(coalesce(repeat('x,y,z', 1), substr('abc', 1, 1))) FROM t
  length int4
  5
  5

SELECT length(coalesce(t1, t2)) FROM t WHERE i1 IS NULL
  length int4
  0

SELECT length(left(replace(t2, 'abc', 'Zeta'), 2)) FROM t
  length int4
  0
  2

SELECT length(split_part(t2, ',', 1)) FROM t WHERE i1 IS NULL
  length int4
  0

SELECT length(substr(left('abc', -1), 2, 1)) FROM t WHERE i1 IS NULL
  length int4
  1

SELECT length(t1) FROM t
  length int4
  3
  NULL

SELECT lower(('abc' || true)) FROM t WHERE i1 IS NULL
  lower text
  abctrue

SELECT lower(coalesce('abc', 'Zeta')) FROM t
  lower text
  abc
  abc

SELECT lower(reverse(('Zeta' || f1))) FROM t WHERE i1 IS NOT NULL
  lower text
  5.2atez

SELECT lower(right('x,y,z', 0)) FROM t
  lower text
  ""
  ""

SELECT lower(substr(trim(t1), 2)) FROM t WHERE i1 IS NULL
  lower text
  NULL

SELECT lower(t1) FROM t WHERE i1 IS NOT NULL
  lower text
  abc

SELECT lpad('Zeta', 1, '*') FROM t WHERE i1 IS NULL
  lpad text
  Z

SELECT lpad((concat('x,y,z', h1, b1, z1) || ceil(i1)), 5, '*') FROM t WHERE i1 IS NULL
  lpad text
  NULL

SELECT lpad((upper('abc') || -(h2)), 5, '*') FROM t WHERE i1 IS NOT NULL
  lpad text
  *ABC7

SELECT lpad(coalesce(CAST(interval '1 month' AS text), split_part(t2, ',', -1)), 1, '*') FROM t WHERE i1 IS NULL
  lpad text
  1

SELECT lpad(left(t2, 2), 5, '*') FROM t
  lpad text
  *****
  ***Ze

SELECT lpad(substr(reverse(t1), 0), 1, '*') FROM t
  lpad text
  NULL
  c

SELECT md5(('abc' || v2)) FROM t
  md5 text
  80f733b123ffa63d4dd4110ec1c15226
  981f02cb27803ca09edc3e0cb092ca7b

SELECT md5(t1) FROM t
  md5 text
  900150983cd24fb0d6963f7d28e17f72
  NULL

SELECT md5(t2) FROM t
  md5 text
  b16f7eb198ca4d4e95afd6635208ed37
  d41d8cd98f00b204e9800998ecf8427e

SELECT repeat(split_part('x,y,z', ',', -1), 0) FROM t WHERE i1 IS NOT NULL
  repeat text
  ""

SELECT repeat(t2, 3) FROM t WHERE i1 IS NOT NULL
  repeat text
  Zeta 12Zeta 12Zeta 12

SELECT reverse(CAST('abc' AS varchar(5))) FROM t WHERE i1 IS NULL
  reverse text
  cba

SELECT reverse(lower(concat(t2, f2, i1 > 2, timestamp '2024-03-31 01:02:03.5'))) FROM t WHERE i1 IS NOT NULL
  reverse text
  5.30:20:10 13-30-4202t021 atez

SELECT reverse(reverse(repeat(t1, -1))) FROM t
  reverse text
  ""
  NULL

SELECT reverse(substr(t2, -1, 2)) FROM t WHERE i1 IS NOT NULL
  reverse text
  ""

SELECT reverse(upper(t1)) FROM t WHERE i1 IS NULL
  reverse text
  NULL

SELECT right((substr('Zeta', 2, 2) || upper('x,y,z')), 1) FROM t
  right text
  Z
  Z

SELECT right(substr(substr('x,y,z', 2, 2), 2, 2), 0) FROM t
  right text
  ""
  ""

SELECT round((abs(n2) / sign(3))) FROM t
  round float8
  100
  12

SELECT round(2.345, -1) FROM t WHERE i1 IS NOT NULL
  round numeric
  0

SELECT round(2.345, -1) FROM t WHERE i1 IS NULL
  round numeric
  0

SELECT round(2.345, 1) FROM t WHERE i1 IS NOT NULL
  round numeric
  2.3

SELECT round(2.345, 2) FROM t
  round numeric
  2.35
  2.35

SELECT round(2.345, 2) FROM t WHERE i1 IS NULL
  round numeric
  2.35

SELECT round(h2) FROM t WHERE i1 IS NULL
  round float8
  2

SELECT round(n1, 2) FROM t WHERE i1 IS NOT NULL
  round numeric
  1.50

SELECT round(n2, -1) FROM t WHERE i1 IS NOT NULL
  round numeric
  -10

SELECT round(n2, 2) FROM t WHERE i1 IS NOT NULL
  round numeric
  -12.00

SELECT round(round(2.345, 2)) FROM t WHERE i1 IS NOT NULL
  round numeric
  2

SELECT round(round(i2)) FROM t
  round float8
  -2
  0

SELECT round(strpos(substr(t2, 2, 2), ('abc' || timestamp '2024-03-31 01:02:03.5'))) FROM t WHERE i1 IS NULL
  round float8
  0

SELECT sign(CAST(-1 AS smallint)) FROM t
  sign float8
  -1
  -1

SELECT sign(i2) FROM t WHERE i1 IS NOT NULL
  sign float8
  -1

SELECT sign(length('Zeta')) FROM t
  sign float8
  1
  1

SELECT sign(n1) FROM t WHERE i1 IS NULL
  sign numeric
  NULL

SELECT split_part('Zeta', ',', 2) FROM t
  split_part text
  ""
  ""

SELECT split_part('abc', ',', 1) FROM t
  split_part text
  abc
  abc

SELECT split_part((t2 || t1), ',', 1) FROM t
  split_part text
  NULL
  Zeta 12abc

SELECT split_part(lower('x,y,z'), ',', -1) FROM t
  split_part text
  z
  z

SELECT split_part(md5(t2), ',', 2) FROM t
  split_part text
  ""
  ""

SELECT split_part(md5(t2), ',', 2) FROM t WHERE i1 IS NOT NULL
  split_part text
  ""

SELECT split_part(repeat(t1, 1), ',', 1) FROM t
  split_part text
  NULL
  abc

SELECT strpos('abc', t2) FROM t WHERE i1 IS NULL
  strpos int4
  1

SELECT strpos(((t2 || 7::bigint) || replace('Zeta', t2, 'x,y,z')), ((t2 || b2) || (i1 > 2 OR true))) FROM t WHERE i1 IS NULL
  strpos int4
  0

SELECT strpos(CAST(2.5 AS varchar(5)), split_part('abc', ',', -1)) FROM t
  strpos int4
  0
  0

SELECT strpos(lower('Zeta'), (t1 || interval '-1 day 2.5 seconds')) FROM t
  strpos int4
  0
  NULL

SELECT strpos(lower(substr('x,y,z', -1, 2)), left(('abc' || timestamp '2024-03-31 01:02:03.5'), 1)) FROM t WHERE i1 IS NULL
  strpos int4
  0

SELECT strpos(right('Zeta', 2), coalesce('abc', t2)) FROM t WHERE i1 IS NULL
  strpos int4
  0

SELECT strpos(right(md5(t1), 1), substr(right('abc', 0), -1, 2)) FROM t WHERE i1 IS NULL
  strpos int4
  NULL

SELECT substr('Zeta', 1) FROM t WHERE i1 IS NULL
  substr text
  Zeta

SELECT substr(coalesce(t1, t1), 0, 1) FROM t WHERE i1 IS NOT NULL
  substr text
  ""

SELECT substr(concat('Zeta', n1, b2, z1), 1, 2) FROM t WHERE i1 IS NULL
  substr text
  Ze

SELECT substr(t1, -1, 1) FROM t
  substr text
  ""
  NULL

SELECT substr(t2, 2) FROM t WHERE i1 IS NULL
  substr text
  ""

SELECT substr(t2, 2, 1) FROM t WHERE i1 IS NOT NULL
  substr text
  e

SELECT trim(btrim('Zeta')) FROM t
  btrim text
  Zeta
  Zeta

SELECT trim(replace(t2, t1, 'abc')) FROM t WHERE i1 IS NOT NULL
  btrim text
  Zeta 12

SELECT trunc(((i2 / l2) + floor(l1))) FROM t WHERE i1 IS NOT NULL
  trunc float8
  5000000000

SELECT trunc(CAST(l2 AS real)) FROM t WHERE i1 IS NOT NULL
  trunc float8
  -3

SELECT trunc(EXTRACT(quarter FROM d2)) FROM t WHERE i1 IS NOT NULL
  trunc numeric
  4

SELECT trunc(ceil(h1)) FROM t WHERE i1 IS NOT NULL
  trunc float8
  3

SELECT trunc(r1) FROM t WHERE i1 IS NOT NULL
  trunc float8
  1

SELECT upper(('Zeta' || t1)) FROM t WHERE i1 IS NULL
  upper text
  NULL

SELECT upper(coalesce(t2, 'x,y,z')) FROM t WHERE i1 IS NOT NULL
  upper text
  ZETA 12
