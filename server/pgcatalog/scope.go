package pgcatalog

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// scope is what names mean in one SELECT: the relations of its FROM, side by
// side in rows of width slots, and the scopes around it. At run time a frame
// stands for each scope.
type scope struct {
	up    *scope
	rels  []scopeRel
	width int
	// used, when set, collects the slots that are referred to.
	used *[]int
	// grouped, sets and windows are there while a select list (or ORDER BY,
	// HAVING) is compiled, where aggregates and their like may stand.
	grouped *grouping
	sets    *[]setCall
	windows *[]windowCall
}

// scopeRel is a relation of a FROM under its name there.
type scopeRel struct {
	schema, name string
	cols         []column
	offset       int
	merged       map[string]bool // columns that USING has merged into an earlier relation's
	oid          int64           // of a table of PostgreSQL's: its column tableoid
}

func (s *scope) add(r scopeRel) int {
	r.offset = s.width
	s.width += len(r.cols)
	s.rels = append(s.rels, r)
	return r.offset
}

// column resolves a reference: column, table.column, schema.table.column, and
// a table's name alone as the whole row.
func (s *scope) column(x *parser.ColumnRef) (*expr, error) {
	parts := make([]string, len(x.Parts))
	for i, p := range x.Parts {
		parts[i] = fold(p)
	}
	depth := 0
	for at := s; at != nil; at = at.up {
		e, err := at.find(parts, depth)
		if e != nil || err != nil {
			return e, err
		}
		depth++
	}
	if len(parts) > 1 && !s.hasTable(parts[len(parts)-2]) {
		return nil, sqlerr.New(sqlerr.UndefinedTable, "missing FROM-clause entry for table \"%s\"", parts[len(parts)-2])
	}
	return nil, sqlerr.New(sqlerr.UndefinedColumn, "column %s does not exist", strings.Join(quoteSingle(parts), "."))
}

func quoteSingle(parts []string) []string {
	if len(parts) == 1 {
		return []string{`"` + parts[0] + `"`}
	}
	return parts
}

func (s *scope) hasTable(name string) bool {
	for at := s; at != nil; at = at.up {
		if slices.ContainsFunc(at.rels, func(r scopeRel) bool { return r.name == name }) {
			return true
		}
	}
	return false
}

func (s *scope) find(parts []string, depth int) (*expr, error) {
	name, table, schema := parts[len(parts)-1], "", ""
	if len(parts) > 1 {
		table = parts[len(parts)-2]
	}
	if len(parts) > 2 {
		schema = parts[len(parts)-3]
	}
	var found *expr
	for _, r := range s.rels {
		if table != "" && r.name != table || schema != "" && r.schema != schema {
			continue
		}
		for i, col := range r.cols {
			if col.name != name || table == "" && r.merged[name] {
				continue
			}
			if found != nil {
				return nil, sqlerr.New(sqlerr.AmbiguousColumn, "column reference \"%s\" is ambiguous", name)
			}
			found = s.slot(r.offset+i, depth, col)
		}
	}
	if found == nil && name == "tableoid" {
		for _, r := range s.rels {
			if r.oid != 0 && (table == "" || r.name == table) {
				e := constant(tOID, r.oid)
				e.name = name
				return e, nil
			}
		}
	}
	if found != nil || len(parts) > 1 {
		return found, nil
	}
	for _, r := range s.rels {
		if r.name == name {
			return s.wholeRow(r, depth), nil
		}
	}
	return nil, nil
}

func (s *scope) use(slot int) {
	if s.used != nil && !slices.Contains(*s.used, slot) {
		*s.used = append(*s.used, slot)
	}
}

func (s *scope) slot(i, depth int, col column) *expr {
	s.use(i)
	return &expr{typ: col.typ, fields: col.fields, name: col.name, eval: func(f *frame) (any, error) {
		for range depth {
			f = f.up
		}
		return f.row[i], nil
	}}
}

func (s *scope) wholeRow(r scopeRel, depth int) *expr {
	for i := range r.cols {
		s.use(r.offset + i)
	}
	return &expr{typ: tRecord, fields: r.cols, name: r.name, eval: func(f *frame) (any, error) {
		for range depth {
			f = f.up
		}
		return &record{f.row[r.offset : r.offset+len(r.cols)]}, nil
	}}
}

// star expands * and t.*.
func (s *scope) star(x *parser.Star) ([]*expr, error) {
	var out []*expr
	found := false
	for _, r := range s.rels {
		if len(x.Table) > 0 && r.name != fold(x.Table.Last()) {
			continue
		}
		found = true
		for i, col := range r.cols {
			if len(x.Table) == 0 && r.merged[col.name] {
				continue
			}
			out = append(out, s.slot(r.offset+i, 0, col))
		}
	}
	switch {
	case found:
		return out, nil
	case len(x.Table) > 0:
		return nil, sqlerr.New(sqlerr.UndefinedTable, "missing FROM-clause entry for table \"%s\"", fold(x.Table.Last())).At(x.P)
	}
	return nil, sqlerr.New(sqlerr.SyntaxError, "SELECT * with no tables specified is not valid").At(x.P)
}
