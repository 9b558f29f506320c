package datum

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/penstock/penstock/internal/sqlerr"
)

var psql = flag.String("psql", "", "rewrite testdata/postgres/* with the answers of this PostgreSQL 15 (a connection string for psql)")

// pgOp is an operation that both can do: sql with {1}, {2} … for the quoted
// arguments ({=1}: as it stands), and what we do.
type pgOp struct {
	sql string
	run func(a []string) (string, error)
}

// text makes an op's answer of a value and an error.
func text[T any](app func([]byte, T) []byte) func(T, error) (string, error) {
	return func(v T, err error) (string, error) {
		if err != nil {
			return "", err
		}
		return string(app(nil, v)), nil
	}
}

var (
	tsText  = text(AppendTimestamp)
	ivText  = text(AppendInterval)
	decText = text(AppendDecimal)
	intText = text(func(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) })
)

// must reads an argument that the test file promises to be right.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ts(s string) int64    { return must(ParseTimestamp([]byte(s))) }
func iv(s string) Interval { return must(ParseInterval([]byte(s))) }
func dec(s string) Decimal { return must(ParseDecimal([]byte(s))) }
func num(s string) int     { return must(strconv.Atoi(s)) }
func field(s string) Field { f, _ := ParseField(s); return f }
func f64(s string) float64 { return must(ParseFloat8([]byte(s))) }

func decOp(f func(a, b Decimal) (Decimal, error)) func([]string) (string, error) {
	return func(a []string) (string, error) { return decText(f(dec(a[0]), dec(a[1]))) }
}

func orNull(d Decimal, null bool, err error) (string, error) {
	if null {
		return "NULL", nil
	}
	return decText(d, err)
}

