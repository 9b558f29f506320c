package format

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

func TestLookup(t *testing.T) {
	for _, name := range Names() {
		if f, err := Lookup(name); err != nil || f.Name != name || f.Doc == "" {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	if !slices.Contains(Names(), "json") || !slices.Contains(Names(), "raw") {
		t.Error(Names())
	}
	for name, want := range map[string]sqlerr.Code{
		"jsno": sqlerr.InvalidParameterValue, "": sqlerr.InvalidParameterValue} {
		if _, err := Lookup(name); sqlerr.CodeOf(err) != want {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// required are values of options without which a format cannot be.
var required = map[string]string{
	"avro-confluent.url": "http://localhost:8081", "avro-confluent.subject": "x",
	"protobuf-confluent.url": "http://localhost:8081", "protobuf-confluent.subject": "x",
	"protobuf-confluent.proto": "syntax = \"proto3\"; message M { string line = 1; }",
	"protobuf.proto":           "syntax = \"proto3\"; message M { string line = 1; }",
}

// Every option's default must be one of its values.
func TestDefaultsAreValid(t *testing.T) {
	fields := []Field{{Name: "line", Type: catalog.Of(catalog.Varchar)}}
	for _, name := range Names() {
		f, err := Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		if f.FilesOnly {
			if _, err := f.NewDecoder(fields, nil); sqlerr.CodeOf(err) != sqlerr.FeatureNotSupported {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		opts := map[string]string{}
		for _, o := range f.Options {
			if o.Doc == "" {
				t.Errorf("%s has no doc", o.Key)
			}
			if o.Default != "" {
				opts[o.Key] = o.Default
			}
			if v, ok := required[o.Key]; ok {
				opts[o.Key] = v
			}
		}
		if _, err := f.NewDecoder(fields, opts); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := f.NewEncoder(fields, opts); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		bad := map[string]string{"no-such-option": "1"}
		if _, err := f.NewDecoder(fields, bad); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := f.NewEncoder(fields, bad); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGiven(t *testing.T) {
	f, err := Lookup("json")
	if err != nil {
		t.Fatal(err)
	}
	specs := append([]catalog.OptionSpec{{Key: "path"}}, f.Options...)
	v, err := catalog.Validate(specs, []catalog.Option{{Key: "path", Value: "x"}, {Key: "json.timestamp-format", Value: "SQL"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"json.timestamp-format": "sql"}, f.Given(v)); diff != "" {
		t.Error(diff)
	}
}

func TestOptionsReachTheCodec(t *testing.T) {
	f, err := Lookup("json")
	if err != nil {
		t.Fatal(err)
	}
	fields := []Field{{Name: "t", Type: catalog.Of(catalog.Timestamp)}, {Name: "n", Type: catalog.Of(catalog.Int)}}
	opts := map[string]string{"json.timestamp-format": "epoch-seconds", "json.empty-string-as-null": "true"}
	d, err := f.NewDecoder(fields, opts)
	if err != nil {
		t.Fatal(err)
	}
	e, err := f.NewEncoder(fields, opts)
	if err != nil {
		t.Fatal(err)
	}
	b := &exec.Batch{Cols: []*exec.Column{exec.NewColumnOf(fields[0].Type), exec.NewColumnOf(fields[1].Type)}, N: 1}
	if err := d.Append([]byte(`{"t":1714309970,"n":""}`), b.Cols); err != nil {
		t.Fatal(err)
	}
	if got, err := e.Encode(nil, b, 0); err != nil || string(got) != `{"t":1714309970,"n":null}` {
		t.Errorf("%s, %v", got, err)
	}
}
