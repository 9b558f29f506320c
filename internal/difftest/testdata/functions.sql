SELECT length('abc'), char_length('äb'), character_length('äb'), octet_length('äb'), bit_length('a')
  length int4 | char_length int4 | character_length int4 | octet_length int4 | bit_length int4
  3 | 2 | 2 | 3 | 8

SELECT length(NULL)
  length int4
  NULL

SELECT length(5)
  ERROR 42883 function length(integer) does not exist at 8

SELECT length('\x0102'::bytea)
  length int4
  2

SELECT upper('aä'), lower('AÄ'), initcap('hello wORLD x1y')
  upper text | lower text | initcap text
  AÄ | aä | Hello World X1y

SELECT upper(1)
  ERROR 42883 function upper(integer) does not exist at 8

SELECT substring('abcdef', 2), substring('abcdef', 2, 3), substring('abcdef', 0, 3), substring('abcdef', -1, 3), substr('abc', 2), substr('abc', 5), substr('abc', 1, 0)
  substring text | substring text | substring text | substring text | substr text | substr text | substr text
  bcdef | bcd | ab | a | bc | "" | ""

SELECT substring('abc', 1, -1)
  ERROR 22011 negative substring length not allowed

SELECT substring('abcdef' FROM 2), substring('abcdef' FROM '[c-e]+'), substring('abcdef' FROM 'b(c)d')
  substring text | substring text | substring text
  bcdef | cde | c

SELECT substring('abcdef' FOR 2)
  substring text
  ab

SELECT substring('\x010203'::bytea FROM 2)
  substring bytea
  \x0203

SELECT left('abc', 2), left('abc', -1), right('abc', 2), right('abc', -1), left('abc', 0), left('abc', 10)
  left text | left text | right text | right text | left text | left text
  ab | ab | bc | bc | "" | abc

SELECT lpad('a', 3), lpad('a', 5, 'xy'), rpad('a', 3, 'b'), lpad('abcd', 2), rpad('abcd', -1)
  lpad text | lpad text | rpad text | lpad text | rpad text
  "  a" | xyxya | abb | ab | ""

SELECT trim('  a '), ltrim('  a '), rtrim(' a  '), btrim('xxaxx', 'x'), ltrim('xyxa', 'xy'), rtrim('axyx', 'xy')
  btrim text | ltrim text | rtrim text | btrim text | ltrim text | rtrim text
  a | "a " | " a" | a | a | a

SELECT trim('x' FROM 'xax'), trim(FROM ' a ')
  btrim text | btrim text
  a | a

SELECT replace('abcabc', 'b', 'XX'), replace('abc', '', 'x'), translate('12345', '143', 'ax')
  replace text | replace text | translate text
  aXXcaXXc | abc | a2x5

SELECT position('b' IN 'abc'), position('' IN 'abc'), position('z' IN 'abc'), strpos('abc', 'c')
  position int4 | position int4 | position int4 | strpos int4
  2 | 1 | 0 | 3

SELECT concat('a', 1, NULL, true), concat_ws(',', 'a', NULL, 'b', 2), concat_ws(NULL, 'a')
  concat text | concat_ws text | concat_ws text
  a1t | a,b,2 | NULL

SELECT concat()
  ERROR 42883 function concat() does not exist at 8

SELECT concat(NULL)
  concat text
  ""

SELECT 'a' || 1, 1 || 'a', 'a' || true, 'a' || 1.50, 'a' || date '2024-01-01', 'a' || NULL
  ?column? text | ?column? text | ?column? text | ?column? text | ?column? text | ?column? text
  a1 | 1a | atrue | a1.50 | a2024-01-01 | NULL

SELECT 'a' || ARRAY[1]
  ERROR 22P02 malformed array literal: "a" at 8

SELECT 'a' || ARRAY['b'], ARRAY['a'] || 'b'::text
  ERROR 22P02 malformed array literal: "a" at 8

SELECT ARRAY['a'] || 'b'
  ERROR 22P02 malformed array literal: "b" at 22

SELECT '\x01'::bytea || '\x02'::bytea
  ?column? bytea
  \x0102

