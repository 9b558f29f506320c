package optest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// Type is a type of the text form.
type Type struct {
	Name string
	Kids []Type
}

// ParseType reads a type.
func ParseType(s string) Type {
	name, rest, nested := strings.Cut(s, "(")
	t := Type{Name: name}
	if nested {
		for _, k := range splitTop(strings.TrimSuffix(rest, ")"), ",") {
			t.Kids = append(t.Kids, ParseType(k))
		}
	}
	return t
}

// ParseTypes reads "a:int b:str".
func ParseTypes(s string) []Type {
	var ts []Type
	for _, f := range strings.Fields(s) {
		_, typ, ok := strings.Cut(f, ":")
		if !ok {
			panic(fmt.Sprintf("column %q wants name:type", f))
		}
		ts = append(ts, ParseType(typ))
	}
	return ts
}

// New makes an empty column of the type.
func (t Type) New() *exec.Column {
	kids := make([]*exec.Column, len(t.Kids))
	for i, k := range t.Kids {
		kids[i] = k.New()
	}
	l, ok := map[string]exec.Layout{
		"bool": exec.Bools, "int": exec.Ints, "ts": exec.Ints, "float": exec.Floats, "dec": exec.Decimals,
		"ivl": exec.Intervals, "str": exec.Strings, "list": exec.List, "row": exec.Struct, "map": exec.MapOf,
	}[t.Name]
	if !ok {
		panic(fmt.Sprintf("no type %q", t.Name))
	}
	return exec.NewColumn(l, kids...)
}

// NewBatch makes an empty batch of the types.
func NewBatch(ts []Type) *exec.Batch {
	b := &exec.Batch{Split: -1}
	for _, t := range ts {
		b.Cols = append(b.Cols, t.New())
	}
	return b
}

// AppendRow adds the row that the line describes.
func AppendRow(b *exec.Batch, ts []Type, line string) {
	fs := splitTop(strings.TrimSpace(line), " ")
	if len(fs) != len(ts) {
		panic(fmt.Sprintf("row %q has %d values for %d columns", line, len(fs), len(ts)))
	}
	for i, f := range fs {
		ts[i].append(b.Cols[i], f)
	}
	b.N++
}

// Parse makes a batch of a header ("a:int b:str") and lines.
func Parse(header, rows string) *exec.Batch {
	ts := ParseTypes(header)
	b := NewBatch(ts)
	for line := range strings.Lines(rows) {
		if line = strings.TrimSpace(line); line != "" {
			AppendRow(b, ts, line)
		}
	}
	return b
}

// splitTop cuts s at separators outside of quotes and brackets; runs of blanks
// count as one.
func splitTop(s, sep string) []string {
	var out []string
	depth, from, quoted := 0, 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case strings.IndexByte("([{<", c) >= 0:
			depth++
		case strings.IndexByte(")]}>", c) >= 0:
			depth--
		case depth == 0 && string(c) == sep:
			if sep != " " || i > from {
				out = append(out, s[from:i])
			}
			from = i + 1
		}
	}
	if from < len(s) || sep == "," && len(out) > 0 {
		out = append(out, s[from:])
	}
	return out
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (t Type) append(c *exec.Column, s string) {
	if s == "NULL" {
		c.AppendNull()
		return
	}
	switch t.Name {
	case "bool":
		c.AppendBool(must(strconv.ParseBool(s)))
	case "int":
		c.AppendInt(must(strconv.ParseInt(s, 10, 64)))
	case "ts":
		c.AppendInt(ParseTime(s))
	case "float":
		c.AppendFloat(must(strconv.ParseFloat(s, 64)))
	case "dec":
		c.AppendDecimal(ParseDecimal(s))
	case "ivl":
		var v datum.Interval
		must(fmt.Sscanf(s, "%d/%d/%d", &v.Months, &v.Days, &v.Micros))
		c.AppendInterval(v)
	case "str":
		if len(s) > 1 && s[0] == '\'' {
			s = s[1 : len(s)-1]
		}
		c.AppendString(s)
	default:
		t.appendNested(c, s[1:len(s)-1])
	}
}

