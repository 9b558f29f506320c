package format

import (
	"io"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format/avro"
	"github.com/penstock/penstock/exec/format/csv"
	"github.com/penstock/penstock/exec/format/debezium"
	"github.com/penstock/penstock/exec/format/json"
	"github.com/penstock/penstock/exec/format/parquet"
	"github.com/penstock/penstock/exec/format/protobuf"
	"github.com/penstock/penstock/exec/format/raw"
	"github.com/penstock/penstock/internal/sqlerr"
)

// formats is the registry. A format is added here and in a package of its own
// beneath this one.
var formats = register(jsonFormat(), rawFormat(), csvFormat(), avroFormat(), avroConfluentFormat(Reach{}),
	protobufFormat(Reach{}), protobufConfluentFormat(Reach{}), debeziumFormat(), parquetFormat())

func register(list ...*Format) map[string]*Format {
	all := make(map[string]*Format, len(list))
	for _, f := range list {
		all[f.Name] = f.ready()
	}
	return all
}

// ready adds what follows from the rest.
func (f *Format) ready() *Format {
	f.NewDecoder = func(fields []Field, opts map[string]string) (Decoder, error) {
		return f.Decoder(Table{Columns: fields, Want: fields}, opts)
	}
	return f
}

// checked puts the reading of options before the making of a thing: o reads
// checked options, dec and enc make the format's decoder and encoder.
func checked[O any, D Decoder, E Encoder](f *Format, o func(*catalog.OptionValues) (O, error),
	dec func(Table, O) (D, error), enc func([]Field, O) (E, error)) {
	options := func(opts map[string]string) (O, error) {
		v, err := f.values(opts)
		if err != nil {
			var none O
			return none, err
		}
		return o(v)
	}
	f.Decoder = func(t Table, opts map[string]string) (Decoder, error) {
		v, err := options(opts)
		if err != nil {
			return nil, err
		}
		d, err := dec(t, v)
		if err != nil {
			return nil, err
		}
		return d, nil
	}
	f.NewEncoder = func(fields []Field, opts map[string]string) (Encoder, error) {
		v, err := options(opts)
		if err != nil {
			return nil, err
		}
		e, err := enc(fields, v)
		if err != nil {
			return nil, err
		}
		return e, nil
	}
}

func jsonFormat() *Format {
	f := &Format{Name: "json", Doc: "a JSON object a record, one member a column", Options: json.Specs}
	checked(f, func(v *catalog.OptionValues) (json.Options, error) { return json.NewOptions(v), nil },
		func(t Table, o json.Options) (*json.Decoder, error) { return json.NewDecoder(t.Want, o) }, json.NewEncoder)
	return f
}

func rawFormat() *Format {
	f := &Format{Name: "raw", EmptyRecords: true, Doc: "the record as it stands, in one VARCHAR or BYTES column"}
	checked(f, func(*catalog.OptionValues) (struct{}, error) { return struct{}{}, nil },
		func(t Table, _ struct{}) (*raw.Decoder, error) { return raw.NewDecoder(t.Want) },
		func(fields []Field, _ struct{}) (*raw.Encoder, error) { return raw.NewEncoder(fields) })
	return f
}

func csvFormat() *Format {
	f := &Format{Name: "csv", Doc: "values separated by commas (RFC 4180), one a column in the table's order", Options: csv.Specs, FileOptions: csv.FileSpecs}
	checked(f, csv.NewOptions, func(t Table, o csv.Options) (*csv.Decoder, error) { return csv.NewDecoder(t.Columns, t.Want, o) }, csv.NewEncoder)
	f.Records = func(opts map[string]string) (Records, error) {
		v, err := f.values(opts)
		if err != nil {
			return nil, err
		}
		o, err := csv.NewOptions(v)
		if err != nil {
			return nil, err
		}
		return csv.NewRecords(o), nil
	}
	return f
}

func avroFormat() *Format {
	f := &Format{Name: "avro", EmptyRecords: true, Doc: "Avro records of one schema, and files of any (object containers)", Options: avro.Specs, FileOptions: avro.FileSpecs}
	checked(f, avro.NewOptions, func(t Table, o avro.Options) (*avro.Decoder, error) { return avro.NewDecoder(t.Columns, t.Want, o) }, avro.NewEncoder)
	whole(f, avro.NewOptions, func(in FileInput, t Table, o avro.Options) (*avro.FileReader, error) {
		return avro.OpenFile(in.Stream, t.Want, o)
	}, avro.CreateFile)
	return f
}

func avroConfluentFormat(r Reach) *Format {
	f := &Format{Name: "avro-confluent", RecordsOnly: true, Doc: "Avro records with the id of their schema in a registry in front", Options: avro.ConfluentSpecs}
	checked(f, func(v *catalog.OptionValues) (avro.Options, error) {
		o, err := avro.NewConfluentOptions(v)
		o.Registry.Dial = r.Dial
		return o, err
	}, func(t Table, o avro.Options) (*avro.Decoder, error) { return avro.NewDecoder(t.Columns, t.Want, o) }, avro.NewEncoder)
	f.reaching = func(r Reach) *Format { return avroConfluentFormat(r).ready() }
	return f
}