var pgOps = map[string]pgOp{
	"timestamp":   {"{1}::timestamp", func(a []string) (string, error) { return tsText(ParseTimestamp([]byte(a[0]))) }},
	"timestamptz": {"{1}::timestamptz", func(a []string) (string, error) { return tsTZ(ParseTimestampTZ([]byte(a[0]), nil)) }},
	"date":        {"{1}::date", func(a []string) (string, error) { return text(AppendDate)(ParseDate([]byte(a[0]))) }},
	"time":        {"{1}::time", func(a []string) (string, error) { return text(AppendTime)(ParseTime([]byte(a[0]))) }},
	"interval":    {"{1}::interval", func(a []string) (string, error) { return ivText(ParseInterval([]byte(a[0]))) }},
	"iunit":       {"interval {1} {=2}", func(a []string) (string, error) { return ivText(ParseIntervalUnit([]byte(a[0]), a[1])) }},
	"numeric":     {"{1}::numeric", func(a []string) (string, error) { return decText(ParseDecimal([]byte(a[0]))) }},
	"float8":      {"{1}::float8", func(a []string) (string, error) { return text(AppendFloat8)(ParseFloat8([]byte(a[0]))) }},
	"float4":      {"{1}::float4", func(a []string) (string, error) { return text(AppendFloat4)(ParseFloat4([]byte(a[0]))) }},
	"int2":        {"{1}::int2", func(a []string) (string, error) { return intText(ParseInt64([]byte(a[0]), 16)) }},
	"int4":        {"{1}::int4", func(a []string) (string, error) { return intText(ParseInt64([]byte(a[0]), 32)) }},
	"int8":        {"{1}::int8", func(a []string) (string, error) { return intText(ParseInt64([]byte(a[0]), 64)) }},
	"bool":        {"{1}::bool::int", func(a []string) (string, error) { return boolText(ParseBool([]byte(a[0]))) }},
	"bytea":       {"{1}::bytea", func(a []string) (string, error) { return text(AppendBytea)(ParseBytea(nil, []byte(a[0]))) }},

	"date_trunc": {"date_trunc({1}, {2}::timestamp)", func(a []string) (string, error) { return tsText(DateTrunc(field(a[0]), ts(a[1]))) }},
	"itrunc":     {"date_trunc({1}, {2}::interval)", func(a []string) (string, error) { return ivText(DateTruncInterval(field(a[0]), iv(a[1]))) }},
	"extract": {"extract({=1} from {2}::timestamp)", func(a []string) (string, error) {
		return orNull(ExtractTimestamp(field(a[0]), ts(a[1])))
	}},
	"dextract": {"extract({=1} from {2}::date)", func(a []string) (string, error) {
		return orNull(ExtractDate(field(a[0]), must(ParseDate([]byte(a[1])))))
	}},
	"textract": {"extract({=1} from {2}::time)", func(a []string) (string, error) {
		return decText(ExtractTime(field(a[0]), must(ParseTime([]byte(a[1])))))
	}},
	"iextract": {"extract({=1} from {2}::interval)", func(a []string) (string, error) {
		return decText(ExtractInterval(field(a[0]), iv(a[1])))
	}},
	"zextract": {"extract({=1} from {2}::timestamptz)", func(a []string) (string, error) {
		return orNull(ExtractTimestampTZ(field(a[0]), must(ParseTimestampTZ([]byte(a[1]), nil)), 0))
	}},
	"age":  {"age({1}::timestamp, {2}::timestamp)", func(a []string) (string, error) { return ivText(Age(ts(a[0]), ts(a[1]))) }},
	"tsub": {"{1}::timestamp - {2}::timestamp", func(a []string) (string, error) { return ivText(SubTimestamps(ts(a[0]), ts(a[1]))) }},
	"tadd": {"{1}::timestamp + {2}::interval", func(a []string) (string, error) { return tsText(AddInterval(ts(a[0]), iv(a[1]))) }},
	"tmin": {"{1}::timestamp - {2}::interval", func(a []string) (string, error) { return tsText(SubInterval(ts(a[0]), iv(a[1]))) }},
	"round": {"{1}::timestamp({=2})", func(a []string) (string, error) {
		return tsText(RoundTimestamp(ts(a[0]), num(a[1])), nil)
	}},
	"date_bin": {"date_bin({1}::interval, {2}::timestamp, {3}::timestamp)", func(a []string) (string, error) {
		return tsText(DateBin(iv(a[0]), ts(a[1]), ts(a[2])))
	}},
	"to_utc": {"({1}::timestamp at time zone {2}) at time zone 'UTC'", func(a []string) (string, error) {
		return tsText(UTCMicros(ts(a[0]), must(Location(a[1]))), nil)
	}},
	"to_local": {"({1}::timestamp at time zone 'UTC') at time zone {2}", func(a []string) (string, error) {
		local, _ := LocalMicros(ts(a[0]), must(Location(a[1])))
		return tsText(local, nil)
	}},
	"iadd":    {"{1}::interval + {2}::interval", func(a []string) (string, error) { return ivText(iv(a[0]).Add(iv(a[1]))) }},
	"isub":    {"{1}::interval - {2}::interval", func(a []string) (string, error) { return ivText(iv(a[0]).Sub(iv(a[1]))) }},
	"imul":    {"{1}::interval * {2}::float8", func(a []string) (string, error) { return ivText(iv(a[0]).Mul(f64(a[1]))) }},
	"idiv":    {"{1}::interval / {2}::float8", func(a []string) (string, error) { return ivText(iv(a[0]).Div(f64(a[1]))) }},
	"icmp":    {"interval_cmp({1}::interval, {2}::interval)", func(a []string) (string, error) { return intText(int64(iv(a[0]).Cmp(iv(a[1]))), nil) }},
	"jhours":  {"justify_hours({1}::interval)", func(a []string) (string, error) { return ivText(iv(a[0]).JustifyHours()) }},
	"jdays":   {"justify_days({1}::interval)", func(a []string) (string, error) { return ivText(iv(a[0]).JustifyDays()) }},
	"justify": {"justify_interval({1}::interval)", func(a []string) (string, error) { return ivText(iv(a[0]).Justify()) }},

	"nadd":   {"{1}::numeric + {2}::numeric", decOp(Decimal.Add)},
	"nsub":   {"{1}::numeric - {2}::numeric", decOp(Decimal.Sub)},
	"nmul":   {"{1}::numeric * {2}::numeric", decOp(Decimal.Mul)},
	"ndiv":   {"{1}::numeric / {2}::numeric", decOp(Decimal.Div)},
	"nmod":   {"mod({1}::numeric, {2}::numeric)", decOp(Decimal.Mod)},
	"ntdiv":  {"div({1}::numeric, {2}::numeric)", decOp(Decimal.DivTrunc)},
	"ncmp":   {"numeric_cmp({1}::numeric, {2}::numeric)", func(a []string) (string, error) { return intText(int64(dec(a[0]).Cmp(dec(a[1]))), nil) }},
	"nround": {"round({1}::numeric, {=2})", func(a []string) (string, error) { return decText(dec(a[0]).Round(num(a[1]))) }},
	"ntrunc": {"trunc({1}::numeric, {=2})", func(a []string) (string, error) { return decText(dec(a[0]).Trunc(num(a[1]))) }},
	"nceil":  {"ceil({1}::numeric)", func(a []string) (string, error) { return decText(dec(a[0]).Ceil()) }},
	"nfloor": {"floor({1}::numeric)", func(a []string) (string, error) { return decText(dec(a[0]).Floor()) }},
	"nsqrt":  {"sqrt({1}::numeric)", func(a []string) (string, error) { return decText(dec(a[0]).Sqrt()) }},
	"nneg":   {"-({1}::numeric)", func(a []string) (string, error) { return decText(dec(a[0]).Neg(), nil) }},
	"nscale": {"{1}::numeric({=2},{=3})", func(a []string) (string, error) { return decText(dec(a[0]).Rescale(num(a[1]), num(a[2]))) }},
	"nint8":  {"{1}::numeric::int8", func(a []string) (string, error) { return intText(dec(a[0]).ToInt64(64)) }},
	"nint4":  {"{1}::numeric::int4", func(a []string) (string, error) { return intText(dec(a[0]).ToInt64(32)) }},
	"nfloat": {"{1}::numeric::float8", func(a []string) (string, error) { return text(AppendFloat8)(dec(a[0]).ToFloat64(), nil) }},
	"nreal":  {"{1}::numeric::float4", func(a []string) (string, error) { return text(AppendFloat4)(dec(a[0]).ToFloat32(), nil) }},
	"floatn": {"{1}::float8::numeric", func(a []string) (string, error) { return decText(DecimalFromFloat64(f64(a[0]))) }},
	"realn":  {"{1}::float4::numeric", func(a []string) (string, error) { return decText(DecimalFromFloat32(must(ParseFloat4([]byte(a[0]))))) }},
	"nbin": {"encode(numeric_send({1}::numeric), 'hex')", func(a []string) (string, error) {
		bin := AppendDecimalBinary(nil, dec(a[0]))
		if back := must(ParseDecimalBinary(bin)); back != dec(a[0]) {
			return "", fmt.Errorf("read back as %v", back)
		}
		return hex.EncodeToString(bin), nil
	}},
}