func (t Type) appendNested(c *exec.Column, s string) {
	items := splitTop(s, ",")
	switch t.Name {
	case "list":
		for _, it := range items {
			t.Kids[0].append(c.Kids[0], it)
		}
		c.EndList()
	case "row":
		for i, it := range items {
			t.Kids[i].append(c.Kids[i], it)
		}
		c.EndStruct()
	case "map":
		for _, it := range items {
			kv := splitTop(it, "=")
			t.Kids[0].append(c.Kids[0], kv[0])
			t.Kids[1].append(c.Kids[1], kv[1])
		}
		c.EndList()
	}
}

// ParseTime reads a timestamp.
func ParseTime(s string) int64 {
	switch s {
	case "infinity":
		return math.MaxInt64
	case "-infinity":
		return math.MinInt64
	}
	if !strings.Contains(s, "T") {
		s = "1970-01-01T" + s
	}
	return must(time.Parse("2006-01-02T15:04:05", s)).UnixMicro()
}

// FormatTime writes a timestamp.
func FormatTime(v int64) string {
	switch v {
	case math.MaxInt64:
		return "infinity"
	case math.MinInt64:
		return "-infinity"
	}
	s := time.UnixMicro(v).UTC().Format("2006-01-02T15:04:05.999999")
	return strings.TrimPrefix(s, "1970-01-01T")
}

// ParseDecimal reads a decimal of up to 18 digits.
func ParseDecimal(s string) datum.Decimal {
	switch s {
	case "NaN":
		return datum.Decimal{Form: datum.NaN}
	case "inf":
		return datum.Decimal{Form: datum.PosInf}
	case "-inf":
		return datum.Decimal{Form: datum.NegInf}
	}
	whole, frac, _ := strings.Cut(s, ".")
	v := must(strconv.ParseInt(whole+frac, 10, 64))
	return datum.Decimal{Hi: v >> 63, Lo: uint64(v), Scale: int16(len(frac))}
}

func formatDecimal(d datum.Decimal) string {
	switch d.Form {
	case datum.NaN:
		return "NaN"
	case datum.PosInf:
		return "inf"
	case datum.NegInf:
		return "-inf"
	default:
	}
	v, sign := int64(d.Lo), ""
	if v < 0 {
		v, sign = -v, "-"
	}
	s := fmt.Sprintf("%0*d", int(d.Scale)+1, v)
	if d.Scale > 0 {
		s = s[:len(s)-int(d.Scale)] + "." + s[len(s)-int(d.Scale):]
	}
	return sign + s
}

// Format writes value i of c.
func (t Type) Format(c *exec.Column, i int) string {
	if c.IsNull(i) {
		return "NULL"
	}
	switch t.Name {
	case "bool":
		return strconv.FormatBool(c.Bool[i])
	case "int":
		return strconv.FormatInt(c.Int[i], 10)
	case "ts":
		return FormatTime(c.Int[i])
	case "float":
		return strconv.FormatFloat(c.Float[i], 'g', -1, 64)
	case "dec":
		return formatDecimal(c.Dec[i])
	case "ivl":
		return fmt.Sprintf("%d/%d/%d", c.Ivl[i].Months, c.Ivl[i].Days, c.Ivl[i].Micros)
	case "str":
		s := string(c.Str(i))
		if s == "" || s == "NULL" || strings.ContainsAny(s, " ,=[]{}<>()") {
			return "'" + s + "'"
		}
		return s
	case "row":
		var kids []string
		for k, kt := range t.Kids {
			kids = append(kids, kt.Format(c.Kids[k], i))
		}
		return "{" + strings.Join(kids, ",") + "}"
	}
	var items []string
	for j := int(c.Offs[i]); j < int(c.Offs[i+1]); j++ {
		s := t.Kids[0].Format(c.Kids[0], j)
		if t.Name == "map" {
			s += "=" + t.Kids[1].Format(c.Kids[1], j)
		}
		items = append(items, s)
	}
	if t.Name == "map" {
		return "<" + strings.Join(items, ",") + ">"
	}
	return "[" + strings.Join(items, ",") + "]"
}

// Rows writes the rows of b that count, a line each.
func Rows(b *exec.Batch, ts []Type) []string {
	var out []string
	for i := range b.Rows() {
		r := b.Row(i)
		vals := make([]string, len(ts))
		for ci, t := range ts {
			vals[ci] = t.Format(b.Cols[ci], r)
		}
		out = append(out, strings.Join(vals, " "))
	}
	return out
}