SELECT reverse('aäb'), repeat('ab', 3), repeat('a', 0), repeat('a', -1)
  reverse text | repeat text | repeat text | repeat text
  bäa | ababab | "" | ""

SELECT split_part('a,b,c', ',', 2), split_part('a,b,c', ',', 9), split_part('a,b,c', ',', -1), split_part('abc', '', 1)
  split_part text | split_part text | split_part text | split_part text
  b | "" | c | abc

SELECT split_part('a,b', ',', 0)
  ERROR 22023 field position must not be zero

SELECT ascii('a'), ascii(''), ascii('€'), chr(65), chr(8364)
  ascii int4 | ascii int4 | ascii int4 | chr text | chr text
  97 | 0 | 8364 | A | €

SELECT chr(0)
  ERROR 54000 null character not permitted

SELECT chr(-1)
  ERROR 22023 character number must be positive

SELECT md5('abc'), md5('')
  md5 text | md5 text
  900150983cd24fb0d6963f7d28e17f72 | d41d8cd98f00b204e9800998ecf8427e

SELECT to_hex(255), to_hex(-1), to_hex(255::bigint)
  to_hex text | to_hex text | to_hex text
  ff | ffffffff | ff

SELECT encode('abc'::bytea, 'hex'), encode('abc'::bytea, 'base64'), encode('\x00ff'::bytea, 'escape')
  encode text | encode text | encode text
  616263 | YWJj | \000\377

SELECT decode('616263', 'hex'), decode('YWJj', 'base64')
  decode bytea | decode bytea
  \x616263 | \x616263

SELECT decode('6', 'hex')
  ERROR 22023 invalid hexadecimal data: odd number of digits

SELECT decode('zz', 'hex')
  ERROR 22023 invalid hexadecimal digit: "z"

SELECT encode('a'::bytea, 'nosuch')
  ERROR 22023 unrecognized encoding: "nosuch"

SELECT starts_with('abc', 'ab'), starts_with('abc', 'b')
  starts_with bool | starts_with bool
  t | f

SELECT regexp_replace('abcabc', 'b', 'X'), regexp_replace('abcabc', 'b', 'X', 'g'), regexp_replace('abc', '(b)', '[\1]'), regexp_replace('ABC', 'b', 'x', 'i')
  regexp_replace text | regexp_replace text | regexp_replace text | regexp_replace text
  aXcabc | aXcaXc | a[b]c | AxC

SELECT regexp_replace('abc', '(', 'x')
  ERROR 2201B invalid regular expression: parentheses () not balanced

SELECT regexp_replace('abc', 'b', 'x', 'z')
  ERROR 22023 invalid regular expression option: "z"

SELECT regexp_match('abc123', '([a-z]+)(\d+)'), regexp_match('abc', 'x')
  regexp_match text[] | regexp_match text[]
  {abc,123} | NULL

SELECT regexp_like('abc', 'B', 'i')
  regexp_like bool
  t

SELECT regexp_count('abcabc', 'b')
  regexp_count int4
  2

SELECT regexp_substr('abc', 'b.')
  regexp_substr text
  bc

SELECT regexp_instr('abc', 'c')
  regexp_instr int4
  3

SELECT regexp_split_to_array('a,b,,c', ',')
  regexp_split_to_array text[]
  {a,b,"",c}

SELECT string_to_array('a,b,c', ','), string_to_array('a,b', NULL), string_to_array('', ','), string_to_array('a,x,b', ',', 'x')
  string_to_array text[] | string_to_array text[] | string_to_array text[] | string_to_array text[]
  {a,b,c} | {a,",",b} | {} | {a,NULL,b}

SELECT array_to_string(ARRAY[1,NULL,3], ','), array_to_string(ARRAY[1,NULL,3], ',', '*')
  array_to_string text | array_to_string text
  1,3 | 1,*,3

SELECT overlay('abcdef' PLACING 'XX' FROM 3), overlay('abcdef' PLACING 'XX' FROM 3 FOR 0)
  overlay text | overlay text
  abXXef | abXXcdef

