SELECT 7::smallint + 2::smallint, 7::smallint - 2::smallint, 7::smallint * 2::smallint, 7::smallint / 2::smallint, 7::smallint > 2::smallint
  ?column? int2 | ?column? int2 | ?column? int2 | ?column? int2 | ?column? bool
  9 | 5 | 14 | 3 | t

SELECT 7::smallint + 2::int, 7::smallint - 2::int, 7::smallint * 2::int, 7::smallint / 2::int, 7::smallint > 2::int
  ?column? int4 | ?column? int4 | ?column? int4 | ?column? int4 | ?column? bool
  9 | 5 | 14 | 3 | t

SELECT 7::smallint + 2::bigint, 7::smallint - 2::bigint, 7::smallint * 2::bigint, 7::smallint / 2::bigint, 7::smallint > 2::bigint
  ?column? int8 | ?column? int8 | ?column? int8 | ?column? int8 | ?column? bool
  9 | 5 | 14 | 3 | t

SELECT 7::smallint + 2::real, 7::smallint - 2::real, 7::smallint * 2::real, 7::smallint / 2::real, 7::smallint > 2::real
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::smallint + 2::double precision, 7::smallint - 2::double precision, 7::smallint * 2::double precision, 7::smallint / 2::double precision, 7::smallint > 2::double precision
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::smallint + 2::numeric, 7::smallint - 2::numeric, 7::smallint * 2::numeric, 7::smallint / 2::numeric, 7::smallint > 2::numeric
  ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? bool
  9 | 5 | 14 | 3.5000000000000000 | t

SELECT 7::int + 2::smallint, 7::int - 2::smallint, 7::int * 2::smallint, 7::int / 2::smallint, 7::int > 2::smallint
  ?column? int4 | ?column? int4 | ?column? int4 | ?column? int4 | ?column? bool
  9 | 5 | 14 | 3 | t

SELECT 7::int + 2::int, 7::int - 2::int, 7::int * 2::int, 7::int / 2::int, 7::int > 2::int
  ?column? int4 | ?column? int4 | ?column? int4 | ?column? int4 | ?column? bool
  9 | 5 | 14 | 3 | t

SELECT 7::int + 2::bigint, 7::int - 2::bigint, 7::int * 2::bigint, 7::int / 2::bigint, 7::int > 2::bigint
  ?column? int8 | ?column? int8 | ?column? int8 | ?column? int8 | ?column? bool
  9 | 5 | 14 | 3 | t

SELECT 7::int + 2::real, 7::int - 2::real, 7::int * 2::real, 7::int / 2::real, 7::int > 2::real
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::int + 2::double precision, 7::int - 2::double precision, 7::int * 2::double precision, 7::int / 2::double precision, 7::int > 2::double precision
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::int + 2::numeric, 7::int - 2::numeric, 7::int * 2::numeric, 7::int / 2::numeric, 7::int > 2::numeric
  ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? bool
  9 | 5 | 14 | 3.5000000000000000 | t

SELECT 7::bigint + 2::smallint, 7::bigint - 2::smallint, 7::bigint * 2::smallint, 7::bigint / 2::smallint, 7::bigint > 2::smallint
  ?column? int8 | ?column? int8 | ?column? int8 | ?column? int8 | ?column? bool
  9 | 5 | 14 | 3 | t

SELECT 7::bigint + 2::int, 7::bigint - 2::int, 7::bigint * 2::int, 7::bigint / 2::int, 7::bigint > 2::int
  ?column? int8 | ?column? int8 | ?column? int8 | ?column? int8 | ?column? bool
  9 | 5 | 14 | 3 | t

SELECT 7::bigint + 2::bigint, 7::bigint - 2::bigint, 7::bigint * 2::bigint, 7::bigint / 2::bigint, 7::bigint > 2::bigint
  ?column? int8 | ?column? int8 | ?column? int8 | ?column? int8 | ?column? bool
  9 | 5 | 14 | 3 | t

SELECT 7::bigint + 2::real, 7::bigint - 2::real, 7::bigint * 2::real, 7::bigint / 2::real, 7::bigint > 2::real
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::bigint + 2::double precision, 7::bigint - 2::double precision, 7::bigint * 2::double precision, 7::bigint / 2::double precision, 7::bigint > 2::double precision
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::bigint + 2::numeric, 7::bigint - 2::numeric, 7::bigint * 2::numeric, 7::bigint / 2::numeric, 7::bigint > 2::numeric
  ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? bool
  9 | 5 | 14 | 3.5000000000000000 | t

