package pgcatalog

import (
	_ "embed"
	"encoding/json"
	"sync"
)

// factsJSON holds names and numbers of PostgreSQL 15's catalogue.
//
//go:embed facts/postgres15.json
var factsJSON []byte

// column is a column of a relation or of a query's result.
type column struct {
	name    string
	typ     uint32
	typmod  int32
	notNull bool
	// fields are those of a record.
	fields []column
}

// relation is a catalogue table or view as PostgreSQL has it.
type relation struct {
	oid          int64
	schema, name string
	kind         string
	cols         []column
	// rows are those that are facts too (pg_type, pg_am, …).
	rows [][]any
}

type facts struct {
	relations []*relation
	byName    map[string]*relation // schema.name
	types     map[uint32]*typeFact
	typeNames map[string]uint32
	// procs are functions that pg_type and pg_am name: OID, name, result, arguments.
	procs []proc
}

type proc struct {
	oid  int64
	name string
	ret  int64
	args string
}

// UnmarshalJSON reads a proc's list.
func (p *proc) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&p.oid, &p.name, &p.ret, &p.args})
}

// typeFact is what expressions need to know of a type.
type typeFact struct {
	oid, elem, array uint32
	name             string
	category         string
	storage, align   string
	length           int64
}

// loadFacts reads the embedded file once. It panics when that is broken, which
// the package's tests would show.
var loadFacts = sync.OnceValue(func() *facts {
	var raw map[string]json.RawMessage
	must(json.Unmarshal(factsJSON, &raw))
	var relations [][]json.RawMessage
	must(json.Unmarshal(raw["relations"], &relations))
	f := &facts{byName: map[string]*relation{}, types: map[uint32]*typeFact{}, typeNames: map[string]uint32{}}
	for _, parts := range relations {
		f.add(parts)
	}
	delete(raw, "relations")
	must(json.Unmarshal(raw["procs"], &f.procs))
	delete(raw, "procs")
	for name, data := range raw {
		var t struct {
			Cols []string
			Rows [][]any
		}
		must(json.Unmarshal(data, &t))
		f.byName["pg_catalog."+name].fill(t.Cols, t.Rows)
	}
	f.indexTypes()
	return f
})

func must(err error) {
	if err != nil {
		panic("pgcatalog: the embedded facts are broken: " + err.Error()) //nolint:forbidigo // a bug of ours
	}
}

func (f *facts) add(parts []json.RawMessage) {
	r := &relation{}
	must(json.Unmarshal(parts[0], &r.oid))
	must(json.Unmarshal(parts[1], &r.schema))
	must(json.Unmarshal(parts[2], &r.name))
	must(json.Unmarshal(parts[3], &r.kind))
	var cols [][]any
	must(json.Unmarshal(parts[4], &cols))
	for _, c := range cols {
		r.cols = append(r.cols, column{
			name: c[0].(string), typ: uint32(c[1].(float64)), typmod: int32(c[2].(float64)), notNull: c[3].(float64) != 0,
		})
	}
	f.relations = append(f.relations, r)
	f.byName[r.schema+"."+r.name] = r
}

// fill turns rows of the file, whose columns are named, into rows of values.
func (r *relation) fill(names []string, rows [][]any) {
	at := r.positions()
	for _, in := range rows {
		out := make([]any, len(r.cols))
		for i, v := range in {
			if n, ok := v.(float64); ok {
				v = int64(n)
				if t := r.cols[at[names[i]]].typ; t == tFloat4 || t == tFloat8 {
					v = n
				}
			}
			out[at[names[i]]] = v
		}
		r.rows = append(r.rows, out)
	}
}

func (r *relation) positions() map[string]int {
	at := make(map[string]int, len(r.cols))
	for i, c := range r.cols {
		at[c.name] = i
	}
	return at
}

func (f *facts) indexTypes() {
	r := f.byName["pg_catalog.pg_type"]
	at := r.positions()
	for _, row := range r.rows {
		t := &typeFact{
			oid: uint32(row[at["oid"]].(int64)), elem: uint32(row[at["typelem"]].(int64)), array: uint32(row[at["typarray"]].(int64)),
			name: row[at["typname"]].(string), category: row[at["typcategory"]].(string), length: row[at["typlen"]].(int64), storage: row[at["typstorage"]].(string), align: row[at["typalign"]].(string),
		}
		f.types[t.oid] = t
		f.typeNames[t.name] = t.oid
	}
}
