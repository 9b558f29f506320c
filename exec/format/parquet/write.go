package parquet

import (
	"io"

	"github.com/parquet-go/parquet-go"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	// groupRows and groupBytes, of values before packing, end a row group: it is
	// held in memory until then.
	groupRows  = 1 << 20
	groupBytes = 64 << 20
	// flushRows is how many rows are handed to the library at a time.
	flushRows = 64
)

// FileWriter writes a file. It is used by one goroutine.
type FileWriter struct {
	w      *parquet.GenericWriter[any]
	cols   []*column
	leaves [][]parquet.Value // of the row under way, by leaf
	rows   []parquet.Row
	size   int // bytes in the row group, about
}

// group is a group whose fields keep their order.
type group struct {
	parquet.Group
	order []string
}

func (g group) Fields() []parquet.Field {
	at := map[string]int{}
	for i, n := range g.order {
		at[n] = i
	}
	sorted := g.Group.Fields()
	out := make([]parquet.Field, len(sorted))
	for _, f := range sorted {
		out[at[f.Name()]] = f
	}
	return out
}

// CreateFile begins a file.
func CreateFile(out io.Writer, fields []catalog.Column, o Options) (f *FileWriter, err error) {
	defer guard(&err)
	f = &FileWriter{}
	root := group{Group: parquet.Group{}}
	for _, c := range fields {
		if _, twice := root.Group[c.Name]; twice {
			return nil, sqlerr.New(sqlerr.DuplicateColumn, "column %q specified more than once", c.Name)
		}
		n, err := nodeOf(c.Type)
		if err != nil {
			return nil, scalar.Within("field", c.Name, err)
		}
		root.Group[c.Name] = parquet.Optional(n)
		root.order = append(root.order, c.Name)
		f.cols = append(f.cols, f.column(c.Name, c.Type, 0, 0))
	}
	f.w = parquet.NewGenericWriter[any](out, parquet.NewSchema("row", root), parquet.Compression(o.Codec), parquet.MaxRowsPerRowGroup(groupRows), parquet.CreatedBy("penstock", "1", ""))
	return f, nil
}

// nodeOf gives the schema of a type's values.
func nodeOf(t catalog.Type) (parquet.Node, error) {
	switch t.Kind {
	case catalog.Boolean:
		return parquet.Leaf(parquet.BooleanType), nil
	case catalog.SmallInt:
		return parquet.Int(16), nil
	case catalog.Int:
		return parquet.Int(32), nil
	case catalog.BigInt:
		return parquet.Int(64), nil
	case catalog.Real:
		return parquet.Leaf(parquet.FloatType), nil
	case catalog.Double:
		return parquet.Leaf(parquet.DoubleType), nil
	case catalog.Bytes:
		return parquet.Leaf(parquet.ByteArrayType), nil
	case catalog.Date:
		return parquet.Date(), nil
	case catalog.Time:
		return parquet.TimeAdjusted(parquet.Microsecond, false), nil
	case catalog.Timestamp, catalog.TimestampLTZ:
		return parquet.TimestampAdjusted(parquet.Microsecond, t.Kind == catalog.TimestampLTZ), nil
	case catalog.JSON:
		return parquet.JSON(), nil
	case catalog.Decimal:
		if t.P == 0 {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "DECIMAL without precision in format \"parquet\" is not supported").
				Hint("declare DECIMAL(p,s): Parquet keeps one scale for all values")
		}
		return parquet.Decimal(t.S, t.P, parquet.FixedLenByteArrayType(16)), nil
	case catalog.Array:
		e, err := nodeOf(*t.Elem)
		if err != nil {
			return nil, err
		}
		return parquet.List(parquet.Optional(e)), nil
	case catalog.Map:
		k, err := nodeOf(*t.Key)
		if err != nil {
			return nil, err
		}
		e, err := nodeOf(*t.Elem)
		if err != nil {
			return nil, err
		}
		return parquet.Map(k, parquet.Optional(e)), nil
	case catalog.Row:
		g := group{Group: parquet.Group{}}
		for _, f := range t.Fields {
			n, err := nodeOf(f.Type)
			if err != nil {
				return nil, err
			}
			g.Group[f.Name] = parquet.Optional(n)
			g.order = append(g.order, f.Name)
		}
		return g, nil
	}
	return parquet.String(), nil
}

// column writes values of one type. All are optional but the keys of maps.
type column struct {
	name     string
	typ      catalog.Type
	text     *scalar.Writer
	def, rep int // the levels around it
	required bool
	leaf     int // the first of its leaves
	leaves   int
	kids     []*column
}

// column plans a type's leaves.
func (f *FileWriter) column(name string, t catalog.Type, def, rep int) *column {
	c := &column{name: name, typ: t, def: def, rep: rep, leaf: len(f.leaves), text: scalar.NewWriter(t, scalar.SQL)}
	switch t.Kind {
	case catalog.Array:
		c.kids = append(c.kids, f.column("element", *t.Elem, def+2, rep+1))
	case catalog.Map:
		k := f.column("key", *t.Key, def+2, rep+1)
		k.required = true
		c.kids = append(c.kids, k, f.column("value", *t.Elem, def+2, rep+1))
	case catalog.Row:
		for _, fd := range t.Fields {
			c.kids = append(c.kids, f.column(fd.Name, fd.Type, def+1, rep))
		}
	default:
		f.leaves = append(f.leaves, nil)
	}
	c.leaves = len(f.leaves) - c.leaf
	return c
}

