package debezium

import (
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/json"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	prefix     = "debezium-json."
	optInclude = prefix + "schema-include"
)

// Specs declares the options: this format's, and those of JSON under its name.
var Specs = func() []catalog.OptionSpec {
	list := []catalog.OptionSpec{{Key: optInclude, Kind: catalog.OptBool, Default: "false",
		Doc: "records are {\"schema\": …, \"payload\": …}, as Kafka Connect writes them with schemas.enable=true"}}
	for _, s := range json.Specs {
		s.Key = prefix + strings.TrimPrefix(s.Key, "json.")
		list = append(list, s)
	}
	return list
}()

// Options are the settings.
type Options struct {
	Wrapped bool
	JSON    json.Options
}

// NewOptions takes the settings from checked options.
func NewOptions(v *catalog.OptionValues) (Options, error) {
	return Options{Wrapped: v.Bool(optInclude), JSON: json.Options{
		Timestamps: scalar.TimestampForm(v.Enum(prefix + "timestamp-format")), EmptyStringAsNull: v.Bool(prefix + "empty-string-as-null"),
	}}, nil
}

// The keys of metadata, as Flink has them, op and before aside.
const (
	MetaOp        = "op"
	MetaBefore    = "before"
	MetaIngestion = "ingestion-timestamp"
	MetaSourceAt  = "source.timestamp"
	MetaDatabase  = "source.database"
	MetaSchema    = "source.schema"
	MetaTable     = "source.table"
	MetaSource    = "source.properties"
)

// MetaType is the type of a metadata key, if there is one.
func MetaType(key string) (catalog.Type, bool) {
	switch key {
	case MetaOp, MetaDatabase, MetaSchema, MetaTable:
		return catalog.Of(catalog.Varchar), true
	case MetaBefore:
		return catalog.Of(catalog.JSON), true
	case MetaIngestion, MetaSourceAt:
		return catalog.Of(catalog.TimestampLTZ).WithFrac(3), true
	case MetaSource:
		return catalog.MapOf(catalog.Of(catalog.Varchar), catalog.Of(catalog.Varchar)), true
	}
	return catalog.Type{}, false
}

// the fields of the envelope, and of its source.
const (
	before = iota
	after
	op
	tsMs
	source
	numEnvelope
)

const (
	sourceAt = iota
	sourceDB
	sourceSchema
	sourceTable
	numSource
)

// Decoder fills columns from events. It is used by one goroutine.
type Decoder struct {
	wrapper  *json.Decoder // nil: there is none
	envelope *json.Decoder
	source   *json.Decoder // nil: nobody asks
	whole    *json.Decoder // the source as a MAP; nil: nobody asks
	row      *json.Decoder

	wrapped, parts, facts, dict []*exec.Column
	metas                       []meta
	rowAt                       []int // the columns that row fills
	rowCols                     []*exec.Column
}

// meta is a metadata column.
type meta struct {
	col    int
	key    string
	digits int
}

