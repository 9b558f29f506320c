package catalog

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Tx is a change of the catalog in the making. It sees its own changes. Use it
// only within the function given to Update.
type Tx struct {
	objects *objects
	changes []change
}

// change is one object to be written to the store, or removed where value is nil.
type change struct {
	kind  ObjectKind
	key   string
	value any
}

func (tx *Tx) put(kind ObjectKind, key string, value any) {
	tx.changes = append(tx.changes, change{kind, key, value})
}

// Has tells whether a table or view has exactly this name.
func (tx *Tx) Has(name string) bool { return tx.objects.has(name) }

// CreateTable adds a table; 42P07 if its name is taken.
func (tx *Tx) CreateTable(t Table) error {
	if err := tx.free(t.Name); err != nil {
		return err
	}
	tx.objects.tables[t.Name] = &t
	tx.put(TableObject, t.Name, &t)
	return nil
}

// ReplaceTable adds a table or takes the place of one of the same name. What
// uses the old one must be looked at by the caller.
func (tx *Tx) ReplaceTable(t Table) error {
	if tx.objects.views[t.Name] != nil {
		return sqlerr.New(sqlerr.WrongObjectType, `"%s" is not a table`, t.Name).Hint("It is a view.")
	}
	if err := checkNew(t.Name); err != nil {
		return err
	}
	tx.objects.tables[t.Name] = &t
	tx.put(TableObject, t.Name, &t)
	return nil
}

// CreateView adds a view; 42P07 if its name is taken, by a view as well unless
// replace is given.
func (tx *Tx) CreateView(v View, replace bool) error {
	if old := tx.objects.views[v.Name]; old != nil && replace {
		if tx.reaches(v.Uses, v.Name) {
			return sqlerr.New(sqlerr.InvalidObjectDefinition, `view "%s" would use itself`, v.Name)
		}
	} else if err := tx.free(v.Name); err != nil {
		return err
	}
	tx.objects.views[v.Name] = &v
	tx.put(ViewObject, v.Name, &v)
	return nil
}

// reaches tells whether any of the names is target, or a view that leads there.
func (tx *Tx) reaches(names []string, target string) bool {
	seen := map[string]bool{}
	for todo := slices.Clone(names); len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if n == target {
			return true
		}
		if v := tx.objects.views[n]; v != nil && !seen[n] {
			seen[n] = true
			todo = append(todo, v.Uses...)
		}
	}
	return false
}

func (tx *Tx) free(name string) error {
	if tx.objects.has(name) {
		return sqlerr.New(sqlerr.DuplicateTable, `relation "%s" already exists`, name)
	}
	return checkNew(name)
}

// Dropped is what a DROP … CASCADE took with it.
type Dropped struct {
	Views []string
	// Jobs have been marked as stopped; whoever runs them must stop them.
	Jobs []string
}

// DropTable removes a table; 42P01 if there is none. Views and live jobs that
// use it forbid that (2BP01), or with cascade go too.
func (tx *Tx) DropTable(name string, cascade bool) (Dropped, error) {
	if tx.objects.tables[name] == nil {
		if tx.objects.views[name] != nil {
			return Dropped{}, sqlerr.New(sqlerr.WrongObjectType, `"%s" is not a table`, name).
				Hint("Use DROP VIEW to remove a view.")
		}
		return Dropped{}, sqlerr.New(sqlerr.UndefinedTable, `table "%s" does not exist`, name)
	}
	d, err := tx.release(TableObject, name, cascade)
	if err != nil {
		return d, err
	}
	delete(tx.objects.tables, name)
	tx.put(TableObject, name, nil)
	return d, nil
}

// DropView removes a view likewise.
func (tx *Tx) DropView(name string, cascade bool) (Dropped, error) {
	if tx.objects.views[name] == nil {
		if tx.objects.tables[name] != nil {
			return Dropped{}, sqlerr.New(sqlerr.WrongObjectType, `"%s" is not a view`, name).
				Hint("Use DROP TABLE to remove a table.")
		}
		return Dropped{}, sqlerr.New(sqlerr.UndefinedTable, `view "%s" does not exist`, name)
	}
	d, err := tx.release(ViewObject, name, cascade)
	if err != nil {
		return d, err
	}
	delete(tx.objects.views, name)
	tx.put(ViewObject, name, nil)
	return d, nil
}

// release frees a relation of what depends on it, or says what does.
func (tx *Tx) release(kind ObjectKind, name string, cascade bool) (Dropped, error) {
	var d Dropped
	direct := tx.objects.dependents(name)
	if len(direct) > 0 && !cascade {
		lines := make([]string, len(direct))
		for i, u := range direct {
			lines[i] = u.String() + " depends on " + Dependent{kind, name}.String()
		}
		return d, sqlerr.New(sqlerr.DependentObjects, "cannot drop %s because other objects depend on it", Dependent{kind, name}).
			WithDetail("%s", strings.Join(lines, "\n")).
			Hint("Use DROP … CASCADE to drop the dependent objects too, and to stop the queries.")
	}
	for _, u := range direct {
		if u.Kind == JobObject {
			j := *tx.objects.jobs[u.Name]
			j.State = JobStopped
			if err := tx.PutJob(j); err != nil {
				return d, err
			}
			d.Jobs = append(d.Jobs, u.Name)
			continue
		}
		if tx.objects.views[u.Name] == nil { // gone already with another view
			continue
		}
		more, err := tx.DropView(u.Name, true)
		if err != nil {
			return d, err
		}
		d.Views = append(append(d.Views, u.Name), more.Views...)
		d.Jobs = append(d.Jobs, more.Jobs...)
	}
	return d, nil
}

// PutJob adds a job or replaces its state.
func (tx *Tx) PutJob(j Job) error {
	if j.ID == "" {
		return sqlerr.New(sqlerr.InvalidName, "a query needs an identifier")
	}
	tx.objects.jobs[j.ID] = &j
	tx.put(JobObject, j.ID, &j)
	return nil
}

// DropJob forgets a job; 42704 if there is none.
func (tx *Tx) DropJob(id string) error {
	if tx.objects.jobs[id] == nil {
		return errNoJob(id)
	}
	delete(tx.objects.jobs, id)
	tx.put(JobObject, id, nil)
	return nil
}

// Job finds a job as this change has it so far.
func (tx *Tx) Job(id string) (Job, bool) {
	if j := tx.objects.jobs[id]; j != nil {
		return *j, true
	}
	return Job{}, false
}