SELECT format('%s %I %L', 'a', 'b c', 'd''e')
  format text
  a "b c" 'd''e'

SELECT format('%s', NULL)
  format text
  ""

SELECT format('%%')
  format text
  %

SELECT format('%2$s %1$s', 'a', 'b')
  format text
  b a

SELECT format('%5s|%-5s|', 'a', 'b')
  format text
  "    a|b    |"

SELECT format('%L', NULL)
  format text
  "NULL"

SELECT format('%s')
  ERROR 22023 too few arguments for format()

SELECT format('%x', 1)
  ERROR 22023 unrecognized format() type specifier "x"

SELECT quote_ident('a b')
  quote_ident text
  "a b"

SELECT quote_ident('abc')
  quote_ident text
  abc

SELECT quote_literal('a''b')
  quote_literal text
  'a''b'

SELECT quote_nullable(NULL)
  quote_nullable text
  "NULL"

SELECT nosuch('a')
  ERROR 42883 function nosuch(unknown) does not exist at 8

SELECT upper('a', 'b')
  ERROR 42883 function upper(unknown, unknown) does not exist at 8

SELECT upper()
  ERROR 42883 function upper() does not exist at 8

SELECT lenght('abc')
  ERROR 42883 function lenght(unknown) does not exist at 8

SELECT sha256('abc'::bytea)
  sha256 bytea
  \xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad

SELECT unnest(string_to_array('a,b', ','))
  unnest text
  a
  b
! UNNEST stands in FROM alone
> ERROR 42883 function unnest(text[]) does not exist at 8

SELECT 'abc'::varchar(2)
  varchar text
  ab

SELECT 'abc'::char(2)
  bpchar text
  ab
! CHAR is refused: padding with blanks has no place in streams
> ERROR 42704 type "char" does not exist at 15

SELECT cast('abc' as varchar(2)) || 'x'
  ?column? text
  abx

SELECT 'a'::char(3) || 'b'
  ?column? text
  ab
! CHAR is refused: padding with blanks has no place in streams
> ERROR 42704 type "char" does not exist at 13

SELECT length('a  '::char(5))
  length int4
  1
! CHAR is refused: padding with blanks has no place in streams
> ERROR 42704 type "char" does not exist at 22

SELECT 'a' < 'b', 'A' < 'a', 'a' < 'aa', 'ä' > 'z', 'a' COLLATE "C" < 'B'
  ?column? bool | ?column? bool | ?column? bool | ?column? bool | ?column? bool
  t | t | t | t | f

SELECT min(x), max(x) FROM (VALUES ('b'),('a'),('C')) t(x)
  min text | max text
  C | b

SELECT string_agg(x, ',') FROM (VALUES ('a'),('b'),(NULL)) t(x)
  string_agg text
  a,b

SELECT string_agg(x, NULL) FROM (VALUES ('a'),('b')) t(x)
  string_agg text
  ab

SELECT string_agg(1, ',')
  ERROR 42883 function string_agg(integer, unknown) does not exist at 8

SELECT array_agg(x) FROM (VALUES (1),(NULL),(2)) t(x)
  array_agg int4[]
  {1,NULL,2}

SELECT array_agg(x) FROM (VALUES (1)) t(x) WHERE x > 1
  array_agg int4[]
  NULL

SELECT to_number('12,345.67', '99,999.99')
  to_number numeric
  12345.67

SELECT to_char(1234.5, '9,999.99')
  to_char text
  " 1,234.50"

SELECT to_char(-5, '999')
  to_char text
  "  -5"

SELECT to_char(5, '009')
  to_char text
  " 005"

SELECT to_char(0.5, '0.00')
  to_char text
  " 0.50"

SELECT to_char(1234.5::float8, 'FM9999.00')
  to_char text
  1234.50

SELECT random() < 1
  ?column? bool
  t

SELECT pi()
  pi float8
  3.141592653589793

SELECT sqrt(2)
  sqrt float8
  1.4142135623730951

SELECT cbrt(27)
  cbrt float8
  3.0000000000000004
