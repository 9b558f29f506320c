package planner

import (
	"errors"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// fakeFunctions is a small registry: enough overloads for the rules of
// resolution to have something to choose from.
type fakeFunctions map[string][]catalog.Signature

func (f fakeFunctions) Signatures(name string) []catalog.Signature { return f[name] }

func (f fakeFunctions) Names() (names []string) {
	for n := range f {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// fakeText is one overload a line: name, arguments, result, marks.
const fakeText = `
+ integer,integer integer
+ smallint,smallint smallint
+ bigint,bigint bigint
+ decimal,decimal decimal
+ real,real real
+ double,double double
+ timestamp,interval timestamp
+ interval,timestamp timestamp
+ timestamptz,interval timestamptz
+ date,integer date
+ date,interval timestamp
+ interval,interval interval
- integer,integer integer
- bigint,bigint bigint
- decimal,decimal decimal
- double,double double
- timestamp,interval timestamp
- timestamp,timestamp interval
- timestamptz,interval timestamptz
- date,integer date
- date,date integer
- interval,interval interval
- integer integer
- bigint bigint
- decimal decimal
- double double
- interval interval
* integer,integer integer
* bigint,bigint bigint
* decimal,decimal decimal
* real,real real
* double,double double
* interval,double interval
/ integer,integer integer
/ bigint,bigint bigint
/ decimal,decimal decimal
/ double,double double
% integer,integer integer
% bigint,bigint bigint
% decimal,decimal decimal
|| varchar,varchar varchar
-> json,varchar json
-> json,integer json
->> json,varchar varchar
->> json,integer varchar
abs integer integer
abs bigint bigint
abs decimal decimal
abs double double
mod integer,integer integer
mod bigint,bigint bigint
mod decimal,decimal decimal
hour timestamp bigint
count_char varchar,varchar bigint
to_timestamp varchar timestamp
length varchar integer
lower varchar varchar
substring varchar,integer varchar
substring varchar,integer,integer varchar
concat any varchar variadic
random - double volatile
now - timestamptz stable
proctime - timestamp volatile
extract varchar,timestamp decimal
extract varchar,timestamptz decimal
timezone varchar,timestamp timestamptz
timezone varchar,timestamptz timestamp
regexp_extract_all varchar,varchar varchar[]
round decimal,integer decimal
round double double
round decimal decimal
count any bigint agg
sum integer bigint agg
sum bigint decimal agg
sum decimal decimal agg
sum double double agg
sum interval interval agg
avg integer decimal agg
avg bigint decimal agg
avg decimal decimal agg
avg double double agg
min any same agg
max any same agg
string_agg varchar,varchar varchar agg1
`

func loadFake() fakeFunctions {
	f := fakeFunctions{}
	for line := range strings.Lines(fakeText) {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		s := catalog.Signature{Name: w[0], Strict: true}
		if w[1] != "-" {
			for _, a := range strings.Split(w[1], ",") {
				s.Args = append(s.Args, fakeType(a))
			}
		}
		if w[2] == "same" {
			s.RetOf = func(args []catalog.Type) (catalog.Type, error) { return args[0], nil }
		} else {
			s.Ret = fakeType(w[2])
		}
		for _, mark := range w[3:] {
			switch mark {
			case "variadic":
				s.Variadic = true
			case "volatile":
				s.Volatile = true
			case "stable":
				s.Stable = true
			case "agg":
				s.Aggregate, s.TwoPhase = true, true
			case "agg1":
				s.Aggregate = true
			}
		}
		f[s.Name] = append(f[s.Name], s)
	}
	return f
}

func fakeType(name string) catalog.Type {
	if elem, ok := strings.CutSuffix(name, "[]"); ok {
		return catalog.ArrayOf(fakeType(elem))
	}
	if name == "any" {
		return catalog.Type{}
	}
	k, ok := kindByName[name]
	if !ok {
		panic("no type " + name)
	}
	return catalog.Of(k)
}

// fakeTables is a catalog of what a test has created.
type fakeTables struct {
	tables map[string]*catalog.Table
	views  map[string]*catalog.View
	funcs  map[string]*catalog.Function
}

func newFakeTables() *fakeTables {
	return &fakeTables{map[string]*catalog.Table{}, map[string]*catalog.View{}, map[string]*catalog.Function{}}
}

func lookupFake[T any](m map[string]T, id parser.Ident) (out T) {
	if v, ok := m[id.Text]; ok || id.Quoted {
		return v
	}
	for n, v := range m {
		if strings.EqualFold(n, id.Text) {
			return v
		}
	}
	return out
}

func (f *fakeTables) Table(n parser.Name) (*catalog.Table, error) {
	return lookupFake(f.tables, n.Last()), nil
}
func (f *fakeTables) View(n parser.Name) (*catalog.View, error) {
	return lookupFake(f.views, n.Last()), nil
}

func (f *fakeTables) Names() (names []string) {
	for n := range f.tables {
		names = append(names, n)
	}
	for n := range f.views {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// create adds what a CREATE statement defines.
func (f *fakeTables) create(st parser.Statement, src string, env *Env) error {
	switch st := st.(type) {
	case *parser.CreateTable:
		t, err := CheckTable(st, src, env)
		if err != nil {
			return err
		}
		for i := range t.Options { // as the session does before it keeps the table
			t.Options[i].KeyPos, t.Options[i].ValuePos = 0, 0
		}
		f.tables[t.Name] = t
		return nil
	case *parser.CreateView:
		v, _, err := CheckView(st, src, env)
		if err == nil {
			f.views[v.Name] = v
		}
		return err
	}
	fn, pos, err := fakeFunction(st)
	if err == nil {
		err = CheckFunction(fn, env)
	}
	if err != nil {
		return sqlerr.From(err).At(pos).Locate(src)
	}
	f.funcs[strings.ToLower(fn.Name)] = fn
	return nil
}

func (f *fakeTables) function(name string) *catalog.Function { return f.funcs[strings.ToLower(name)] }

// fakeFunction is what CREATE FUNCTION defines, and where its text stands.
func fakeFunction(st parser.Statement) (*catalog.Function, parser.Pos, error) {
	switch st := st.(type) {
	case *parser.CreateFunction:
		fn := &catalog.Function{Name: st.Name.Last().Text, Args: fakeColumns(st.Args), Language: st.Language, Body: st.As}
		if fn.Language == "" {
			fn.Language = catalog.LanguageSQL
		}
		for _, o := range st.Options {
			fn.Options = append(fn.Options, catalog.Option{Key: o.Key, Value: o.Value})
		}
		if fn.Returns, fn.Table = fakeColumns(st.ReturnsTable), st.Returns == nil; !fn.Table {
			t, err := ResolveType(st.Returns)
			fn.Returns = catalog.Schema{{Name: fn.Name, Type: t}}
			return fn, st.AsPos, err
		}
		return fn, st.AsPos, nil
	case *parser.CreateAggregate:
		t, err := ResolveType(&st.Returns)
		fn := &catalog.Function{Name: st.Name.Last().Text, Args: fakeColumns(st.Args), Language: catalog.LanguageSQL,
			Returns: catalog.Schema{{Name: st.Name.Last().Text, Type: t}}, Aggregate: &catalog.UserAggregate{Result: parser.FormatExpr(st.Result)}}
		for _, s := range st.State {
			c := catalog.StateColumn{Name: s.Name.Text, Init: parser.FormatExpr(s.Init)}
			c.Type, _ = ResolveType(&s.Type)
			fn.Aggregate.State = append(fn.Aggregate.State, c)
		}
		fn.Aggregate.Accumulate, fn.Aggregate.Merge = fakeAssigns(st.Accumulate), fakeAssigns(st.Merge)
		return fn, st.Source.From, err
	}
	return nil, 0, errors.New("only CREATE TABLE, VIEW and FUNCTION")
}

func fakeColumns(cols []parser.ColumnDef) (s catalog.Schema) {
	for _, c := range cols {
		t, _ := ResolveType(c.Type)
		s = append(s, catalog.Column{Name: c.Name.Text, Type: t})
	}
	return s
}

func fakeAssigns(list []parser.Assign) (out []catalog.Assignment) {
	for _, a := range list {
		out = append(out, catalog.Assignment{Name: a.Name.Text, Expr: parser.FormatExpr(a.X)})
	}
	return out
}

func (f *fakeTables) createAll(src string, env *Env) error {
	list, err := parser.Parse(src)
	if err != nil {
		return err
	}
	for _, st := range list {
		if err := f.create(st, src, env); err != nil {
			return err
		}
	}
	return nil
}