// NewDecoder makes a decoder; metas names for each of want the metadata it stands
// for, if any.
func NewDecoder(want []catalog.Column, metas []string, o Options) (*Decoder, error) {
	d := &Decoder{}
	var fields []catalog.Column
	for i, f := range want {
		if metas == nil || metas[i] == "" {
			fields = append(fields, f)
			d.rowAt = append(d.rowAt, i)
			continue
		}
		t, ok := MetaType(metas[i])
		if !ok || !t.SameKind(f.Type) && !(t.IsTimestamp() && f.Type.IsTimestamp()) {
			return nil, sqlerr.New(sqlerr.DatatypeMismatch, "metadata %q is of type %s, not %s", metas[i], t, f.Type)
		}
		d.metas = append(d.metas, meta{i, metas[i], f.Type.FracDigits()})
	}
	d.rowCols = make([]*exec.Column, len(fields))
	var err error
	if d.row, err = json.NewDecoder(fields, o.JSON); err != nil {
		return nil, err
	}
	jsonType, text, number := catalog.Of(catalog.JSON), catalog.Of(catalog.Varchar), catalog.Of(catalog.BigInt)
	if o.Wrapped {
		if d.wrapper, d.wrapped, err = parts([]catalog.Column{{Name: "payload", Type: jsonType}}); err != nil {
			return nil, err
		}
	}
	d.envelope, d.parts, err = parts([]catalog.Column{{Name: "before", Type: jsonType}, {Name: "after", Type: jsonType}, {Name: "op", Type: text},
		{Name: "ts_ms", Type: number}, {Name: "source", Type: jsonType}})
	if err != nil {
		return nil, err
	}
	for _, m := range d.metas {
		switch m.key {
		case MetaSourceAt, MetaDatabase, MetaSchema, MetaTable:
			d.source, d.facts, err = parts([]catalog.Column{{Name: "ts_ms", Type: number}, {Name: "db", Type: text}, {Name: "schema", Type: text}, {Name: "table", Type: text}})
		case MetaSource:
			t, _ := MetaType(MetaSource)
			d.whole, d.dict, err = parts([]catalog.Column{{Name: "source", Type: t}})
		}
		if err != nil {
			return nil, err
		}
	}
	return d, nil
}

// parts makes a decoder and the columns it fills.
func parts(fields []catalog.Column) (*json.Decoder, []*exec.Column, error) {
	d, err := json.NewDecoder(fields, json.Options{})
	cols := make([]*exec.Column, len(fields))
	for i, f := range fields {
		cols[i] = exec.NewColumnOf(f.Type)
	}
	return d, cols, err
}

// into decodes b into one row of cols, which is made empty before.
func into(d *json.Decoder, b []byte, cols []*exec.Column) error {
	for _, c := range cols {
		c.Reset()
	}
	return d.Append(b, cols)
}

// present gives the text of a JSON column's only row, if it is more than null.
func present(c *exec.Column) ([]byte, bool) {
	if c.IsNull(0) {
		return nil, false
	}
	s := c.Str(0)
	return s, string(s) != "null"
}

// Append adds the event in b as one row to cols.
func (d *Decoder) Append(b []byte, cols []*exec.Column) error {
	if d.wrapper != nil {
		if err := into(d.wrapper, b, d.wrapped); err != nil {
			return err
		}
		var ok bool
		if b, ok = present(d.wrapped[0]); !ok {
			return sqlerr.New(sqlerr.InvalidTextRepresentation, "the event has no payload").Hint("set %q to false if it is not wrapped", optInclude)
		}
	}
	if err := into(d.envelope, b, d.parts); err != nil {
		return err
	}
	if d.parts[op].IsNull(0) {
		return sqlerr.New(sqlerr.InvalidTextRepresentation, "the event has no op").
			Hint("set %q to true if it stands in {\"schema\": …, \"payload\": …}", optInclude)
	}
	kind, image, err := d.change()
	if err != nil {
		return err
	}
	for i, at := range d.rowAt {
		d.rowCols[i] = cols[at]
	}
	n := 0
	if len(cols) > 0 {
		n = cols[0].Len()
	}
	if err := d.row.Append(image, d.rowCols); err != nil {
		return err
	}
	if err := d.addMetas(b, kind, cols); err != nil {
		scalar.RollbackAll(cols, n)
		return err
	}
	return nil
}

// change tells what the event is, and gives the row it is about.
func (d *Decoder) change() (kind string, image []byte, err error) {
	which, name := after, "after"
	switch c := d.parts[op].Str(0); string(c) {
	case "c", "r":
		kind = "+I"
	case "u":
		kind = "+U"
	case "d":
		kind, which, name = "-D", before, "before"
	default:
		return "", nil, sqlerr.New(sqlerr.FeatureNotSupported, "events of op %q are not supported", scalar.Excerpt(c)).Hint("c, r, u and d are")
	}
	image, ok := present(d.parts[which])
	if !ok {
		e := sqlerr.New(sqlerr.InvalidTextRepresentation, "the event of op %q has no %q", d.parts[op].Str(0), name)
		if which == before {
			e = e.Hint("PostgreSQL sends it for tables of REPLICA IDENTITY FULL")
		}
		return "", nil, e
	}
	return kind, image, nil
}