! computed in double precision
> cbrt float8
> 3

SELECT exp(1)
  exp float8
  2.718281828459045

SELECT ln(10)
  ln float8
  2.302585092994046

SELECT log(100)
  log float8
  2

SELECT log(2, 8)
  log numeric
  3.0000000000000000

SELECT sqrt(-1)
  ERROR 2201F cannot take square root of a negative number

SELECT ln(0)
  ERROR 2201E cannot take logarithm of zero

SELECT ln(-1.5)
  ERROR 2201E cannot take logarithm of a negative number

SELECT log(0)
  ERROR 2201E cannot take logarithm of zero

SELECT power(0, -1)
  ERROR 2201F zero raised to a negative power is undefined

SELECT power(2, 3)
  power float8
  8

SELECT power(2.0, 3)
  power numeric
  8.0000000000000000

SELECT power(2::float8, 0.5)
  power float8
  1.4142135623730951

SELECT pow(2, 3)
  pow float8
  8

SELECT round(2.5), round(3.5), round(-2.5), round(2.5::float8), round(3.5::float8), round(1.2345, 2), round(1234.5, -2), round(1.005, 2)
  round numeric | round numeric | round numeric | round float8 | round float8 | round numeric | round numeric | round numeric
  3 | 4 | -3 | 2 | 4 | 1.23 | 1200 | 1.01

SELECT round(1.5::float8, 1)
  ERROR 42883 function round(double precision, integer) does not exist at 8
! ROUND takes DOUBLE too, as in Flink
> round float8
> 1.5

SELECT trunc(2.7), trunc(-2.7), trunc(1.239, 2), trunc(2.7::float8)
  trunc numeric | trunc numeric | trunc numeric | trunc float8
  2 | -2 | 1.23 | 2

SELECT ceil(2.1), ceiling(-2.1), floor(2.9), floor(-2.1), ceil(2)
  ceil numeric | ceiling numeric | floor numeric | floor numeric | ceil float8
  3 | -2 | 2 | -3 | 2

SELECT mod(7, 3), mod(-7, 3), mod(7.5, 2), div(7, 2), div(-7.5, 2)
  mod int4 | mod int4 | mod numeric | div numeric | div numeric
  1 | -1 | 1.5 | 3 | -3

SELECT sign(-5), sign(0), sign(5.5), sign(-5::float8)
  sign float8 | sign float8 | sign numeric | sign float8
  -1 | 0 | 1 | -1

SELECT gcd(12, 18)
  gcd int4
  6

SELECT lcm(4, 6)
  lcm int4
  12

SELECT factorial(5)
  factorial numeric
  120

SELECT factorial(-1)
  ERROR 22003 factorial of a negative number is undefined

SELECT sin(0)
  sin float8
  0

SELECT cos(0)
  cos float8
  1

SELECT tan(0)
  tan float8
  0

SELECT asin(1)
  asin float8
  1.5707963267948966

SELECT acos(1)
  acos float8
  0

SELECT atan(1)
  atan float8
  0.7853981633974483

SELECT atan2(1, 1)
  atan2 float8
  0.7853981633974483

SELECT degrees(pi())
  degrees float8
  180

SELECT radians(180)
  radians float8
  3.141592653589793

SELECT cot(1)
  cot float8
  0.6420926159343306
! computed in double precision
> cot float8
> 0.6420926159343308

SELECT asin(2)
  ERROR 22003 input is out of range

SELECT width_bucket(5, 0, 10, 5)
  width_bucket int4
  3

SELECT scale(1.50)
  scale int4
  2

SELECT trim_scale(1.500)
  trim_scale numeric
  1.5

SELECT min_scale(1.50)
  min_scale int4
  1

SELECT abs(-1), abs(-1.5), abs('-3')
  abs int4 | abs numeric | abs float8
  1 | 1.5 | 3

SELECT abs('x')
  ERROR 22P02 invalid input syntax for type double precision: "x" at 12

SELECT greatest(1.0, 1.00), 1.0 = 1.00
  greatest numeric | ?column? bool
  1.0 | t