// nothing writes that there is nothing at a level, to each leaf.
func (f *FileWriter) nothing(c *column, rep, def int) {
	for i := c.leaf; i < c.leaf+c.leaves; i++ {
		f.leaves[i] = append(f.leaves[i], parquet.NullValue().Level(rep, def, i))
	}
}

// add writes row i of v; rep is the repetition level of the first value.
func (f *FileWriter) add(c *column, v *exec.Column, i, rep int) error {
	if v.IsNull(i) {
		if c.required {
			return sqlerr.New(sqlerr.DataException, "a MAP with a NULL key cannot be written as Parquet")
		}
		f.nothing(c, rep, c.def)
		return nil
	}
	switch c.typ.Kind {
	case catalog.Row:
		for k, kid := range c.kids {
			if err := f.add(kid, v.Kids[k], i, rep); err != nil {
				return scalar.Within("field", kid.name, err)
			}
		}
		return nil
	case catalog.Array, catalog.Map:
		from, to := int(v.Offs[i]), int(v.Offs[i+1])
		if from == to {
			f.nothing(c, rep, c.def+1)
			return nil
		}
		for j := from; j < to; j++ {
			for k, kid := range c.kids {
				if err := f.add(kid, v.Kids[k], j, rep); err != nil {
					return err
				}
			}
			rep = c.rep + 1
		}
		return nil
	}
	x, err := c.value(v, i)
	if err != nil {
		return err
	}
	def := c.def + 1
	if c.required {
		def = c.def
	}
	f.leaves[c.leaf] = append(f.leaves[c.leaf], x.Level(rep, def, c.leaf))
	return nil
}

func errInfinity() error {
	return sqlerr.New(sqlerr.DatetimeOverflow, "infinity cannot be written as Parquet")
}

// value gives a scalar; what it points to stays until the rows are written.
func (c *column) value(v *exec.Column, i int) (parquet.Value, error) {
	switch c.typ.Kind {
	case catalog.Boolean:
		return parquet.BooleanValue(v.Bool[i]), nil
	case catalog.SmallInt, catalog.Int:
		return parquet.Int32Value(int32(v.Int[i])), nil
	case catalog.BigInt, catalog.Time:
		return parquet.Int64Value(v.Int[i]), nil
	case catalog.Date:
		if !datum.IsFinite(v.Int[i]) {
			return parquet.Value{}, errInfinity()
		}
		return parquet.Int32Value(int32(v.Int[i])), nil
	case catalog.Timestamp, catalog.TimestampLTZ:
		if !datum.IsFinite(v.Int[i]) {
			return parquet.Value{}, errInfinity()
		}
		return parquet.Int64Value(v.Int[i]), nil
	case catalog.Real:
		return parquet.FloatValue(float32(v.Float[i])), nil
	case catalog.Double:
		return parquet.DoubleValue(v.Float[i]), nil
	case catalog.Varchar, catalog.Bytes, catalog.JSON:
		return parquet.ByteArrayValue(v.Str(i)), nil // the batch stays until Write returns
	case catalog.Decimal:
		return c.decimal(v.Dec[i])
	}
	return parquet.ByteArrayValue(c.text.Append(nil, v, i)), nil
}

func (c *column) decimal(d datum.Decimal) (parquet.Value, error) {
	d, err := d.Rescale(c.typ.P, c.typ.S)
	if err == nil && d.Form != datum.Finite {
		err = sqlerr.New(sqlerr.NumericOutOfRange, "%s cannot be written as Parquet", d)
	}
	if err != nil {
		return parquet.Value{}, err
	}
	b := make([]byte, 16)
	for i := range 8 {
		b[i], b[i+8] = byte(uint64(d.Hi)>>(56-8*i)), byte(d.Lo>>(56-8*i))
	}
	return parquet.FixedLenByteArrayValue(b), nil
}

// Write adds rows.
func (f *FileWriter) Write(b *exec.Batch) (err error) {
	defer guard(&err)
	for r := range b.Rows() {
		for i := range f.leaves {
			f.leaves[i] = f.leaves[i][:0]
		}
		for i, c := range f.cols {
			if err := f.add(c, b.Cols[i], b.Row(r), 0); err != nil {
				return scalar.Within("field", c.name, err)
			}
		}
		if len(f.rows) == cap(f.rows) && len(f.rows) < flushRows {
			f.rows = append(f.rows, nil)
		} else {
			f.rows = f.rows[:len(f.rows)+1]
		}
		row := f.rows[len(f.rows)-1][:0]
		for _, l := range f.leaves {
			row = append(row, l...)
			for i := range l {
				f.size += 8
				if k := l[i].Kind(); k == parquet.ByteArray {
					f.size += len(l[i].ByteArray())
				}
			}
		}
		f.rows[len(f.rows)-1] = row
		if len(f.rows) == flushRows {
			if err := f.hand(); err != nil {
				return err
			}
		}
	}
	return f.hand() // the batch's memory is used again
}

// hand gives the rows to the library, and ends the row group when it is big.
func (f *FileWriter) hand() error {
	if len(f.rows) == 0 {
		return nil
	}
	if _, err := f.w.WriteRows(f.rows); err != nil {
		return err
	}
	f.rows = f.rows[:0]
	if f.size < groupBytes {
		return nil
	}
	f.size = 0
	return f.w.Flush()
}

// Held is the size of the row group under way, before it is packed.
func (f *FileWriter) Held() int64 { return int64(f.size) }

// Close writes the footer.
func (f *FileWriter) Close() (err error) {
	defer guard(&err)
	return f.w.Close()
}
