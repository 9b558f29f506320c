package difftest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
)

const (
	generatedFile = "testdata/expr/generated.txt"
	minGenerated  = 3000
	// perOverload is how many expressions are made of each overload of a function.
	perOverload = 7
	// inColumns: each so many-th expression takes its arguments from a column.
	inColumns = 2
)

// edges are the values that expressions are made of, by type.
var edges = map[catalog.Kind][]string{
	catalog.Boolean:  {"true", "false", "NULL::bool"},
	catalog.SmallInt: {"0::int2", "1::int2", "(-1)::int2", "32767::int2", "(-32768)::int2", "7::int2", "NULL::int2"},
	catalog.Int:      {"0", "1", "-1", "2", "3", "-7", "10", "100", "2147483647", "(-2147483648)", "NULL::int4"},
	catalog.BigInt:   {"0::int8", "1::int8", "-1::int8", "9223372036854775807", "(-9223372036854775808)", "4294967296", "-5::int8", "NULL::int8"},
	catalog.Real: {"0::float4", "1.5::float4", "'-0'::float4", "'NaN'::float4", "'Infinity'::float4", "'-Infinity'::float4", "3.4028235e38::float4",
		"1e-45::float4", "0.1::float4", "-7.25::float4", "NULL::float4"},
	catalog.Double: {"0::float8", "1.5::float8", "'-0'::float8", "'NaN'::float8", "'Infinity'::float8", "'-Infinity'::float8", "1.7976931348623157e308::float8",
		"5e-324::float8", "0.1::float8", "-2.5::float8", "0.5::float8", "100::float8", "1e15::float8", "NULL::float8"},
	catalog.Decimal: {"0::numeric", "0.00", "1.50", "-1.5", "2.5", "'NaN'::numeric", "'Infinity'::numeric", "'-Infinity'::numeric", "12345678901234567890.12345",
		"0.000000000000001", "-99999999999999999999", "10", "3::numeric", "NULL::numeric"},
	catalog.Varchar: {"''", "'a'", "'abc'", "'ABC'", "' x '", "'日本語'", "'héllo wörld'", "'a,b,,c'", "'12'", "'O''Reilly'", "'100%_x'", "'\\d+'", "'😀b'", "NULL::text"},
	catalog.Bytes:   {`'\x'::bytea`, `'\x00'::bytea`, `'\xdeadbeef'::bytea`, `'\xff'::bytea`, `'\x616263'::bytea`, "NULL::bytea"},
	catalog.Date: {"DATE '2000-02-29'", "DATE '1900-03-01'", "DATE '2024-12-31'", "DATE '0044-03-15 BC'", "DATE '0001-01-01'", "DATE 'infinity'", "DATE '-infinity'",
		"DATE '1969-12-31'", "DATE '9999-12-31'", "NULL::date"},
	catalog.Time: {"TIME '00:00'", "TIME '24:00'", "TIME '23:59:59.999999'", "TIME '12:34:56.5'", "NULL::time"},
	catalog.Timestamp: {"TIMESTAMP '2000-02-29 12:34:56.789'", "TIMESTAMP '1970-01-01 00:00:00'", "TIMESTAMP '1969-12-31 23:59:59.999999'", "TIMESTAMP '0044-03-15 10:00:00 BC'",
		"TIMESTAMP 'infinity'", "TIMESTAMP '-infinity'", "TIMESTAMP '2021-03-28 02:30:00'", "TIMESTAMP '2024-12-31 23:59:60'", "TIMESTAMP '9999-12-31 00:00:00'", "NULL::timestamp"},
	catalog.TimestampLTZ: {"TIMESTAMPTZ '2000-02-29 12:34:56.789+00'", "TIMESTAMPTZ '1970-01-01 00:00:00+02'", "TIMESTAMPTZ '2021-10-31 02:30:00+01'",
		"TIMESTAMPTZ 'infinity'", "TIMESTAMPTZ '0044-03-15 10:00:00+00 BC'", "NULL::timestamptz"},
	catalog.Interval: {"INTERVAL '0'", "INTERVAL '1 day'", "INTERVAL '-1 mon 3 days'", "INTERVAL '1 year 2 mons 3 days 04:05:06.789'", "INTERVAL '-04:05:06'", "INTERVAL '15 min'",
		"INTERVAL '40 days 30:00'", "NULL::interval"},
	catalog.JSON: {`'{"a":1,"b":[1,2,{"c":null}]}'::json`, `'[1, "x", null, true]'::json`, `'"str"'::json`, `'1.50'::json`, `'null'::json`, `'{}'::json`, `'[]'::json`, "NULL::json"},
	catalog.Row:  {"ROW(1, 'a'::text)", "ROW(NULL::int, 'b'::text)", "ROW(2, NULL::text)"},
}

