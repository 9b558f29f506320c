package session

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner"
)

// rows collects the rows of a SHOW.
type rows struct {
	schema catalog.Schema
	batch  *exec.Batch
}

func newRows(s catalog.Schema) *rows {
	b := &exec.Batch{Split: -1}
	for _, c := range s {
		b.Cols = append(b.Cols, exec.NewColumnOf(c.Type))
	}
	return &rows{s, b}
}

// add appends a row of strings, int64s, times, or nils for NULL.
func (r *rows) add(vs ...any) {
	for i, v := range vs {
		c := r.batch.Cols[i]
		switch v := v.(type) {
		case string:
			c.AppendString(v)
		case int64:
			c.AppendInt(v)
		case time.Time:
			c.AppendInt(v.UnixMicro())
		case float64:
			c.AppendFloat(v)
		case bool:
			c.AppendBool(v)
		case datum.Interval:
			c.AppendInterval(v)
		default:
			c.AppendNull()
		}
	}
	r.batch.N++
}

func (r *rows) result(tag string) *fixed {
	return &fixed{schema: r.schema, batch: r.batch, tag: tag}
}

// texts makes a schema of VARCHAR columns.
func texts(names ...string) catalog.Schema {
	s := make(catalog.Schema, len(names))
	for i, n := range names {
		s[i] = catalog.Column{Name: n, Type: catalog.Of(catalog.Varchar)}
	}
	return s
}

// orNull makes an empty string NULL.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// listing makes a SHOW of a fixed schema whose rows f adds.
func listing(st parser.Statement, s catalog.Schema, f func(*rows) error) *command {
	return &command{st: st, cols: s, run: func(context.Context) (Result, error) {
		r := newRows(s)
		if err := f(r); err != nil {
			return nil, err
		}
		return r.result("SHOW"), nil
	}}
}

func (s *Sess) prepareShow(st *parser.Show) (Prepared, error) {
	like := func(string) bool { return true }
	if st.HasLike {
		like = likeMatcher(st.Like)
	}
	switch st.What {
	case "TABLES":
		return listing(st, texts("name", "kind", "connector"), func(r *rows) error {
			for _, t := range s.view().Tables() {
				kind := "table"
				if t.Lookup {
					kind = "lookup table"
				}
				if c, _ := t.Option("connector"); like(t.Name) {
					r.add(t.Name, kind, c)
				}
			}
			return nil
		}), nil
	case "VIEWS":
		return listing(st, texts("name", "query"), func(r *rows) error {
			for _, v := range s.view().Views() {
				if like(v.Name) {
					r.add(v.Name, v.QueryText)
				}
			}
			return nil
		}), nil
	case "FUNCTIONS":
		return listing(st, texts("name", "arguments", "returns", "kind", "description"), func(r *rows) error {
			s.showUserFunctions(r, like)
			s.showFunctions(r, like)
			return nil
		}), nil
	case "LOOKUP TABLES":
		return s.showLookupTables(st, like), nil
	case "ENDPOINTS":
		return s.showEndpoints(st, like), nil
	case "CREATE FUNCTION":
		return s.showCreateFunction(st), nil
	case "QUERIES":
		return s.showQueries(st), nil
	case "WATERMARKS":
		return s.showWatermarks(st), nil
	case "CREATE TABLE", "CREATE VIEW", "CREATE LOOKUP TABLE":
		return s.showCreate(st)
	case "COLUMNS":
		return s.describe(st, st.Name)
	case "ALL":
		return listing(st, texts("name", "setting", "description"), func(r *rows) error {
			for _, x := range s.set.All() {
				r.add(x.Name, x.Value, x.Doc)
			}
			return nil
		}), nil
	case "SETTING":
		name := strings.ToLower(joinName(st.Name))
		if _, err := s.set.Get(name); err != nil {
			return nil, at(err, st.Name.Pos())
		}
		title := name
		if spec, ok := catalog.LookupSetting(name); ok {
			title = spec.Name
		}
		return listing(st, texts(title), func(r *rows) error { r.add(s.get(name)); return nil }), nil
	}
	return nil, sqlerr.New(sqlerr.FeatureNotSupported, "SHOW %s is not supported yet", st.What).At(st.Span().From)
}

func joinName(n parser.Name) string {
	parts := make([]string, len(n))
	for i, p := range n {
		parts[i] = p.Text
	}
	return strings.Join(parts, ".")
}

func (s *Sess) showFunctions(r *rows, like func(string) bool) {
	for _, name := range s.l.funcs.Names() {
		if c := name[0]; c != '_' && (c < 'a' || c > 'z') || !like(name) {
			continue // operators have their own chapter
		}
		for _, sig := range s.l.funcs.Signatures(name) {
			args := make([]string, len(sig.Args))
			for i, a := range sig.Args {
				args[i] = strings.ReplaceAll(a.String(), "UNKNOWN", "ANY")
			}
			if sig.Variadic {
				args[len(args)-1] += " …"
			}
			kind := "scalar"
			if sig.Aggregate {
				kind = "aggregate"
			}
			ret := sig.Ret.String()
			if sig.RetOf != nil && strings.Contains(ret, "UNKNOWN") {
				ret = "as its arguments"
			}
			r.add(name, strings.Join(args, ", "), ret, kind, orNull(sig.Doc))
		}
	}
}