SELECT 7::real + 2::smallint, 7::real - 2::smallint, 7::real * 2::smallint, 7::real / 2::smallint, 7::real > 2::smallint
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::real + 2::int, 7::real - 2::int, 7::real * 2::int, 7::real / 2::int, 7::real > 2::int
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::real + 2::bigint, 7::real - 2::bigint, 7::real * 2::bigint, 7::real / 2::bigint, 7::real > 2::bigint
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::real + 2::real, 7::real - 2::real, 7::real * 2::real, 7::real / 2::real, 7::real > 2::real
  ?column? float4 | ?column? float4 | ?column? float4 | ?column? float4 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::real + 2::double precision, 7::real - 2::double precision, 7::real * 2::double precision, 7::real / 2::double precision, 7::real > 2::double precision
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::real + 2::numeric, 7::real - 2::numeric, 7::real * 2::numeric, 7::real / 2::numeric, 7::real > 2::numeric
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::double precision + 2::smallint, 7::double precision - 2::smallint, 7::double precision * 2::smallint, 7::double precision / 2::smallint, 7::double precision > 2::smallint
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::double precision + 2::int, 7::double precision - 2::int, 7::double precision * 2::int, 7::double precision / 2::int, 7::double precision > 2::int
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::double precision + 2::bigint, 7::double precision - 2::bigint, 7::double precision * 2::bigint, 7::double precision / 2::bigint, 7::double precision > 2::bigint
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::double precision + 2::real, 7::double precision - 2::real, 7::double precision * 2::real, 7::double precision / 2::real, 7::double precision > 2::real
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::double precision + 2::double precision, 7::double precision - 2::double precision, 7::double precision * 2::double precision, 7::double precision / 2::double precision, 7::double precision > 2::double precision
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::double precision + 2::numeric, 7::double precision - 2::numeric, 7::double precision * 2::numeric, 7::double precision / 2::numeric, 7::double precision > 2::numeric
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::numeric + 2::smallint, 7::numeric - 2::smallint, 7::numeric * 2::smallint, 7::numeric / 2::smallint, 7::numeric > 2::smallint
  ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? bool
  9 | 5 | 14 | 3.5000000000000000 | t

SELECT 7::numeric + 2::int, 7::numeric - 2::int, 7::numeric * 2::int, 7::numeric / 2::int, 7::numeric > 2::int
  ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? bool
  9 | 5 | 14 | 3.5000000000000000 | t

SELECT 7::numeric + 2::bigint, 7::numeric - 2::bigint, 7::numeric * 2::bigint, 7::numeric / 2::bigint, 7::numeric > 2::bigint
  ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? bool
  9 | 5 | 14 | 3.5000000000000000 | t

SELECT 7::numeric + 2::real, 7::numeric - 2::real, 7::numeric * 2::real, 7::numeric / 2::real, 7::numeric > 2::real
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::numeric + 2::double precision, 7::numeric - 2::double precision, 7::numeric * 2::double precision, 7::numeric / 2::double precision, 7::numeric > 2::double precision
  ?column? float8 | ?column? float8 | ?column? float8 | ?column? float8 | ?column? bool
  9 | 5 | 14 | 3.5 | t

SELECT 7::numeric + 2::numeric, 7::numeric - 2::numeric, 7::numeric * 2::numeric, 7::numeric / 2::numeric, 7::numeric > 2::numeric
  ?column? numeric | ?column? numeric | ?column? numeric | ?column? numeric | ?column? bool
  9 | 5 | 14 | 3.5000000000000000 | t

SELECT 7::smallint % 2::smallint
  ?column? int2
  1

SELECT 7::smallint % 2::int
  ?column? int4
  1

SELECT 7::smallint % 2::bigint
  ?column? int8
  1

SELECT 7::smallint % 2::real
  ERROR 42883 operator does not exist: smallint % real at 20

SELECT 7::smallint % 2::double precision
  ERROR 42883 operator does not exist: smallint % double precision at 20

SELECT 7::smallint % 2::numeric
  ?column? numeric
  1

SELECT 7::int % 2::smallint
  ?column? int4
  1

SELECT 7::int % 2::int
  ?column? int4
  1

SELECT 7::int % 2::bigint
  ?column? int8
  1

