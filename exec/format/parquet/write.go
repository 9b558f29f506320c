package parquet

import (
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	// groupRows ends a row group: what is written of it is held in memory, packed.
	groupRows = 1 << 20
	// groupBytes ends one too, by its packed size.
	groupBytes = 64 << 20
)

// FileWriter writes a file. It is used by one goroutine.
type FileWriter struct {
	w      *pqarrow.FileWriter
	build  *array.RecordBuilder
	fields []catalog.Column
	buf    []byte
}

// CreateFile begins a file.
func CreateFile(out io.Writer, fields []catalog.Column, o Options) (*FileWriter, error) {
	f := &FileWriter{fields: fields}
	list := make([]arrow.Field, len(fields))
	for i, c := range fields {
		t, err := arrowType(c.Type)
		if err != nil {
			return nil, scalar.Within("field", c.Name, err)
		}
		list[i] = arrow.Field{Name: c.Name, Type: t, Nullable: true}
	}
	schema := arrow.NewSchema(list, nil)
	props := parquet.NewWriterProperties(parquet.WithCompression(o.Codec), parquet.WithMaxRowGroupLength(groupRows), parquet.WithCreatedBy("penstock"))
	w, err := pqarrow.NewFileWriter(schema, out, props, pqarrow.NewArrowWriterProperties(pqarrow.WithCoerceTimestamps(arrow.Microsecond)))
	if err != nil {
		return nil, sqlerr.Wrap(err, sqlerr.InternalError, "Parquet: %s", err)
	}
	f.w, f.build = w, array.NewRecordBuilder(memory.DefaultAllocator, schema)
	return f, nil
}

// arrowType gives the Arrow type in which values of t are written.
func arrowType(t catalog.Type) (arrow.DataType, error) {
	switch t.Kind {
	case catalog.Boolean:
		return arrow.FixedWidthTypes.Boolean, nil
	case catalog.SmallInt:
		return arrow.PrimitiveTypes.Int16, nil
	case catalog.Int:
		return arrow.PrimitiveTypes.Int32, nil
	case catalog.BigInt:
		return arrow.PrimitiveTypes.Int64, nil
	case catalog.Real:
		return arrow.PrimitiveTypes.Float32, nil
	case catalog.Double:
		return arrow.PrimitiveTypes.Float64, nil
	case catalog.Bytes:
		return arrow.BinaryTypes.Binary, nil
	case catalog.Date:
		return arrow.FixedWidthTypes.Date32, nil
	case catalog.Time:
		return arrow.FixedWidthTypes.Time64us, nil
	case catalog.Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond}, nil
	case catalog.TimestampLTZ:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, nil
	case catalog.Decimal:
		if t.P == 0 {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "DECIMAL without precision in format \"parquet\" is not supported").
				Hint("declare DECIMAL(p,s): Parquet keeps one scale for all values")
		}
		return &arrow.Decimal128Type{Precision: int32(t.P), Scale: int32(t.S)}, nil
	case catalog.Array:
		e, err := arrowType(*t.Elem)
		if err != nil {
			return nil, err
		}
		return arrow.ListOf(e), nil
	case catalog.Map:
		k, err := arrowType(*t.Key)
		if err != nil {
			return nil, err
		}
		e, err := arrowType(*t.Elem)
		if err != nil {
			return nil, err
		}
		return arrow.MapOf(k, e), nil
	case catalog.Row:
		list := make([]arrow.Field, len(t.Fields))
		for i, f := range t.Fields {
			e, err := arrowType(f.Type)
			if err != nil {
				return nil, err
			}
			list[i] = arrow.Field{Name: f.Name, Type: e, Nullable: true}
		}
		return arrow.StructOf(list...), nil
	}
	return arrow.BinaryTypes.String, nil
}