func (s *Sess) showQueries(st parser.Statement) Prepared {
	ts, n := catalog.Of(catalog.TimestampLTZ), catalog.Of(catalog.BigInt)
	cols := catalog.Schema{{Name: "id", Type: catalog.Of(catalog.Varchar)}, {Name: "state", Type: catalog.Of(catalog.Varchar)},
		{Name: "kind", Type: catalog.Of(catalog.Varchar)}, {Name: "started", Type: ts}, {Name: "rows_in", Type: n}, {Name: "rows_out", Type: n},
		{Name: "late", Type: n}, {Name: "skipped", Type: n}, {Name: "no_time", Type: n}, {Name: "watermark", Type: catalog.Of(catalog.Timestamp)},
		{Name: "error", Type: catalog.Of(catalog.Varchar)}, {Name: "sql", Type: catalog.Of(catalog.Varchar)}}
	return listing(st, cols, func(r *rows) error {
		for _, q := range s.l.Queries() {
			var wm, fault any
			if q.Watermark > exec.MinTime && q.Watermark < exec.MaxTime {
				wm = q.Watermark
			}
			if q.Err != nil {
				fault = q.Err.Error()
			}
			r.add(q.ID, q.State, q.Kind, q.Started, q.RowsIn, q.RowsOut, q.Late, q.Skipped, q.NoTime, wm, fault, strings.Join(strings.Fields(q.SQL), " "))
		}
		return nil
	})
}

func (s *Sess) showCreate(st *parser.Show) (Prepared, error) {
	return listing(st, texts("statement"), func(r *rows) error {
		rel, err := s.view().Relation(planner.CatalogName(st.Name))
		if err != nil {
			return at(err, st.Name.Pos())
		}
		switch {
		case rel.Table != nil:
			if st.What == "CREATE LOOKUP TABLE" && !rel.Table.Lookup {
				return sqlerr.New(sqlerr.WrongObjectType, "%q is not a lookup table", rel.Name()).At(st.Name.Pos())
			}
			if st.What == "CREATE VIEW" {
				return sqlerr.New(sqlerr.WrongObjectType, "%q is not a view", rel.Name()).At(st.Name.Pos())
			}
			r.add(catalog.MaskSQL(rel.Table.SQL))
		default:
			if st.What != "CREATE VIEW" {
				return sqlerr.New(sqlerr.WrongObjectType, "%q is not a table", rel.Name()).At(st.Name.Pos())
			}
			r.add(rel.View.SQL)
		}
		return nil
	}), nil
}

func (s *Sess) showCreateFunction(st *parser.Show) Prepared {
	return listing(st, texts("statement"), func(r *rows) error {
		f := s.view().Function(st.Name.Last().Text)
		if f == nil {
			return sqlerr.New(sqlerr.UndefinedFunction, "function %q does not exist", st.Name.Last().Text).At(st.Name.Pos())
		}
		r.add(catalog.MaskSQL(f.SQL))
		return nil
	})
}

func (s *Sess) prepareDescribe(st *parser.Describe) (Prepared, error) {
	if st.Kind == "FUNCTION" {
		return listing(st, texts("name", "arguments", "returns", "kind", "description"), func(r *rows) error {
			want := strings.ToLower(joinName(st.Name))
			is := func(n string) bool { return n == want }
			s.showUserFunctions(r, is)
			s.showFunctions(r, is)
			if r.batch.N == 0 {
				return sqlerr.New(sqlerr.UndefinedFunction, "function %s does not exist", want).At(st.Name.Pos())
			}
			return nil
		}), nil
	}
	return s.describe(st, st.Name)
}

func (s *Sess) describe(st parser.Statement, name parser.Name) (Prepared, error) {
	return listing(st, texts("name", "type", "nullable", "extra"), func(r *rows) error {
		rel, err := s.view().Relation(planner.CatalogName(name))
		if err != nil {
			return at(err, name.Pos())
		}
		if rel.View != nil {
			for _, c := range rel.View.Columns {
				r.add(c.Name, c.Type.String(), "YES", nil)
			}
			return nil
		}
		t := rel.Table
		for _, c := range t.Columns {
			var extra []string
			if slices.Contains(t.PrimaryKey, c.Name) {
				extra = append(extra, "PRIMARY KEY")
			}
			if c.Computed != "" {
				extra = append(extra, "AS "+c.Computed)
			}
			if c.Metadata != "" {
				extra = append(extra, "METADATA FROM '"+c.Metadata+"'")
			}
			if w := t.Watermark; w != nil && w.Column == c.Name {
				extra = append(extra, "WATERMARK AS "+w.ExprText)
			}
			null := "YES"
			if c.NotNull {
				null = "NO"
			}
			r.add(c.Name, c.Type.String(), null, orNull(strings.Join(extra, ", ")))
		}
		return nil
	}), nil
}

// likeMatcher is LIKE over names, without regard to case: % any text, _ one
// character, a backslash takes the next as it is.
func likeMatcher(pattern string) func(string) bool {
	p := []rune(strings.ToLower(pattern))
	return func(name string) bool { return likeRunes(p, []rune(strings.ToLower(name))) }
}

// likeRunes matches in the product of the lengths: where it fails, only the last
// % can have taken too little.
func likeRunes(p, s []rune) bool {
	i, j := 0, 0
	anyAt, tried := -1, 0
	for j < len(s) {
		switch {
		case i < len(p) && p[i] == '%':
			anyAt, tried = i, j
			i++
			continue
		case i < len(p) && p[i] == '_':
			i++
			j++
			continue
		case i < len(p):
			k := i
			if p[k] == '\\' && k+1 < len(p) {
				k++
			}
			if p[k] == s[j] {
				i, j = k+1, j+1
				continue
			}
		}
		if anyAt < 0 {
			return false
		}
		tried++
		i, j = anyAt+1, tried
	}
	for i < len(p) && p[i] == '%' {
		i++
	}
	return i == len(p)
}