func tsTZ(t int64, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return string(AppendTimestampTZ(nil, t, 0)), nil
}

func boolText(v bool, err error) (string, error) {
	if v {
		return "1", err
	}
	return "0", err
}

// call runs an op; a panic of must is an argument that does not parse.
func (o pgOp) call(args []string) (answer string) {
	defer func() {
		if r := recover(); r != nil {
			answer = answerOf("", r.(error))
		}
	}()
	return answerOf(o.run(args))
}

func answerOf(s string, err error) string {
	if err != nil {
		e := sqlerr.From(err)
		return "ERROR " + string(e.Code) + ": " + e.Message
	}
	return s
}

// query builds the SQL of a line.
func (o pgOp) query(args []string) string {
	q := o.sql
	for i, a := range args {
		q = strings.ReplaceAll(q, fmt.Sprintf("{=%d}", i+1), a)
		q = strings.ReplaceAll(q, fmt.Sprintf("{%d}", i+1), "'"+strings.ReplaceAll(a, "'", "''")+"'")
	}
	return q
}

// TestPostgres checks us against the answers of PostgreSQL 15 kept in
// testdata/postgres: a line is "op | argument | … => answer". A line whose
// answer begins with "!" is ours on purpose; what PostgreSQL says stands in a
// comment before it.
func TestPostgres(t *testing.T) {
	files, err := filepath.Glob("testdata/postgres/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no test files")
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if *psql != "" {
				data = askPostgres(t, data)
				if err := os.WriteFile(name, data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			checkLines(t, name, data)
		})
	}
}

func checkLines(t *testing.T, name string, data []byte) {
	start := time.Now()
	n := 0
	for i, line := range strings.Split(string(data), "\n") {
		op, args, want, ok := splitLine(line)
		if !ok {
			continue
		}
		n++
		o, ok := pgOps[op]
		if !ok {
			t.Fatalf("%s:%d: no operation %q", name, i+1, op)
		}
		if got := o.call(args); got != strings.TrimPrefix(want, "!") {
			t.Errorf("%s:%d: %s(%s)\n got %s\nwant %s", name, i+1, op, strings.Join(args, ", "), got, want)
		}
	}
	t.Logf("%d lines in %v", n, time.Since(start))
}

func splitLine(line string) (op string, args []string, want string, ok bool) {
	if line == "" || line[0] == '#' {
		return "", nil, "", false
	}
	left, want, _ := strings.Cut(line, " =>")
	parts := strings.Split(left, " | ")
	return parts[0], parts[1:], strings.TrimPrefix(want, " "), true
}

// askPostgres fills the answers in.
func askPostgres(t *testing.T, data []byte) []byte {
	var script, out bytes.Buffer
	script.WriteString(`SET timezone = 'UTC'; SET extra_float_digits = 1; SET bytea_output = 'hex';
CREATE FUNCTION pg_temp.try(q text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text; BEGIN EXECUTE 'SELECT (' || q || ')::text' INTO r; RETURN coalesce(r, 'NULL');
EXCEPTION WHEN OTHERS THEN RETURN 'ERROR ' || SQLSTATE || ': ' || SQLERRM; END $$;
`)
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	for _, line := range lines {
		if op, args, want, ok := splitLine(line); ok && !strings.HasPrefix(want, "!") {
			fmt.Fprintf(&script, "SELECT pg_temp.try($q$%s$q$);\n", pgOps[op].query(args))
		}
	}
	cmd := exec.Command("psql", *psql, "-XAtq")
	cmd.Stdin = &script
	answer, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(string(answer), "\n")
	for _, line := range lines {
		if op, args, want, ok := splitLine(line); ok && !strings.HasPrefix(want, "!") {
			line = strings.TrimSuffix(strings.Join(append([]string{op}, args...), " | ")+" => "+answers[0], " ")
			answers = answers[1:]
		}
		out.WriteString(line + "\n")
	}
	return out.Bytes()
}
