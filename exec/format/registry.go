package format

import (
	"github.com/penstock/penstock/exec/format/json"
	"github.com/penstock/penstock/exec/format/raw"
)

// formats is the registry. A format is added here and in a package of its own
// beneath this one.
var formats = map[string]*Format{
	"json": jsonFormat(),
	"raw":  rawFormat(),
}

func jsonFormat() *Format {
	f := &Format{
		Name: "json",
		Doc:  "a JSON object a record, one member a column",
		Options: []Option{
			{Key: json.TimestampFormat, Default: "auto", Doc: "how timestamps are written: sql (2024-01-31 12:00:00.5), iso-8601 (with T, and Z for TIMESTAMP_LTZ), epoch-millis, epoch-seconds or epoch-micros; text is read in every form, numbers under epoch-…; auto reads numbers by their size and writes sql"},
			{Key: json.EmptyStringAsNull, Default: "false", Doc: "read an empty string as NULL in columns that are not VARCHAR, BYTES or JSON"},
		},
	}
	f.NewDecoder = func(fields []Field, opts map[string]string) (Decoder, error) {
		o, err := jsonOptions(f, opts)
		if err != nil {
			return nil, err
		}
		d, err := json.NewDecoder(fields, o)
		if err != nil {
			return nil, err
		}
		return d, nil
	}
	f.NewEncoder = func(fields []Field, opts map[string]string) (Encoder, error) {
		o, err := jsonOptions(f, opts)
		if err != nil {
			return nil, err
		}
		e, err := json.NewEncoder(fields, o)
		if err != nil {
			return nil, err
		}
		return e, nil
	}
	return f
}

func jsonOptions(f *Format, opts map[string]string) (json.Options, error) {
	all, err := f.resolve(opts)
	if err != nil {
		return json.Options{}, err
	}
	return json.ParseOptions(all)
}

func rawFormat() *Format {
	f := &Format{Name: "raw", EmptyRecords: true, Doc: "the record as it stands, in one VARCHAR or BYTES column"}
	f.NewDecoder = func(fields []Field, opts map[string]string) (Decoder, error) {
		if _, err := f.resolve(opts); err != nil {
			return nil, err
		}
		d, err := raw.NewDecoder(fields)
		if err != nil {
			return nil, err
		}
		return d, nil
	}
	f.NewEncoder = func(fields []Field, opts map[string]string) (Encoder, error) {
		if _, err := f.resolve(opts); err != nil {
			return nil, err
		}
		e, err := raw.NewEncoder(fields)
		if err != nil {
			return nil, err
		}
		return e, nil
	}
	return f
}