SELECT 7::int % 2::real
  ERROR 42883 operator does not exist: integer % real at 15

SELECT 7::int % 2::double precision
  ERROR 42883 operator does not exist: integer % double precision at 15

SELECT 7::int % 2::numeric
  ?column? numeric
  1

SELECT 7::bigint % 2::smallint
  ?column? int8
  1

SELECT 7::bigint % 2::int
  ?column? int8
  1

SELECT 7::bigint % 2::bigint
  ?column? int8
  1

SELECT 7::bigint % 2::real
  ERROR 42883 operator does not exist: bigint % real at 18

SELECT 7::bigint % 2::double precision
  ERROR 42883 operator does not exist: bigint % double precision at 18

SELECT 7::bigint % 2::numeric
  ?column? numeric
  1

SELECT 7::real % 2::smallint
  ERROR 42883 operator does not exist: real % smallint at 16

SELECT 7::real % 2::int
  ERROR 42883 operator does not exist: real % integer at 16

SELECT 7::real % 2::bigint
  ERROR 42883 operator does not exist: real % bigint at 16

SELECT 7::real % 2::real
  ERROR 42883 operator does not exist: real % real at 16

SELECT 7::real % 2::double precision
  ERROR 42883 operator does not exist: real % double precision at 16

SELECT 7::real % 2::numeric
  ERROR 42883 operator does not exist: real % numeric at 16

SELECT 7::double precision % 2::smallint
  ERROR 42883 operator does not exist: double precision % smallint at 28

SELECT 7::double precision % 2::int
  ERROR 42883 operator does not exist: double precision % integer at 28

SELECT 7::double precision % 2::bigint
  ERROR 42883 operator does not exist: double precision % bigint at 28

SELECT 7::double precision % 2::real
  ERROR 42883 operator does not exist: double precision % real at 28

SELECT 7::double precision % 2::double precision
  ERROR 42883 operator does not exist: double precision % double precision at 28

SELECT 7::double precision % 2::numeric
  ERROR 42883 operator does not exist: double precision % numeric at 28

SELECT 7::numeric % 2::smallint
  ?column? numeric
  1

SELECT 7::numeric % 2::int
  ?column? numeric
  1

SELECT 7::numeric % 2::bigint
  ?column? numeric
  1

SELECT 7::numeric % 2::real
  ERROR 42883 operator does not exist: numeric % real at 19

SELECT 7::numeric % 2::double precision
  ERROR 42883 operator does not exist: numeric % double precision at 19

SELECT 7::numeric % 2::numeric
  ?column? numeric
  1

SELECT 1::smallint / 0::smallint
  ERROR 22012 division by zero

SELECT 1::smallint % 0::smallint
  ERROR 22012 division by zero

SELECT -(7::smallint)
  ?column? int2
  -7

SELECT +(7::smallint)
  ?column? int2
  7

SELECT @ (-7::smallint)
  ?column? int2
  7

SELECT abs(-7::smallint)
  abs int2
  7

SELECT 2::smallint ^ 3::smallint
  ?column? float8
  8

SELECT '3' + 4::smallint
  ?column? int2
  7

SELECT 'x' + 4::smallint
  ERROR 22P02 invalid input syntax for type smallint: "x" at 8

SELECT sum(x), avg(x), min(x), max(x), count(x) FROM (VALUES (1::smallint), (2::smallint), (NULL)) t(x)
  sum int8 | avg numeric | min int2 | max int2 | count int8
  3 | 1.5000000000000000 | 1 | 2 | 2

SELECT sum(x), avg(x), min(x), max(x), count(x), count(*) FROM (VALUES (1::smallint)) t(x) WHERE x > 5::smallint
  sum int8 | avg numeric | min int2 | max int2 | count int8 | count int8
  NULL | NULL | NULL | NULL | 0 | 0

SELECT round(2.5::smallint), ceil(2.5::smallint), floor(2.5::smallint), trunc(2.5::smallint), sign(2.5::smallint)
  round float8 | ceil float8 | floor float8 | trunc float8 | sign float8
  3 | 3 | 3 | 3 | 1

SELECT sqrt(4::smallint), power(2::smallint, 3::smallint), exp(0::smallint), ln(1::smallint)
  sqrt float8 | power float8 | exp float8 | ln float8
  2 | 8 | 1 | 0

SELECT mod(7::smallint, 2::smallint)
  mod int2
  1

