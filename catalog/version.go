package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
)

// objects is one immutable set of definitions. Tables and views share their
// names.
type objects struct {
	tables map[string]*Table
	views  map[string]*View
	jobs   map[string]*Job
	folded map[string][]string // lower-case name to relations
	// functions and endpoints go by their names in lower case.
	functions map[string]*Function
	endpoints map[string]*Endpoint
}

func newObjects() *objects {
	return &objects{tables: map[string]*Table{}, views: map[string]*View{}, jobs: map[string]*Job{}, folded: map[string][]string{},
		functions: map[string]*Function{}, endpoints: map[string]*Endpoint{}}
}

// clone copies the maps, not the definitions.
func (o *objects) clone() *objects {
	return &objects{tables: maps.Clone(o.tables), views: maps.Clone(o.views), jobs: maps.Clone(o.jobs),
		functions: maps.Clone(o.functions), endpoints: maps.Clone(o.endpoints)}
}

// index fills folded, when a change is complete.
func (o *objects) index() {
	o.folded = make(map[string][]string, len(o.tables)+len(o.views))
	add := func(name string) {
		key := strings.ToLower(name)
		o.folded[key] = append(o.folded[key], name)
	}
	for name := range o.tables {
		add(name)
	}
	for name := range o.views {
		add(name)
	}
}

func (o *objects) has(name string) bool { return o.tables[name] != nil || o.views[name] != nil }

// Version is the catalog at one moment: a read-only snapshot that any goroutine
// may use for as long as it likes. What it gives out must not be changed.
type Version struct {
	num  uint64
	base *objects
	temp *objects // a session's own, over base; nil if none
}

// Num grows with every change of the catalog (temporary objects aside): equal
// numbers, equal definitions.
func (v *Version) Num() uint64 { return v.num }

// Relation is what a name in FROM stands for: exactly one is set.
type Relation struct {
	Table *Table
	View  *View
}

// Name is the relation's own.
func (r Relation) Name() string {
	if r.Table != nil {
		return r.Table.Name
	}
	return r.View.Name
}

// Find looks a table or view up; ok is false when there is none. The error is
// for names that cannot be resolved at all: another database, or several
// relations that differ in case only.
func (v *Version) Find(n Name) (r Relation, ok bool, err error) {
	layers, err := v.layers(n)
	if err != nil {
		return r, false, err
	}
	for _, o := range layers {
		if o.has(n.Name) {
			return Relation{o.tables[n.Name], o.views[n.Name]}, true, nil
		}
	}
	if n.Quoted {
		return r, false, nil
	}
	for _, o := range layers {
		switch names := o.folded[strings.ToLower(n.Name)]; len(names) {
		case 0:
		case 1:
			return Relation{o.tables[names[0]], o.views[names[0]]}, true, nil
		default:
			names = slices.Sorted(slices.Values(names))
			return r, false, sqlerr.New(sqlerr.UndefinedTable, `relation "%s" does not exist`, n).
				Hint(`Several relations differ from it in case only; quote the one that is meant: "%s".`, strings.Join(names, `", "`))
		}
	}
	return r, false, nil
}

// layers gives the sets that a name may be in, nearest first.
func (v *Version) layers(n Name) ([]*objects, error) {
	if n.Database != "" && !sameName(n.Database, DatabaseName, n.Quoted) {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, `cross-database references are not implemented: "%s"`, n).
			Hint("There is one database, %s.", DatabaseName)
	}
	switch {
	case n.Schema == "" && v.temp != nil:
		return []*objects{v.temp, v.base}, nil
	case n.Schema == "", sameName(n.Schema, SchemaName, n.Quoted):
		return []*objects{v.base}, nil
	case sameName(n.Schema, "pg_temp", n.Quoted) && v.temp != nil:
		return []*objects{v.temp}, nil
	}
	return nil, nil
}

func sameName(a, b string, exact bool) bool { return a == b || !exact && strings.EqualFold(a, b) }