// words are texts that a function takes at some place, besides any.
var words = map[string][]string{
	"extract": fields, "date_part": fields, "date_trunc": {"'hour'", "'day'", "'week'", "'month'", "'quarter'", "'year'", "'decade'", "'century'", "'millennium'", "'milliseconds'", "'nonsense'"},
	"encode": {"'hex'", "'base64'", "'escape'", "'rot13'"}, "decode": {"'hex'", "'base64'", "'escape'"},
	"timezone":  {"'UTC'", "'Europe/Berlin'", "'America/New_York'", "'Asia/Kolkata'", "'Nowhere'"},
	"to_char":   {"'YYYY-MM-DD HH24:MI:SS.US'", "'FMDay, DD Month Y,YYY BC'", "'IYYY-IW-ID DDD Q J'", "'HH12:MI AM'", "'999D99S'", "'FM9,999.00'", "'0000'", "'SG99PR'", "'9.99EEEE'", "'RN'", "'th99'", "'L9G999'", "''"},
	"to_number": {"'999'", "'9G999D99'", "'S999.9'", "'FM000'"}, "to_date": {"'YYYY-MM-DD'", "'DD Mon YYYY'"}, "to_timestamp": {"'YYYY-MM-DD HH24:MI:SS'", "'J'"},
	"convert_from": {"'UTF8'", "'LATIN1'", "'nope'"}, "convert_to": {"'UTF8'", "'LATIN1'"}, "convert": {"'UTF8'", "'LATIN1'"}, "normalize": {"'NFC'"},
	"make_timestamptz": {"'UTC'", "'Europe/Berlin'"}, "length": {"'UTF8'"},
}

var fields = []string{"'year'", "'month'", "'day'", "'hour'", "'minute'", "'second'", "'milliseconds'", "'microseconds'", "'dow'", "'isodow'", "'doy'", "'week'", "'isoyear'",
	"'quarter'", "'century'", "'decade'", "'millennium'", "'epoch'", "'julian'", "'timezone'", "'nonsense'"}

// wordAt is the argument that a function's words stand at.
func wordAt(name string, n int) int {
	switch name {
	case "extract", "date_part", "date_trunc", "timezone":
		return 0
	case "make_timestamptz":
		return 6
	case "convert":
		return n - 1
	}
	return 1
}

// ours are the functions that PostgreSQL has not, or not under this name, or
// that are not to be compared: they change with time or chance.
var ours = strings.Fields(`array_concat array_contains array_slice count_char date_format day dayofmonth dayofweek dayofyear from_base64 from_unixtime hash_code hour if ifnull
	instr is_json is_normalized item json_exists json_query json_value lcase log2 map minute month num_chars parse_timestamp quarter rand regexp_extract regexp_extract_all second sha1
	size split_index timestampadd timestampdiff to_base64 to_timestamp_ltz truncate ucase unix_timestamp uuid week year array row and or not in is_null is_true is_false is_distinct
	coalesce nullif greatest least like ilike similar bitnot now current_timestamp localtime localtimestamp current_date current_time clock_timestamp transaction_timestamp
	statement_timestamp random gen_random_uuid version pi current_user session_user user current_catalog current_database current_schema proctime pg_typeof
	generate_series generate_subscripts json_array_elements json_array_elements_text json_each json_each_text json_object_keys regexp_matches overlaps normalize
	factorial repeat lpad rpad array_fill`)

var skipped = func() map[string]bool {
	m := map[string]bool{}
	for _, n := range ours {
		m[n] = true
	}
	return m
}()

// generator makes expressions; what it makes of an overload does not depend on others.
type generator struct{ *rand.Rand }

func newGenerator(key string) generator {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key)) // never fails
	return generator{rand.New(rand.NewPCG(h.Sum64(), 15))}
}

func (g generator) pick(list []string) string { return list[g.IntN(len(list))] }

// value makes a value of a type; elem stands for any.
func (g generator) value(t, elem catalog.Type) string {
	switch t.Kind {
	case catalog.Unknown:
		return g.value(elem, elem)
	case catalog.Array:
		e := *t.Elem
		if e.Kind == catalog.Unknown {
			e = elem
		}
		var items []string
		for range g.IntN(4) {
			items = append(items, g.pick(edges[e.Kind]))
		}
		return "ARRAY[" + strings.Join(items, ", ") + "]::" + sqlNames[e.Kind] + "[]"
	}
	return g.pick(edges[t.Kind])
}

var sqlNames = map[catalog.Kind]string{catalog.Boolean: "bool", catalog.SmallInt: "int2", catalog.Int: "int4", catalog.BigInt: "int8", catalog.Real: "float4",
	catalog.Double: "float8", catalog.Decimal: "numeric", catalog.Varchar: "text", catalog.Bytes: "bytea", catalog.Date: "date", catalog.Time: "time",
	catalog.Timestamp: "timestamp", catalog.TimestampLTZ: "timestamptz", catalog.Interval: "interval", catalog.JSON: "json"}