SELECT 1::int / 0::int
  ERROR 22012 division by zero

SELECT 1::int % 0::int
  ERROR 22012 division by zero

SELECT -(7::int)
  ?column? int4
  -7

SELECT +(7::int)
  ?column? int4
  7

SELECT @ (-7::int)
  ?column? int4
  7

SELECT abs(-7::int)
  abs int4
  7

SELECT 2::int ^ 3::int
  ?column? float8
  8

SELECT '3' + 4::int
  ?column? int4
  7

SELECT 'x' + 4::int
  ERROR 22P02 invalid input syntax for type integer: "x" at 8

SELECT sum(x), avg(x), min(x), max(x), count(x) FROM (VALUES (1::int), (2::int), (NULL)) t(x)
  sum int8 | avg numeric | min int4 | max int4 | count int8
  3 | 1.5000000000000000 | 1 | 2 | 2

SELECT sum(x), avg(x), min(x), max(x), count(x), count(*) FROM (VALUES (1::int)) t(x) WHERE x > 5::int
  sum int8 | avg numeric | min int4 | max int4 | count int8 | count int8
  NULL | NULL | NULL | NULL | 0 | 0

SELECT round(2.5::int), ceil(2.5::int), floor(2.5::int), trunc(2.5::int), sign(2.5::int)
  round float8 | ceil float8 | floor float8 | trunc float8 | sign float8
  3 | 3 | 3 | 3 | 1

SELECT sqrt(4::int), power(2::int, 3::int), exp(0::int), ln(1::int)
  sqrt float8 | power float8 | exp float8 | ln float8
  2 | 8 | 1 | 0

SELECT mod(7::int, 2::int)
  mod int4
  1

SELECT 1::bigint / 0::bigint
  ERROR 22012 division by zero

SELECT 1::bigint % 0::bigint
  ERROR 22012 division by zero

SELECT -(7::bigint)
  ?column? int8
  -7

SELECT +(7::bigint)
  ?column? int8
  7

SELECT @ (-7::bigint)
  ?column? int8
  7

SELECT abs(-7::bigint)
  abs int8
  7

SELECT 2::bigint ^ 3::bigint
  ?column? float8
  8

SELECT '3' + 4::bigint
  ?column? int8
  7

SELECT 'x' + 4::bigint
  ERROR 22P02 invalid input syntax for type bigint: "x" at 8

SELECT sum(x), avg(x), min(x), max(x), count(x) FROM (VALUES (1::bigint), (2::bigint), (NULL)) t(x)
  sum numeric | avg numeric | min int8 | max int8 | count int8
  3 | 1.5000000000000000 | 1 | 2 | 2

SELECT sum(x), avg(x), min(x), max(x), count(x), count(*) FROM (VALUES (1::bigint)) t(x) WHERE x > 5::bigint
  sum numeric | avg numeric | min int8 | max int8 | count int8 | count int8
  NULL | NULL | NULL | NULL | 0 | 0

SELECT round(2.5::bigint), ceil(2.5::bigint), floor(2.5::bigint), trunc(2.5::bigint), sign(2.5::bigint)
  round float8 | ceil float8 | floor float8 | trunc float8 | sign float8
  3 | 3 | 3 | 3 | 1

SELECT sqrt(4::bigint), power(2::bigint, 3::bigint), exp(0::bigint), ln(1::bigint)
  sqrt float8 | power float8 | exp float8 | ln float8
  2 | 8 | 1 | 0

SELECT mod(7::bigint, 2::bigint)
  mod int8
  1

SELECT 1::real / 0::real
  ERROR 22012 division by zero

SELECT 1::real % 0::real
  ERROR 42883 operator does not exist: real % real at 16

SELECT -(7::real)
  ?column? float4
  -7

SELECT +(7::real)
  ?column? float4
  7

SELECT @ (-7::real)
  ?column? float4
  7

SELECT abs(-7::real)
  abs float4
  7

SELECT 2::real ^ 3::real
  ?column? float8
  8

SELECT '3' + 4::real
  ?column? float4
  7

SELECT 'x' + 4::real
  ERROR 22P02 invalid input syntax for type real: "x" at 8

SELECT sum(x), avg(x), min(x), max(x), count(x) FROM (VALUES (1::real), (2::real), (NULL)) t(x)
  sum float4 | avg float8 | min float4 | max float4 | count int8
  3 | 1.5 | 1 | 2 | 2