func protobufFormat(r Reach) *Format {
	f := &Format{Name: "protobuf", EmptyRecords: true, RecordsOnly: true, Doc: "Protocol Buffers messages of one type", Options: protobuf.Specs}
	checked(f, func(v *catalog.OptionValues) (protobuf.Options, error) {
		o, err := protobuf.NewOptions(v)
		o.Allow = r.Allow
		return o, err
	}, func(t Table, o protobuf.Options) (*protobuf.Decoder, error) { return protobuf.NewDecoder(t.Want, o) }, protobuf.NewEncoder)
	f.reaching = func(r Reach) *Format { return protobufFormat(r).ready() }
	return f
}

func protobufConfluentFormat(r Reach) *Format {
	f := &Format{Name: "protobuf-confluent", RecordsOnly: true, Doc: "Protocol Buffers messages with the id of their schema in a registry in front", Options: protobuf.ConfluentSpecs}
	checked(f, func(v *catalog.OptionValues) (protobuf.Options, error) {
		o, err := protobuf.NewConfluentOptions(v)
		o.Registry.Dial, o.Allow = r.Dial, r.Allow
		return o, err
	}, func(t Table, o protobuf.Options) (*protobuf.Decoder, error) { return protobuf.NewDecoder(t.Want, o) }, protobuf.NewEncoder)
	f.reaching = func(r Reach) *Format { return protobufConfluentFormat(r).ready() }
	return f
}

func debeziumFormat() *Format {
	f := &Format{Name: "debezium-json", Doc: "change events of Debezium, one row each: the row after the change, of deletes the one before", Options: debezium.Specs}
	for _, m := range []struct{ key, doc string }{
		{debezium.MetaOp, "what the change was: +I, +U or -D; of a sink's rows, +I is the default"},
		{debezium.MetaBefore, "the row before the change"},
		{debezium.MetaIngestion, "when Debezium saw the change"},
		{debezium.MetaSourceAt, "when the database made it"},
		{debezium.MetaDatabase, "the database"},
		{debezium.MetaSchema, "the schema"},
		{debezium.MetaTable, "the table"},
		{debezium.MetaSource, "all that the event says of its source"},
	} {
		t, _ := debezium.MetaType(m.key)
		f.Meta = append(f.Meta, Meta{Key: m.key, Type: t, Doc: m.doc, Writable: m.key == debezium.MetaOp})
	}
	checked(f, debezium.NewOptions, func(t Table, o debezium.Options) (*debezium.Decoder, error) {
		return debezium.NewDecoder(t.Want, t.Meta, o)
	},
		func(fields []Field, o debezium.Options) (*debezium.Encoder, error) {
			return debezium.NewEncoder(fields, MetaName(debezium.MetaOp), o)
		})
	return f
}

func parquetFormat() *Format {
	f := &Format{Name: "parquet", FilesOnly: true, Doc: "Parquet files", FileOptions: parquet.Specs}
	whole(f, parquet.NewOptions, func(in FileInput, t Table, _ parquet.Options) (*parquet.FileReader, error) {
		return parquet.OpenFile(in.At, in.Size, t.Want)
	}, parquet.CreateFile)
	f.Decoder = func(Table, map[string]string) (Decoder, error) { return nil, errFilesOnly(f) }
	f.NewEncoder = func([]Field, map[string]string) (Encoder, error) { return nil, errFilesOnly(f) }
	return f
}

func errFilesOnly(f *Format) error {
	return sqlerr.New(sqlerr.FeatureNotSupported, "format %q outside of files is not supported", f.Name)
}

// whole is checked for files that are read and written as a whole.
func whole[O any, R FileReader, W FileWriter](f *Format, o func(*catalog.OptionValues) (O, error),
	open func(FileInput, Table, O) (R, error), create func(io.Writer, []Field, O) (W, error)) {
	options := func(opts map[string]string) (O, error) {
		v, err := f.values(opts)
		if err != nil {
			var none O
			return none, err
		}
		return o(v)
	}
	f.OpenFile = func(in FileInput, t Table, opts map[string]string) (FileReader, error) {
		v, err := options(opts)
		if err != nil {
			return nil, err
		}
		r, err := open(in, t, v)
		if err != nil {
			return nil, err
		}
		return r, nil
	}
	f.CreateFile = func(out io.Writer, fields []Field, opts map[string]string) (FileWriter, error) {
		v, err := options(opts)
		if err != nil {
			return nil, err
		}
		w, err := create(out, fields, v)
		if err != nil {
			return nil, err
		}
		return w, nil
	}
}