// Table looks a table up; 42P01 if there is none, 42809 if it is a view.
func (v *Version) Table(n Name) (*Table, error) {
	r, ok, err := v.Find(n)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, v.undefined(n)
	case r.Table == nil:
		return nil, sqlerr.New(sqlerr.WrongObjectType, `"%s" is not a table`, n.Name).Hint("It is a view.")
	}
	return r.Table, nil
}

// View looks a view up likewise.
func (v *Version) View(n Name) (*View, error) {
	r, ok, err := v.Find(n)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, v.undefined(n)
	case r.View == nil:
		return nil, sqlerr.New(sqlerr.WrongObjectType, `"%s" is not a view`, n.Name).Hint("It is a table.")
	}
	return r.View, nil
}

// Relation looks a table or view up; 42P01 if there is none.
func (v *Version) Relation(n Name) (Relation, error) {
	r, ok, err := v.Find(n)
	if err == nil && !ok {
		err = v.undefined(n)
	}
	return r, err
}

// undefined is the error for a name that is not there.
func (v *Version) undefined(n Name) error {
	e := sqlerr.New(sqlerr.UndefinedTable, `relation "%s" does not exist`, n)
	if n.Quoted {
		if r, ok, err := v.Find(Name{n.Database, n.Schema, n.Name, false}); ok && err == nil {
			return e.Hint(`Did you mean "%s"? Names in quotes are compared with regard to case.`, r.Name())
		}
	}
	if s, ok := Suggest(n.Name, v.Names()); ok {
		return e.Hint(`Did you mean "%s"?`, s)
	}
	return e
}

// Names lists all tables and views that can be named without a schema, sorted.
func (v *Version) Names() []string {
	all := map[string]bool{}
	for _, o := range []*objects{v.base, v.temp} {
		if o == nil {
			continue
		}
		for n := range o.tables {
			all[n] = true
		}
		for n := range o.views {
			all[n] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Tables lists the tables by name. A temporary table hides one of the same name.
func (v *Version) Tables() []*Table {
	var out []*Table
	for _, n := range v.Names() {
		if r, ok, _ := v.Find(Name{Name: n, Quoted: true}); ok && r.Table != nil {
			out = append(out, r.Table)
		}
	}
	return out
}

// Views lists the views by name.
func (v *Version) Views() []*View {
	var out []*View
	for _, n := range v.Names() {
		if r, ok, _ := v.Find(Name{Name: n, Quoted: true}); ok && r.View != nil {
			out = append(out, r.View)
		}
	}
	return out
}

// Jobs lists the jobs by the time they were created.
func (v *Version) Jobs() []*Job {
	return slices.SortedFunc(maps.Values(v.base.jobs), func(a, b *Job) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// Job finds a job by its number; 42704 if there is none.
func (v *Version) Job(id string) (*Job, error) {
	if j := v.base.jobs[id]; j != nil {
		return j, nil
	}
	return nil, errNoJob(id)
}

func errNoJob(id string) error {
	return sqlerr.New(sqlerr.UndefinedObject, `query "%s" does not exist`, id).Hint("SHOW QUERIES lists them.")
}

// Dependent is something that uses a relation.
type Dependent struct {
	Kind ObjectKind
	Name string
}

func (d Dependent) String() string {
	if d.Kind == JobObject {
		return fmt.Sprintf("%s %s", d.Kind, d.Name)
	}
	return fmt.Sprintf("%s %s", d.Kind, QuoteIdent(d.Name))
}

// Dependents lists the views and live jobs that use a relation directly.
func (v *Version) Dependents(name string) []Dependent {
	for _, o := range []*objects{v.temp, v.base} {
		if o != nil && o.has(name) {
			return o.dependents(name)
		}
	}
	return nil
}

func (o *objects) dependents(name string) []Dependent {
	var out []Dependent
	for _, n := range slices.Sorted(maps.Keys(o.views)) {
		if n != name && slices.Contains(o.views[n].Uses, name) {
			out = append(out, Dependent{ViewObject, n})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(o.jobs)) {
		if j := o.jobs[id]; j.State.Live() && slices.Contains(j.Uses, name) {
			out = append(out, Dependent{JobObject, id})
		}
	}
	return out
}