SELECT sum(x), avg(x), min(x), max(x), count(x), count(*) FROM (VALUES (1::real)) t(x) WHERE x > 5::real
  sum float4 | avg float8 | min float4 | max float4 | count int8 | count int8
  NULL | NULL | NULL | NULL | 0 | 0

SELECT round(2.5::real), ceil(2.5::real), floor(2.5::real), trunc(2.5::real), sign(2.5::real)
  round float8 | ceil float8 | floor float8 | trunc float8 | sign float8
  2 | 3 | 2 | 2 | 1

SELECT sqrt(4::real), power(2::real, 3::real), exp(0::real), ln(1::real)
  sqrt float8 | power float8 | exp float8 | ln float8
  2 | 8 | 1 | 0

SELECT mod(7::real, 2::real)
  ERROR 42883 function mod(real, real) does not exist at 8

SELECT 1::double precision / 0::double precision
  ERROR 22012 division by zero

SELECT 1::double precision % 0::double precision
  ERROR 42883 operator does not exist: double precision % double precision at 28

SELECT -(7::double precision)
  ?column? float8
  -7

SELECT +(7::double precision)
  ?column? float8
  7

SELECT @ (-7::double precision)
  ?column? float8
  7

SELECT abs(-7::double precision)
  abs float8
  7

SELECT 2::double precision ^ 3::double precision
  ?column? float8
  8

SELECT '3' + 4::double precision
  ?column? float8
  7

SELECT 'x' + 4::double precision
  ERROR 22P02 invalid input syntax for type double precision: "x" at 8

SELECT sum(x), avg(x), min(x), max(x), count(x) FROM (VALUES (1::double precision), (2::double precision), (NULL)) t(x)
  sum float8 | avg float8 | min float8 | max float8 | count int8
  3 | 1.5 | 1 | 2 | 2

SELECT sum(x), avg(x), min(x), max(x), count(x), count(*) FROM (VALUES (1::double precision)) t(x) WHERE x > 5::double precision
  sum float8 | avg float8 | min float8 | max float8 | count int8 | count int8
  NULL | NULL | NULL | NULL | 0 | 0

SELECT round(2.5::double precision), ceil(2.5::double precision), floor(2.5::double precision), trunc(2.5::double precision), sign(2.5::double precision)
  round float8 | ceil float8 | floor float8 | trunc float8 | sign float8
  2 | 3 | 2 | 2 | 1

SELECT sqrt(4::double precision), power(2::double precision, 3::double precision), exp(0::double precision), ln(1::double precision)
  sqrt float8 | power float8 | exp float8 | ln float8
  2 | 8 | 1 | 0

SELECT mod(7::double precision, 2::double precision)
  ERROR 42883 function mod(double precision, double precision) does not exist at 8

SELECT 1::numeric / 0::numeric
  ERROR 22012 division by zero

SELECT 1::numeric % 0::numeric
  ERROR 22012 division by zero

SELECT -(7::numeric)
  ?column? numeric
  -7

SELECT +(7::numeric)
  ?column? numeric
  7

SELECT @ (-7::numeric)
  ?column? numeric
  7

SELECT abs(-7::numeric)
  abs numeric
  7

SELECT 2::numeric ^ 3::numeric
  ?column? numeric
  8.0000000000000000

SELECT '3' + 4::numeric
  ?column? numeric
  7

SELECT 'x' + 4::numeric
  ERROR 22P02 invalid input syntax for type numeric: "x" at 8

SELECT sum(x), avg(x), min(x), max(x), count(x) FROM (VALUES (1::numeric), (2::numeric), (NULL)) t(x)
  sum numeric | avg numeric | min numeric | max numeric | count int8
  3 | 1.5000000000000000 | 1 | 2 | 2

SELECT sum(x), avg(x), min(x), max(x), count(x), count(*) FROM (VALUES (1::numeric)) t(x) WHERE x > 5::numeric
  sum numeric | avg numeric | min numeric | max numeric | count int8 | count int8
  NULL | NULL | NULL | NULL | 0 | 0

SELECT round(2.5::numeric), ceil(2.5::numeric), floor(2.5::numeric), trunc(2.5::numeric), sign(2.5::numeric)
  round numeric | ceil numeric | floor numeric | trunc numeric | sign numeric
  3 | 3 | 2 | 2 | 1