// Write adds rows.
func (f *FileWriter) Write(b *exec.Batch) (err error) {
	defer guard(&err)
	for i, c := range f.fields {
		w := scalar.NewWriter(c.Type, scalar.SQL)
		for r := range b.Rows() {
			if err := f.value(f.build.Field(i), w, c.Type, b.Cols[i], b.Row(r)); err != nil {
				return scalar.Within("field", c.Name, err)
			}
		}
	}
	rec := f.build.NewRecordBatch()
	defer rec.Release()
	if err := f.w.WriteBuffered(rec); err != nil {
		return err
	}
	if f.w.RowGroupTotalBytesWritten() >= groupBytes {
		f.w.NewBufferedRowGroup()
	}
	return nil
}

// value adds row i of c to a builder.
func (f *FileWriter) value(b array.Builder, w *scalar.Writer, t catalog.Type, c *exec.Column, i int) error {
	if c.IsNull(i) {
		b.AppendNull()
		return nil
	}
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(c.Bool[i])
	case *array.Int16Builder:
		b.Append(int16(c.Int[i]))
	case *array.Int32Builder:
		b.Append(int32(c.Int[i]))
	case *array.Int64Builder:
		b.Append(c.Int[i])
	case *array.Float32Builder:
		b.Append(float32(c.Float[i]))
	case *array.Float64Builder:
		b.Append(c.Float[i])
	case *array.BinaryBuilder:
		b.Append(c.Str(i))
	case *array.Date32Builder:
		if !datum.IsFinite(c.Int[i]) {
			return errInfinity()
		}
		b.Append(arrow.Date32(c.Int[i]))
	case *array.Time64Builder:
		b.Append(arrow.Time64(c.Int[i]))
	case *array.TimestampBuilder:
		if !datum.IsFinite(c.Int[i]) {
			return errInfinity()
		}
		b.Append(arrow.Timestamp(c.Int[i]))
	case *array.Decimal128Builder:
		d, err := c.Dec[i].Rescale(t.P, t.S)
		if err == nil && d.Form != datum.Finite {
			err = sqlerr.New(sqlerr.NumericOutOfRange, "%s cannot be written as Parquet", d)
		}
		if err != nil {
			return err
		}
		b.Append(decimal128.New(d.Hi, d.Lo))
	case *array.StringBuilder:
		f.buf = w.Append(f.buf[:0], c, i)
		b.BinaryBuilder.Append(f.buf)
	default:
		return f.nested(b, t, c, i)
	}
	return nil
}

func errInfinity() error {
	return sqlerr.New(sqlerr.DatetimeOverflow, "infinity cannot be written as Parquet")
}

func (f *FileWriter) nested(b array.Builder, t catalog.Type, c *exec.Column, i int) error {
	switch b := b.(type) {
	case *array.StructBuilder:
		b.Append(true)
		for k, ft := range t.Fields {
			if err := f.value(b.FieldBuilder(k), scalar.NewWriter(ft.Type, scalar.SQL), ft.Type, c.Kids[k], i); err != nil {
				return err
			}
		}
	case *array.ListBuilder:
		b.Append(true)
		w := scalar.NewWriter(*t.Elem, scalar.SQL)
		for j := int(c.Offs[i]); j < int(c.Offs[i+1]); j++ {
			if err := f.value(b.ValueBuilder(), w, *t.Elem, c.Kids[0], j); err != nil {
				return err
			}
		}
	case *array.MapBuilder:
		b.Append(true)
		k, v := scalar.NewWriter(*t.Key, scalar.SQL), scalar.NewWriter(*t.Elem, scalar.SQL)
		for j := int(c.Offs[i]); j < int(c.Offs[i+1]); j++ {
			if c.Kids[0].IsNull(j) {
				return sqlerr.New(sqlerr.DataException, "a MAP with a NULL key cannot be written as Parquet")
			}
			if err := f.value(b.KeyBuilder(), k, *t.Key, c.Kids[0], j); err != nil {
				return err
			}
			if err := f.value(b.ItemBuilder(), v, *t.Elem, c.Kids[1], j); err != nil {
				return err
			}
		}
	default:
		return sqlerr.New(sqlerr.InternalError, "Parquet: no way to write %s", t)
	}
	return nil
}

// Close writes the footer.
func (f *FileWriter) Close() (err error) {
	defer guard(&err)
	f.build.Release()
	return f.w.Close()
}
