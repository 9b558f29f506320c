package main

import (
	"fmt"
	"os"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
)

// formatEnv names the format to the children.
const formatEnv = "S1_FORMAT"

// formatName is what the visits are written in.
func formatName() string {
	if f := os.Getenv(formatEnv); f != "" {
		return f
	}
	return "json"
}

// visit is the columns of website_visit.
var visit = []format.Field{
	{Name: "ip", Type: catalog.Of(catalog.Varchar)}, {Name: "id", Type: catalog.Of(catalog.Varchar)}, {Name: "lat", Type: catalog.Of(catalog.Double)},
	{Name: "lng", Type: catalog.Of(catalog.Double)}, {Name: "user_agent", Type: catalog.Of(catalog.Varchar)}, {Name: "age_bracket", Type: catalog.Of(catalog.Varchar)},
	{Name: "opted_into_marketing", Type: catalog.Of(catalog.Boolean)}, {Name: "http_request", Type: catalog.Of(catalog.Varchar)},
	{Name: "http_response", Type: catalog.Of(catalog.Int)}, {Name: "file_size_bytes", Type: catalog.Of(catalog.Int)},
	{Name: "event_datetime", Type: catalog.Of(catalog.Varchar)}, {Name: "event_ts", Type: catalog.Of(catalog.BigInt)},
}

const visitProto = `syntax = "proto3"; message Visit { optional string ip = 1; optional string id = 2; optional double lat = 3; optional double lng = 4; ` +
	`optional string user_agent = 5; optional string age_bracket = 6; optional bool opted_into_marketing = 7; optional string http_request = 8; ` +
	`optional int32 http_response = 9; optional int32 file_size_bytes = 10; optional string event_datetime = 11; optional int64 event_ts = 12; }`

// formatOptions are those of the format that visits are written in.
func formatOptions() map[string]string {
	switch formatName() {
	case "json":
		return map[string]string{"json.empty-string-as-null": "true"}
	case "protobuf":
		return map[string]string{"protobuf.proto": visitProto}
	}
	return nil
}

// formatDDL is the format's part of WITH (…).
func formatDDL() string {
	s := fmt.Sprintf("'format' = '%s'", formatName())
	for k, v := range formatOptions() {
		s += fmt.Sprintf(", '%s' = '%s'", k, v)
	}
	return s
}

// translator turns the generator's JSON into the format measured.
type translator struct {
	dec   format.Decoder
	enc   format.Encoder
	batch exec.Batch
}

// newTranslator makes a translator; for JSON there is none.
func newTranslator() (*translator, error) {
	if formatName() == "json" {
		return nil, nil
	}
	t := &translator{}
	from, err := format.Lookup("json")
	if err != nil {
		return nil, err
	}
	to, err := format.Lookup(formatName())
	if err != nil {
		return nil, err
	}
	if t.dec, err = from.NewDecoder(visit, map[string]string{"json.empty-string-as-null": "true"}); err != nil {
		return nil, err
	}
	for _, f := range visit {
		t.batch.Cols = append(t.batch.Cols, exec.NewColumnOf(f.Type))
	}
	t.enc, err = to.NewEncoder(visit, formatOptions())
	return t, err
}

// append adds the record of a visit given as JSON.
func (t *translator) append(dst, visit []byte) ([]byte, error) {
	if t == nil {
		return append(dst, visit...), nil
	}
	t.batch.Reset()
	if err := t.dec.Append(visit, t.batch.Cols); err != nil {
		return dst, err
	}
	t.batch.N = 1
	return t.enc.Encode(dst, &t.batch, 0)
}

// newDecoder makes a decoder of some columns of visits in the format measured.
func newDecoder(want []format.Field) (format.Decoder, error) {
	f, err := format.Lookup(formatName())
	if err != nil {
		return nil, err
	}
	return f.Decoder(format.Table{Columns: visit, Want: want}, formatOptions())
}