SELECT sqrt(4::numeric)
  sqrt numeric
  2.000000000000000

SELECT power(2::numeric, 3::numeric)
  power numeric
  8.0000000000000000

SELECT exp(0::numeric)
  exp numeric
  1.0000000000000000

SELECT ln(1::numeric)
  ln numeric
  0.0000000000000000

SELECT mod(7::numeric, 2::numeric)
  mod numeric
  1

SELECT 32767::smallint + 1::smallint
  ERROR 22003 smallint out of range

SELECT (-32768)::smallint - 1::smallint
  ERROR 22003 smallint out of range

SELECT 200::smallint * 200::smallint
  ERROR 22003 smallint out of range

SELECT 2147483647 + 1
  ERROR 22003 integer out of range

SELECT -2147483648 - 1
  ERROR 22003 integer out of range

SELECT 65536 * 65536
  ERROR 22003 integer out of range

SELECT 2147483647::int * 2::bigint
  ?column? int8
  4294967294

SELECT 9223372036854775807 + 1
  ERROR 22003 bigint out of range

SELECT (-9223372036854775808) - 1
  ERROR 22003 bigint out of range

SELECT 9223372036854775807 * 2
  ERROR 22003 bigint out of range

SELECT -(-32768::smallint)
  ERROR 22003 smallint out of range

SELECT -((-32768)::smallint)
  ERROR 22003 smallint out of range

SELECT -((-2147483648)::int)
  ERROR 22003 integer out of range

SELECT -((-9223372036854775808)::bigint)
  ERROR 22003 bigint out of range

SELECT abs((-2147483648)::int)
  ERROR 22003 integer out of range

SELECT (-2147483648)::int / -1
  ERROR 22003 integer out of range

SELECT (-9223372036854775808)::bigint / -1
  ERROR 22003 bigint out of range

SELECT (-2147483648)::int % -1
  ?column? int4
  0

SELECT (-9223372036854775808)::bigint % -1
  ?column? int8
  0

SELECT 1e308::float8 * 10
  ERROR 22003 value out of range: overflow

SELECT 1e-300::float8 * 1e-300::float8
  ERROR 22003 value out of range: underflow

SELECT 3e38::real * 10::real
  ERROR 22003 value out of range: overflow

SELECT 1::float8 / 0
  ERROR 22012 division by zero

SELECT 0::float8 / 0::float8
  ERROR 22012 division by zero

SELECT 'NaN'::float8 = 'NaN'::float8
  ?column? bool
  t

SELECT 'NaN'::numeric = 'NaN'::numeric
  ?column? bool
  t

SELECT 'Infinity'::float8 - 'Infinity'::float8
  ?column? float8
  NaN

SELECT -7 / 2
  ?column? int4
  -3

SELECT -7 % 2
  ?column? int4
  -1

SELECT 7 / -2
  ?column? int4
  -3

SELECT 7 % -2
  ?column? int4
  1

SELECT -7.5 % 2
  ?column? numeric
  -1.5

SELECT 7.5 / 2
  ?column? numeric
  3.7500000000000000

SELECT 1 / 3.0
  ?column? numeric
  0.33333333333333333333

SELECT 10.0 / 4
  ?column? numeric
  2.5000000000000000

SELECT 1.0 / 3
  ?column? numeric
  0.33333333333333333333

SELECT 2.0 / 3
  ?column? numeric
  0.66666666666666666667

SELECT 100.00 / 3.00
  ?column? numeric
  33.3333333333333333

SELECT 1e10 / 3
  ?column? numeric
  3333333333.33333333

SELECT 0.1 + 0.2
  ?column? numeric
  0.3

SELECT 0.1::float8 + 0.2::float8
  ?column? float8
  0.30000000000000004

SELECT 1.10 + 2.2
  ?column? numeric
  3.30

SELECT 1.10 * 2.20
  ?column? numeric
  2.4200

SELECT 1.5 - 1.50
  ?column? numeric
  0.00

SELECT 5.00 % 3
  ?column? numeric
  2.00

SELECT 1/3.0*3
  ?column? numeric
  0.99999999999999999999

SELECT 12345678901234567890 * 10
  ?column? numeric
  123456789012345678900

SELECT 1e20
  ?column? numeric
  100000000000000000000

SELECT 1e-10
  ?column? numeric
  0.0000000001

SELECT 123e3
  ?column? numeric
  123000

SELECT 0.00001::float8
  float8 float8
  1e-05