// addMetas adds the metadata columns.
func (d *Decoder) addMetas(b []byte, kind string, cols []*exec.Column) error {
	known := false
	if s, ok := present(d.parts[source]); ok && d.source != nil {
		if err := into(d.source, s, d.facts); err != nil {
			return scalar.Within("field", "source", err)
		}
		known = true
	}
	if d.whole != nil {
		if err := into(d.whole, b, d.dict); err != nil {
			return err
		}
	}
	for _, m := range d.metas {
		c := cols[m.col]
		switch m.key {
		case MetaOp:
			c.AppendString(kind)
		case MetaBefore:
			if s, ok := present(d.parts[before]); ok {
				c.AppendBytes(s)
			} else {
				c.AppendNull()
			}
		case MetaSource:
			c.AppendFrom(d.dict[0], 0)
		case MetaIngestion:
			if err := appendTime(c, d.parts[tsMs], m.digits); err != nil {
				return err
			}
		case MetaSourceAt:
			if !known {
				c.AppendNull()
			} else if err := appendTime(c, d.facts[sourceAt], m.digits); err != nil {
				return err
			}
		default:
			at := map[string]int{MetaDatabase: sourceDB, MetaSchema: sourceSchema, MetaTable: sourceTable}[m.key]
			if !known {
				c.AppendNull()
			} else {
				c.AppendFrom(d.facts[at], 0)
			}
		}
	}
	return nil
}

// appendTime adds milliseconds as a timestamp.
func appendTime(c, ms *exec.Column, digits int) error {
	if ms.IsNull(0) {
		c.AppendNull()
		return nil
	}
	const far = 1 << 52 // milliseconds further than any timestamp
	v := ms.Int[0]
	if v > far || v < -far || !datum.TimestampInRange(v*datum.MicrosPerMilli) {
		return sqlerr.New(sqlerr.DatetimeOverflow, "timestamp out of range: %d", v)
	}
	c.AppendInt(datum.RoundTimestamp(v*datum.MicrosPerMilli, digits))
	return nil
}

// Encoder writes rows as events. It is used by one goroutine.
type Encoder struct {
	row  *json.Encoder
	cols []int // those of the row
	op   int   // the column that says what the change was, or -1: all are inserts
	view exec.Batch
}

// NewEncoder makes an encoder of the given fields; opName is the name of the one
// that is the op.
func NewEncoder(fields []catalog.Column, opName string, o Options) (*Encoder, error) {
	if o.Wrapped {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "option %q for writing is not supported", optInclude)
	}
	e := &Encoder{op: -1}
	var own []catalog.Column
	for i, f := range fields {
		if f.Name == opName {
			e.op = i
			continue
		}
		own = append(own, f)
		e.cols = append(e.cols, i)
	}
	e.view.Cols = make([]*exec.Column, len(own))
	var err error
	e.row, err = json.NewEncoder(own, o.JSON)
	return e, err
}

// Encode appends the event of a row: NULL in the op's column is an insert.
func (e *Encoder) Encode(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	start := len(dst)
	head, tail := `{"before":null,"after":`, `,"op":"c"}`
	if e.op >= 0 && !b.Cols[e.op].IsNull(row) {
		switch s := b.Cols[e.op].Str(row); string(s) {
		case "+I", "c", "r":
		case "+U", "u":
			tail = `,"op":"u"}`
		case "-U", "-D", "d":
			head, tail = `{"before":`, `,"after":null,"op":"d"}`
		default:
			return dst, sqlerr.New(sqlerr.InvalidTextRepresentation, "invalid op of a change: \"%s\"", scalar.Excerpt(s)).Hint("+I, +U, -U, -D")
		}
	}
	for i, c := range e.cols {
		e.view.Cols[i] = b.Cols[c]
	}
	e.view.N = b.N
	dst, err := e.row.Encode(append(dst, head...), &e.view, row)
	if err != nil {
		return dst[:start], err
	}
	return append(dst, tail...), nil
}
