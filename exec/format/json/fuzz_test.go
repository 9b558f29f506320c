package json

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/gen"
)

// compared are columns that take any value, so that nothing but the syntax of
// the record can be wrong.
var compared = []catalog.Column{
	{Name: "id", Type: catalog.Of(catalog.JSON)},
	{Name: "event_datetime", Type: catalog.Of(catalog.Varchar)},
	{Name: "file_size_bytes", Type: catalog.Of(catalog.JSON)},
	{Name: "lat", Type: catalog.Of(catalog.JSON)},
}

// reference reads a record with the standard library. ok tells whether the
// record must be accepted; the values are the raw members.
func reference(b []byte) (members map[string]stdjson.RawMessage, ok bool) {
	if !utf8.Valid(b) || depth(b) > MaxDepth {
		return nil, false
	}
	if err := stdjson.Unmarshal(b, &members); err != nil || members == nil {
		return nil, false
	}
	return members, true
}

// depth is how deep the brackets outside of strings nest.
func depth(b []byte) (most int) {
	in, d := false, 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case in && c == '\\':
			i++
		case c == '"':
			in = !in
		case !in && (c == '{' || c == '['):
			d++
			most = max(most, d)
		case !in && (c == '}' || c == ']'):
			d--
		}
	}
	return most
}

// compare decodes b and reports where the result is not the reference's.
func compare(d *Decoder, cols []*exec.Column, b []byte) error {
	members, ok := reference(b)
	if _, faulty := explain(b), explain(b).why != ""; faulty == ok {
		return fmt.Errorf("explain says %q", explain(b).why)
	}
	reset(cols)
	err := d.Append(b, cols)
	if !ok {
		if err == nil {
			return fmt.Errorf("accepted")
		}
		return nil
	}
	var stamp string
	raw := members["event_datetime"]
	isText := len(raw) > 0 && raw[0] == '"'
	if isText {
		if err := stdjson.Unmarshal(raw, &stamp); err != nil {
			return err
		}
		if strings.Contains(stamp, "\x00") {
			if err == nil {
				return fmt.Errorf("NUL accepted")
			}
			return nil
		}
	} else {
		stamp = string(raw)
	}
	if err != nil {
		return fmt.Errorf("refused: %w", err)
	}
	for i, f := range compared {
		want, found := members[f.Name]
		c := cols[i]
		if c.Len() != 1 {
			return fmt.Errorf("%s has %d rows", f.Name, c.Len())
		}
		if null := !found || string(want) == "null"; null != c.IsNull(0) {
			return fmt.Errorf("%s: null is %v", f.Name, c.IsNull(0))
		} else if null {
			continue
		}
		got := string(c.Str(0))
		if f.Name == "event_datetime" {
			want = []byte(stamp)
		}
		if got != string(want) {
			return fmt.Errorf("%s is %q, want %q", f.Name, got, want)
		}
	}
	return nil
}

// mutate changes one to three places of a record.
func mutate(r *rand.Rand, dst, rec []byte) []byte {
	dst = append(dst[:0], rec...)
	const spice = "{}[]\",:\\/ \t\n\r0123456789.-+eEtrufalsn\x00\x1f\x7f\x80\xc3\xa9\xed\xa0\xf0\xff"
	for range 1 + r.IntN(3) {
		i := r.IntN(len(dst))
		switch r.IntN(6) {
		case 0:
			dst[i] = spice[r.IntN(len(spice))]
		case 1:
			dst = append(dst[:i], append([]byte{spice[r.IntN(len(spice))]}, dst[i:]...)...)
		case 2:
			dst = append(dst[:i], dst[i+1:]...)
		case 3: // a piece from elsewhere
			j, n := r.IntN(len(rec)), 1+r.IntN(20)
			dst = append(dst[:i], append(bytes.Clone(rec[j:min(j+n, len(rec))]), dst[i:]...)...)
		case 4:
			snips := []string{`\u0000`, `\ud800`, `\ud83d\ude00`, `\"`, `\\`, `"id":1,`, `"\u0069d":"x",`, `[[]]`, `null`, `,"lat":{}`, "é", ` `}
			dst = append(dst[:i], append([]byte(snips[r.IntN(len(snips))]), dst[i:]...)...)
		case 5:
			dst = dst[:i]
		}
		if len(dst) == 0 {
			dst = append(dst, '{')
		}
	}
	return dst
}