SELECT 1e15::float8
  float8 float8
  1e+15

SELECT 1e16::float8
  float8 float8
  1e+16

SELECT 100000::real
  float4 float4
  100000

SELECT 1e6::real
  float4 float4
  1e+06

SELECT 16777217::real
  float4 float4
  1.6777216e+07

SELECT 0.1::real
  float4 float4
  0.1

SELECT 0.1::real::float8
  float8 float8
  0.10000000149011612

SELECT 0.1::real = 0.1::float8
  ?column? bool
  f

SELECT 1.23456789012345678::float8
  float8 float8
  1.2345678901234567

SELECT 2 ^ 10
  ?column? float8
  1024

SELECT 2 ^ 0.5
  ?column? numeric
  1.4142135623730950

SELECT 2.0 ^ 3
  ?column? numeric
  8.0000000000000000

SELECT -2 ^ 2
  ?column? float8
  4

SELECT 2 ^ 3 ^ 2
  ?column? float8
  64

SELECT 0 ^ 0
  ?column? float8
  1

SELECT 0 ^ -1
  ERROR 2201F zero raised to a negative power is undefined

SELECT (-8) ^ (1.0/3)
  ERROR 2201F a negative number raised to a non-integer power yields a complex result

SELECT |/ 25.0
  ?column? float8
  5

SELECT ||/ 27.0
  ?column? float8
  3.0000000000000004
! the operators @, |/ and ||/ are not there; abs, sqrt and cbrt are
> ?column? float8
> 3

SELECT 5 & 3
  ?column? int4
  1

SELECT 5 | 3
  ?column? int4
  7

SELECT 5 # 3
  ?column? int4
  6

SELECT ~5
  ?column? int4
  -6

SELECT 1 << 4
  ?column? int4
  16

SELECT -16 >> 2
  ?column? int4
  -4

SELECT 1::bigint << 40
  ?column? int8
  1099511627776

SELECT 5::smallint & 3
  ?column? int4
  1

SELECT 5!
  ERROR 42601 syntax error at end of input at 10

SELECT 1 +
  ERROR 42601 syntax error at end of input at 11

SELECT @ -5
  ?column? int4
  5

SELECT 2 + 3 * 4
  ?column? int4
  14

SELECT (2 + 3) * 4
  ?column? int4
  20

SELECT 10 - 2 - 3
  ?column? int4
  5

SELECT 100 / 10 / 5
  ?column? int4
  2

SELECT 2 * 3 % 4
  ?column? int4
  2

SELECT -3 + 5
  ?column? int4
  2

SELECT - - 3
  ?column? int4
  3

SELECT 1 + + 2
  ?column? int4
  3

SELECT 1 - -2
  ?column? int4
  3

SELECT not true = false
  ?column? bool
  t

SELECT not 1 = 2
  ?column? bool
  t

SELECT 1 < 2 = true
  ERROR 42601 syntax error at or near "=" at 14

SELECT 1 = 1 = true
  ERROR 42601 syntax error at or near "=" at 14

SELECT 1 < 2 < 3
  ERROR 42601 syntax error at or near "<" at 14

SELECT true or false and false
  ?column? bool
  t

SELECT 1 + 2 || 'a'
  ?column? text
  3a

SELECT 'a' || 1 + 2
  ?column? text
  a3

SELECT 1 || 2
  ERROR 42883 operator does not exist: integer || integer at 10

SELECT 1 <> 2 and not false
  ?column? bool
  t

SELECT 5 between 1 and 3 + 4
  ?column? bool
  t

SELECT 1 in (1,2) = true
  ?column? bool
  t

SELECT 3 is null = false
  ?column? bool
  t

SELECT 'a' || null
  ?column? text
  NULL

SELECT 'a' || 'b' = 'ab'
  ?column? bool
  t

SELECT null + 1
  ?column? int4
  NULL

SELECT null
  ?column? text
  NULL

SELECT null = null
  ?column? bool
  NULL

SELECT null is null
  ?column? bool
  t

SELECT null::int is null
  ?column? bool
  t

SELECT 1 is distinct from null
  ?column? bool
  t

SELECT null is distinct from null
  ?column? bool
  f

SELECT null and false
  ?column? bool
  f

SELECT null or true
  ?column? bool
  t

SELECT null and true
  ?column? bool
  NULL

SELECT not null
  ?column? bool
  NULL

