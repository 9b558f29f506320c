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
	f := &Format{Name: "json", Doc: "a JSON object a record, one member a column", Options: json.Specs}
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
	v, err := f.values(opts)
	if err != nil {
		return json.Options{}, err
	}
	return json.NewOptions(v), nil
}

func rawFormat() *Format {
	f := &Format{Name: "raw", EmptyRecords: true, Doc: "the record as it stands, in one VARCHAR or BYTES column"}
	f.NewDecoder = func(fields []Field, opts map[string]string) (Decoder, error) {
		if _, err := f.values(opts); err != nil {
			return nil, err
		}
		d, err := raw.NewDecoder(fields)
		if err != nil {
			return nil, err
		}
		return d, nil
	}
	f.NewEncoder = func(fields []Field, opts map[string]string) (Encoder, error) {
		if _, err := f.values(opts); err != nil {
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
