package sources

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/internal/sqlerr"
)

// table has the columns id and name, and the options key, value, ….
func table(options ...string) *catalog.Table {
	t := &catalog.Table{Name: "t", Lookup: true, PrimaryKey: []string{"id"}, Columns: []catalog.TableColumn{
		{Name: "id", Type: catalog.Of(catalog.BigInt)}, {Name: "name", Type: catalog.Of(catalog.Varchar)}}}
	t.Options = catalog.Options{{Key: "connector", Value: "x"}, {Key: "refresh.interval", Value: "5s"}, {Key: "on-error", Value: "null"}}
	for i := 0; i < len(options); i += 2 {
		t.Options = append(t.Options, catalog.Option{Key: options[i], Value: options[i+1]})
	}
	return t
}

func open(t testing.TB, c lookup.Connector, tab *catalog.Table) lookup.Source {
	t.Helper()
	if err := c.Check(tab); err != nil {
		t.Fatal(err)
	}
	s, err := c.Open(context.Background(), lookup.OpenRequest{Table: tab, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func load(s lookup.Source, since string) (rows, token string, err error) {
	var list []string
	token, err = s.Load(context.Background(), since, func(b *exec.Batch) error { list = append(list, show(b)...); return nil })
	return strings.Join(list, " "), token, err
}

func show(b *exec.Batch) (list []string) {
	for i := range b.N {
		list = append(list, strconv.FormatInt(b.Cols[0].Int[i], 10)+"="+string(b.Cols[1].Str(i)))
	}
	return list
}

func TestAll(t *testing.T) {
	all := All(Config{AllowHosts: []string{"a.example"}})
	if d := cmp.Diff([]string{"file", "http", "kafka", "postgres", "values"}, slices.Sorted(maps.Keys(all))); d != "" {
		t.Error(d)
	}
	err := all["http"].Check(table("url", "http://b.example"))
	if sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
		t.Errorf("the lists do not hold: %v", err)
	}
	// An option must not be one of the cache's with another meaning, nor declared twice.
	cache := map[string]bool{}
	for _, s := range lookup.Options() {
		cache[s.Key] = true
	}
	for name, c := range all {
		seen := map[string]bool{}
		for _, s := range c.Options() {
			if cache[s.Key] || seen[s.Key] {
				t.Errorf("%s: option %q is there already", name, s.Key)
			}
			seen[s.Key] = true
			if s.Doc == "" {
				t.Errorf("%s: option %q says nothing of itself", name, s.Key)
			}
		}
	}
}

func TestValues(t *testing.T) {
	for _, rows := range []string{`[{"id":1,"name":"a"},{"id":2,"name":"b"}]`, "{\"id\":1,\"name\":\"a\"}\n{\"id\":2,\"name\":\"b\"}"} {
		s := open(t, Values{}, table("rows", rows))
		got, token, err := load(s, "")
		if got != "1=a 2=b" || err != nil {
			t.Error(got, err)
		}
		if got, again, err := load(s, token); got != "" || again != token || !errors.Is(err, lookup.ErrUnchanged) {
			t.Error(got, again, err)
		}
		if got, _, err := load(s, "another"); got != "1=a 2=b" || err != nil {
			t.Error(got, err)
		}
	}
	full := errors.New("full")
	if _, err := open(t, Values{}, table("rows", `[{"id":1}]`)).Load(context.Background(), "", func(*exec.Batch) error { return full }); err != full {
		t.Errorf("the receiver's error became %v", err)
	}
	for _, tt := range []struct {
		options []string
		code    sqlerr.Code
		want    string
	}{
		{nil, "22023", "option 'rows' is missing"},
		{[]string{"rows", `[{"id":1}`}, "22032", `option "rows", row 2: invalid JSON: the text ends too early, after 9 bytes`},
		{[]string{"rows", `[{"id":"x"}]`}, "22P02", `option "rows", row 1: field "id": invalid input syntax for type bigint: "x"`},
		{[]string{"rows", `[]`, "cache", "partial"}, "0A000", "'cache' = 'partial' is not supported by connector 'values'"},
	} {
		err := Values{}.Check(table(tt.options...))
		if sqlerr.CodeOf(err) != tt.code || sqlerr.From(err).Message != tt.want {
			t.Errorf("%q: %v", tt.options, err)
		}
	}
}