SELECT true and null
  ?column? bool
  NULL

SELECT (null::boolean) is true
  ?column? bool
  f

SELECT (null::boolean) is not true
  ?column? bool
  t

SELECT (null::boolean) is unknown
  ?column? bool
  t

SELECT false is not unknown
  ?column? bool
  t

SELECT null in (1)
  ?column? bool
  NULL

SELECT 1 in (2, null)
  ?column? bool
  NULL

SELECT 1 in (1, null)
  ?column? bool
  t

SELECT 1 not in (2, null)
  ?column? bool
  NULL

SELECT null between 1 and 2
  ?column? bool
  NULL

SELECT 1 between null and 0
  ?column? bool
  f

SELECT 1 between null and 2
  ?column? bool
  NULL

SELECT 1 between symmetric 3 and 0
  ?column? bool
  t

SELECT case when null then 1 else 2 end
  case int4
  2

SELECT true > false
  ?column? bool
  t

SELECT true < null
  ?column? bool
  NULL

SELECT true::int
  int4 int4
  1

SELECT 1::boolean
  bool bool
  t

SELECT 0::boolean
  bool bool
  f

SELECT 5::bigint::boolean
  ERROR 42846 cannot cast type bigint to boolean at 17

SELECT true::text
  text text
  true

SELECT true = 't'
  ?column? bool
  t

SELECT true = 'x'
  ERROR 22P02 invalid input syntax for type boolean: "x" at 15

SELECT 1 = '1'
  ?column? bool
  t

SELECT 1 = 'a'
  ERROR 22P02 invalid input syntax for type integer: "a" at 12

SELECT 1.5 = '1.50'
  ?column? bool
  t

SELECT 1 = true
  ERROR 42883 operator does not exist: integer = boolean at 10

SELECT 1 = '1'::text
  ERROR 42883 operator does not exist: integer = text at 10

SELECT '1' = '1'
  ?column? bool
  t

SELECT 1::bigint = 1::smallint
  ?column? bool
  t

SELECT 1 = 1.0
  ?column? bool
  t

SELECT 1 = 1.0::float8
  ?column? bool
  t

SELECT date '2024-01-01' = timestamp '2024-01-01'
  ?column? bool
  t

SELECT date '2024-01-01' < '2024-01-02'
  ?column? bool
  t

SELECT 1 < 'abc'::text
  ERROR 42883 operator does not exist: integer < text at 10

SELECT 'a' < 'B'
  ?column? bool
  f

SELECT 'a' < 'b'
  ?column? bool
  t

SELECT '' is null
  ?column? bool
  f

SELECT time '01:00' < interval '2 hours'
  ?column? bool
  t

SELECT array[1,2] = array[1,2]
  ?column? bool
  t

SELECT array[1,2] < array[1,3]
  ?column? bool
  t

SELECT array[1,2] = array[1,null]
  ?column? bool
  f

SELECT row(1,2) = row(1,2)
  ?column? bool
  t

SELECT row(1,2) < row(1,3)
  ?column? bool
  t

SELECT (1,2) = (1,3)
  ?column? bool
  f

SELECT (1,'a') in ((1,'a'),(2,'b'))
  ?column? bool
  t

SELECT '{"a":1}'::json = '{"a":1}'::json
  ERROR 42883 operator does not exist: json = json at 24

SELECT sign(x), abs(x), round(x), ceil(x), -x, x + 0 FROM (VALUES ('-0'::float8),(0),('NaN'),('-Infinity')) t(x)
  sign float8 | abs float8 | round float8 | ceil float8 | ?column? float8 | ?column? float8
  -1 | Infinity | -Infinity | -Infinity | Infinity | -Infinity
  0 | 0 | -0 | -0 | 0 | 0
  0 | 0 | 0 | 0 | -0 | 0
  0 | NaN | NaN | NaN | NaN | NaN

SELECT power(x, 'NaN'::float8), power(1, x) FROM (VALUES (-1e300::float8),('NaN')) t(x)
  power float8 | power float8
  NaN | 1
  NaN | 1

SELECT '1-2-3'::interval
  ERROR 22007 invalid input syntax for type interval: "1-2-3" at 8

SELECT '2024-01-01'::interval
  ERROR 22007 invalid input syntax for type interval: "2024-01-01" at 8

SELECT interval '1-2 3'
  interval interval
  1 year 2 mons 00:00:03