// TestMutatedVisits compares 100,000 damaged records with the standard
// library; one decoder takes them all, so that its layouts are in play.
func TestMutatedVisits(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 20_000
	}
	d, err := NewDecoder(compared, Options{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := gen.New(gen.Config{Kind: gen.Visits})
	if err != nil {
		t.Fatal(err)
	}
	cols := columns(compared)
	r := rand.New(rand.NewPCG(1, 2))
	var rec, bad []byte
	for i := range n {
		if rec = g.Append(rec[:0]); i%3 == 0 {
			rec = bytes.ReplaceAll(bytes.ReplaceAll(rec, []byte(`":`), []byte(`": `)), []byte(`,"`), []byte(`, "`))
		}
		bad = mutate(r, bad, rec)
		if err := compare(d, cols, bad); err != nil {
			t.Fatalf("record %d: %v\n%q", i, err, bad)
		}
		if err := compare(d, cols, rec); err != nil {
			t.Fatalf("record %d, undamaged: %v\n%q", i, err, rec)
		}
	}
}

// FuzzDecodeJSON: same verdict and same values as the standard library, with
// layouts and without.
func FuzzDecodeJSON(f *testing.F) {
	for _, s := range []string{visit, `{}`, `{"id":"a","id":null}`, `{"\u0069d":1}`, `{"lat":[{"a":[]}],"event_datetime":"\ud83d\ude00"}`,
		` { "id" : 1e5 , "lat" : "" } `, `{"id":"` + "\xff" + `"}`, `[1]`, `{"a":01}`, `{"event_datetime":"\u0000"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := NewDecoder(compared, Options{})
		if err != nil {
			t.Fatal(err)
		}
		cols := columns(compared)
		for range 2 {
			if err := compare(d, cols, b); err != nil {
				t.Fatal(err)
			}
			if err := compare(d, cols, []byte(visit)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// everything is a column of each type.
var everything = func() (fields []catalog.Column) {
	for k := catalog.Boolean; k <= catalog.JSON; k++ {
		fields = append(fields, catalog.Column{Name: catalog.Of(k).String(), Type: catalog.Of(k)})
	}
	row := catalog.Type{Kind: catalog.Row, Fields: []catalog.Field{{Name: "a", Type: catalog.Of(catalog.Int)}, {Name: "b", Type: catalog.ArrayOf(catalog.Of(catalog.Varchar))}}}
	return append(fields, catalog.Column{Name: "ROW", Type: row}, catalog.Column{Name: "ARRAY", Type: catalog.ArrayOf(row)},
		catalog.Column{Name: "MAP", Type: catalog.MapOf(catalog.Of(catalog.Date), catalog.ArrayOf(catalog.Of(catalog.Decimal)))})
}()

// FuzzRoundTrip: whatever is accepted into columns of all types is written as
// valid JSON on one line, which reads back as the same; whatever is refused leaves no trace.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte(`{"BOOLEAN":true,"SMALLINT":1,"INT":2,"BIGINT":3,"REAL":1.5,"DOUBLE":"NaN","DECIMAL":1.10,"VARCHAR":"x\n","BYTES":"AP8="}`))
	f.Add([]byte(`{"DATE":"2024-02-29","TIME":"12:00:00.5","TIMESTAMP":"2024-04-28T23:12:50.484","TIMESTAMP_LTZ":1714309970,"INTERVAL":"1 day","JSON":{"a":` + "\n" + `1}}`))
	f.Add([]byte(`{"ROW":{"a":1,"b":["x",null]},"ARRAY":[{},null,{"a":"7"}],"MAP":{"2024-01-01":[1,"2.50"],"infinity":null}}`))
	f.Add([]byte(`{"MAP":{"2024-01-01":[1],"x":2}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := NewDecoder(everything, Options{})
		if err != nil {
			t.Fatal(err)
		}
		cols, again := columns(everything), columns(everything)
		if err := d.Append(b, cols); err != nil {
			clean(t, cols, 0)
			return
		}
		first := rows(t, everything, cols)[0]
		if !stdjson.Valid([]byte(first)) || strings.ContainsAny(first, "\n\r") {
			t.Fatalf("not one line of JSON: %q", first)
		}
		if err := d.Append([]byte(first), again); err != nil {
			t.Fatalf("%q does not read back: %v", first, err)
		}
		if second := rows(t, everything, again)[0]; second != first {
			t.Fatalf("%q reads back as %q", first, second)
		}
	})
}

// clean checks that columns hold n rows, kids and bytes included.
func clean(t testing.TB, cols []*exec.Column, n int) {
	t.Helper()
	for _, c := range cols {
		if c.Len() != n {
			t.Fatalf("column has %d rows, want %d", c.Len(), n)
		}
		switch c.Layout {
		case exec.Strings:
			if len(c.Data) != int(c.Offs[n]) {
				t.Fatalf("%d bytes of text, want %d", len(c.Data), c.Offs[n])
			}
		case exec.List, exec.MapOf:
			clean(t, c.Kids, int(c.Offs[n]))
		case exec.Struct:
			clean(t, c.Kids, n)
		}
	}
}