// anyTypes are those that stand for any in turn.
var anyTypes = []catalog.Kind{catalog.Int, catalog.Varchar, catalog.Decimal, catalog.Double, catalog.Date, catalog.Boolean, catalog.Timestamp}

func isOperator(name string) bool { return strings.Trim(name, "+-*/%^<>=~!@#&|?") == "" }

// call writes a call of a function.
func call(name string, args []string) string {
	switch {
	case isOperator(name) && len(args) == 1:
		return name + " " + args[0]
	case isOperator(name):
		return args[0] + " " + name + " " + args[1]
	case name == "extract":
		return "extract(" + strings.Trim(args[0], "'") + " FROM " + args[1] + ")"
	case name == "position":
		return "position(" + args[1] + " IN " + args[0] + ")"
	}
	return name + "(" + strings.Join(args, ", ") + ")"
}

// generate makes expressions of the overloads, of casts and of comparisons.
func generate(sigs []catalog.Signature) (all []string) {
	seen := map[string]bool{}
	add := func(s string) {
		if !seen[s] && !strings.Contains(s, "\n") {
			seen[s] = true
			all = append(all, s)
		}
	}
	for _, s := range sigs {
		if ownOverload(s) || s.Aggregate || s.Volatile || s.Stable || skipped[s.Name] || strings.HasSuffix(s.Name, "any") || strings.HasSuffix(s.Name, "all") ||
			slices.ContainsFunc(s.Args, func(t catalog.Type) bool { return t.Kind == catalog.Map }) {
			continue
		}
		g := newGenerator(fmt.Sprint(s.Name, s.Args))
		for n := range perOverload {
			add(g.expression(s, n))
		}
	}
	g := newGenerator("casts")
	for from := catalog.Boolean; from <= catalog.JSON; from++ {
		for to := catalog.Boolean; to <= catalog.JSON; to++ {
			for range 3 {
				add("(" + g.pick(edges[from]) + ")::" + sqlNames[to])
			}
		}
	}
	g = newGenerator("comparisons")
	for k := catalog.Boolean; k < catalog.JSON; k++ {
		for _, op := range []string{"=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM"} {
			for range 3 {
				add(g.pick(edges[k]) + " " + op + " " + g.pick(edges[k]))
			}
		}
		for _, f := range []string{"greatest", "least", "coalesce", "nullif"} {
			add(f + "(" + g.pick(edges[k]) + ", " + g.pick(edges[k]) + ")")
		}
	}
	for _, f := range []string{"LIKE", "ILIKE", "SIMILAR TO", "~", "~*", "!~"} {
		for range 12 {
			add(g.pick(edges[catalog.Varchar]) + " " + f + " " + g.pick([]string{"'a%'", "'%b_'", "'.*'", "'[a-c]+'", "'(a|b)%'", "''", "'日_語'", "'^h'", "'x$'", "NULL"}))
		}
	}
	return all
}

// ownOverload tells overloads that PostgreSQL has not of a function that it has.
func ownOverload(s catalog.Signature) bool {
	kind := func(i int, k catalog.Kind) bool { return i < len(s.Args) && s.Args[i].Kind == k }
	switch s.Name {
	case "ceil", "ceiling", "floor":
		return len(s.Args) == 2
	case "round", "trunc", "log":
		return len(s.Args) == 2 && kind(0, catalog.Double)
	case "to_timestamp", "to_date":
		return len(s.Args) == 1 && kind(0, catalog.Varchar)
	}
	return false
}

// binaryJSON are the operators that PostgreSQL has of JSONB alone.
var binaryJSON = map[string]bool{"#-": true, "-": true, "@>": true, "<@": true, "?": true, "?|": true, "?&": true, "||": true}

func (g generator) expression(s catalog.Signature, n int) string {
	elem := catalog.Of(anyTypes[n%len(anyTypes)])
	count := len(s.Args)
	if s.Variadic {
		count += g.IntN(3)
	}
	args := make([]string, count)
	for i := range args {
		t := s.Args[min(i, len(s.Args)-1)]
		args[i] = g.value(t, elem)
		if w := words[s.Name]; w != nil && i == wordAt(s.Name, count) && t.Kind == catalog.Varchar {
			args[i] = g.pick(w)
		}
		if binaryJSON[s.Name] || strings.HasPrefix(s.Name, "jsonb") {
			args[i] = strings.ReplaceAll(args[i], "::json", "::jsonb")
		}
	}
	if n%inColumns != 0 || count == 0 {
		return call(s.Name, args)
	}
	// The same from a row of columns: no constants to fold.
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("c%d", i+1)
	}
	if s.Name == "extract" {
		names[0] = args[0]
	}
	return "SELECT " + call(s.Name, names) + " FROM (VALUES (" + strings.Join(args, ", ") + ")) t(" + columnNames(count) + ")"
}

func columnNames(n int) string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("c%d", i+1))
	}
	return strings.Join(names, ", ")
}
