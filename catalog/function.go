package catalog

import (
	"slices"
	"strings"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Languages of functions.
const (
	LanguageSQL  = "sql"
	LanguageGRPC = "grpc"
	LanguageHTTP = "http"
)

// Function is one that a user has made: an SQL expression, an SQL aggregate, or
// a remote function. Functions are found by name alone, without case, one a name;
// a name of a built-in function cannot be taken. In the Uses of views and jobs a
// function goes by its name and "()".
type Function struct {
	Name string `json:"name"`
	Args Schema `json:"args"`
	// Returns has one column named as the function where it is scalar, and the
	// columns of RETURNS TABLE where Table is set.
	Returns Schema `json:"returns"`
	Table   bool   `json:"table,omitempty"`
	// Language is one of the constants.
	Language string `json:"language"`
	// Body is the SQL text behind AS, for Language sql.
	Body string `json:"body,omitempty"`
	// Aggregate is set for CREATE AGGREGATE FUNCTION.
	Aggregate *UserAggregate `json:"aggregate,omitempty"`
	Options   Options        `json:"options,omitempty"`
	Temporary bool           `json:"temporary,omitempty"`
	// SQL is the statement that made it, secrets included.
	SQL     string    `json:"sql"`
	Created time.Time `json:"created"`
}

// Remote tells functions that are called over the network.
func (f *Function) Remote() bool { return f.Language != LanguageSQL }

// UserAggregate is an aggregate written in SQL. All expressions are SQL text.
type UserAggregate struct {
	State []StateColumn `json:"state"`
	// Accumulate gives the new value of state columns, over state and arguments.
	Accumulate []Assignment `json:"accumulate"`
	// Merge gives the new value of state columns, over the state and another
	// group's state, whose columns have the prefix "other_"; empty: no two-phase.
	Merge []Assignment `json:"merge,omitempty"`
	// Result is over the state.
	Result string `json:"result"`
}

// StateColumn is a variable of an aggregate's state.
type StateColumn struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
	// Init is an expression without columns; empty: NULL.
	Init string `json:"init,omitempty"`
}

// Assignment is name = expression.
type Assignment struct {
	Name string `json:"name"`
	Expr string `json:"expr"`
}

// Endpoint holds the address and limits that functions and lookup tables share.
type Endpoint struct {
	Name    string    `json:"name"`
	Options Options   `json:"options"`
	SQL     string    `json:"sql"`
	Created time.Time `json:"created"`
}

// Function finds a function; nil when there is none.
func (v *Version) Function(name string) *Function {
	key := strings.ToLower(name)
	if v.temp != nil {
		if f := v.temp.functions[key]; f != nil {
			return f
		}
	}
	return v.base.functions[key]
}

// Functions lists the functions that users have made, by name.
func (v *Version) Functions() []*Function {
	all := map[string]*Function{}
	for k, f := range v.base.functions {
		all[k] = f
	}
	if v.temp != nil {
		for k, f := range v.temp.functions {
			all[k] = f
		}
	}
	return sortedByKey(all)
}

// Endpoint finds an endpoint; nil when there is none.
func (v *Version) Endpoint(name string) *Endpoint { return v.base.endpoints[strings.ToLower(name)] }

// Endpoints lists the endpoints by name.
func (v *Version) Endpoints() []*Endpoint { return sortedByKey(v.base.endpoints) }

// LookupTables lists the lookup tables by name.
func (v *Version) LookupTables() []*Table {
	return slices.DeleteFunc(v.Tables(), func(t *Table) bool { return !t.Lookup })
}

func sortedByKey[T any](m map[string]*T) []*T {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	out := make([]*T, len(keys))
	for i, k := range keys {
		out[i] = m[k]
	}
	return out
}

// CreateFunction adds a function; 42723 if its name is taken, unless replace is
// given.
func (tx *Tx) CreateFunction(f Function, replace bool) error {
	key := strings.ToLower(f.Name)
	if tx.objects.functions[key] != nil && !replace {
		return sqlerr.New(sqlerr.DuplicateFunction, `function "%s" already exists`, f.Name).
			Hint("Use CREATE OR REPLACE FUNCTION.")
	}
	if err := checkNew(f.Name); err != nil {
		return err
	}
	tx.objects.functions[key] = &f
	tx.put(FunctionObject, key, &f)
	return nil
}

// DropFunction removes a function; 42883 if there is none. Views and live jobs
// that use it forbid that (2BP01), or with cascade go too.
func (tx *Tx) DropFunction(name string, cascade bool) (Dropped, error) {
	key := strings.ToLower(name)
	if tx.objects.functions[key] == nil {
		return Dropped{}, sqlerr.New(sqlerr.UndefinedFunction, `function "%s" does not exist`, name)
	}
	d, err := tx.release(FunctionObject, tx.objects.functions[key].Name+"()", cascade)
	if err != nil {
		return d, err
	}
	delete(tx.objects.functions, key)
	tx.put(FunctionObject, key, nil)
	return d, nil
}

// CreateEndpoint adds an endpoint; 42710 if its name is taken, unless replace
// is given.
func (tx *Tx) CreateEndpoint(e Endpoint, replace bool) error {
	key := strings.ToLower(e.Name)
	if tx.objects.endpoints[key] != nil && !replace {
		return sqlerr.New(sqlerr.DuplicateObject, `endpoint "%s" already exists`, e.Name)
	}
	if err := checkNew(e.Name); err != nil {
		return err
	}
	tx.objects.endpoints[key] = &e
	tx.put(EndpointObject, key, &e)
	return nil
}

// DropEndpoint removes an endpoint; 42704 if there is none, 2BP01 while
// functions or lookup tables name it.
func (tx *Tx) DropEndpoint(name string) error {
	key := strings.ToLower(name)
	if tx.objects.endpoints[key] == nil {
		return sqlerr.New(sqlerr.UndefinedObject, `endpoint "%s" does not exist`, name)
	}
	var users []string
	for _, f := range tx.objects.functions {
		if e, ok := f.Options.Get("endpoint"); ok && strings.EqualFold(e, name) {
			users = append(users, "function "+f.Name)
		}
	}
	for _, t := range tx.objects.tables {
		if e, ok := t.Options.Get("endpoint"); ok && strings.EqualFold(e, name) {
			users = append(users, "lookup table "+t.Name)
		}
	}
	if len(users) > 0 {
		slices.Sort(users)
		return sqlerr.New(sqlerr.DependentObjects, "cannot drop endpoint %s because other objects depend on it", name).
			WithDetail("%s", strings.Join(users, "\n"))
	}
	delete(tx.objects.endpoints, key)
	tx.put(EndpointObject, key, nil)
	return nil
}
