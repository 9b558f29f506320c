package web

import (
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		options []string
		code    sqlerr.Code
		want    string
	}{
		{nil, sqlerr.InvalidParameterValue, "option 'url' is missing"},
		{[]string{"cache", "partial", "url", "http://a"}, sqlerr.InvalidParameterValue, "option 'lookup.url' is missing"},
		{[]string{"url", "ftp://u:s3cret@a"}, sqlerr.InvalidParameterValue, `option "url": it is not an http or https URL`},
		{[]string{"url", "http://u:s3cret@[::1"}, sqlerr.InvalidParameterValue, `option "url": it is not an http or https URL`},
		{[]string{"url", "http://169.254.169.254/latest"}, sqlerr.InsufficientPrivilege, `host "169.254.169.254" is not allowed`},
		{[]string{"url", "http://a", "format", "xml"}, sqlerr.InvalidParameterValue, `invalid value for option 'format': 'xml'`},
		{[]string{"url", "http://a", "csv.header", "true"}, sqlerr.InvalidParameterValue, `option "csv.header": it is not one of format json`},
		{[]string{"url", "http://a", "format", "csv", "rows.path", "a"}, sqlerr.InvalidParameterValue, `option "rows.path": paths lead into JSON; the format is csv`},
		{[]string{"url", "http://a", "rows.path", "a..b"}, sqlerr.InvalidParameterValue, `"a..b" is not a path`},
		{[]string{"url", "http://a", "paging", "cursor"}, sqlerr.InvalidParameterValue, `option "paging": a cursor stands beside the rows`},
		{[]string{"url", "http://a", "paging.cursor.path", "a"}, sqlerr.InvalidParameterValue, `option "paging.cursor.path": it needs 'paging' = 'cursor'`},
		{[]string{"url", "http://a", "paging", "link", "paging.cursor.param", "a"}, sqlerr.InvalidParameterValue, `option "paging.cursor.param": it needs 'paging' = 'cursor'`},
		{[]string{"url", "http://a", "paging.max-pages", "1"}, sqlerr.InvalidParameterValue, `option "paging.max-pages": it needs 'paging'`},
		{[]string{"url", "http://a", "paging", "cursor", "rows.path", "a", "paging.cursor.path", "a"}, sqlerr.InvalidParameterValue, `option "paging.cursor.path": it is the same as 'rows.path'`},
		{[]string{"url", "http://a", "headers.a b", "x"}, sqlerr.InvalidParameterValue, `option "headers.a b": it is not the name of a header`},
		{[]string{"url", "http://a", "headers.a", "s3cret\r\nb: c"}, sqlerr.InvalidParameterValue, `option "headers.a": the value has control characters in it`},
		{[]string{"url", "http://a", "headers.content-length", "1"}, sqlerr.InvalidParameterValue, `option "headers.content-length": this header is set by the connector`},
		{[]string{"url", "http://a", "timeout", "s3cret"}, sqlerr.InvalidParameterValue, `invalid value for option 'timeout': 's3cret'`},
	} {
		err := (Connector{}).Check(table(tt.options...))
		if sqlerr.CodeOf(err) != tt.code || sqlerr.From(err).Message != tt.want {
			t.Errorf("%q: %v", tt.options, err)
		}
	}
	arr := table("url", "http://a", "format", "csv")
	arr.Columns[1].Type = catalog.ArrayOf(catalog.Of(catalog.Int))
	if err := (Connector{}).Check(arr); sqlerr.CodeOf(err) != sqlerr.FeatureNotSupported {
		t.Errorf("an array in CSV: %v", err)
	}
}
