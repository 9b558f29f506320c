package catalog

import (
	"slices"
	"strings"
	"time"
)

// DatabaseName and SchemaName are the only database and schema there are.
const (
	DatabaseName = "penstock"
	SchemaName   = "public"
)

// ObjectKind tells what a name stands for.
type ObjectKind string

// The kinds of objects.
const (
	TableObject    ObjectKind = "table"
	ViewObject     ObjectKind = "view"
	JobObject      ObjectKind = "query"
	FunctionObject ObjectKind = "function"
	EndpointObject ObjectKind = "endpoint"
)

// TableColumn is a column of a table as declared.
type TableColumn struct {
	Name string `json:"name"`
	// Type is the declared one; of a computed column the planner's finding.
	Type Type `json:"type"`
	// Computed is the SQL text behind AS; such a column cannot be written to.
	Computed string `json:"computed,omitempty"`
	// Metadata is the key of METADATA FROM; Virtual says it is not written.
	Metadata string `json:"metadata,omitempty"`
	Virtual  bool   `json:"virtual,omitempty"`
	NotNull  bool   `json:"notNull,omitempty"`
	// Default is the SQL text behind DEFAULT.
	Default string `json:"default,omitempty"`
	Comment string `json:"comment,omitempty"`
}

// Physical tells the columns that are read from and written to the record.
func (c TableColumn) Physical() bool { return c.Computed == "" && c.Metadata == "" }

// Watermark is WATERMARK FOR column AS expression, the latter as SQL text.
type Watermark struct {
	Column string `json:"column"`
	// ExprText is the SQL text of the expression.
	ExprText string `json:"expr"`
}

// Table is a source or sink. Expressions are kept as SQL text and planned where
// the table is used, so that the catalog needs no parser.
type Table struct {
	Name       string        `json:"name"`
	Columns    []TableColumn `json:"columns"`
	PrimaryKey []string      `json:"primaryKey,omitempty"`
	Watermark  *Watermark    `json:"watermark,omitempty"`
	Options    Options       `json:"options,omitempty"`
	Temporary  bool          `json:"temporary,omitempty"`
	// Lookup tables are held by the process in one shared, refreshed copy
	// (exec/lookup) and joined by key; they are no streams.
	Lookup  bool   `json:"lookup,omitempty"`
	Comment string `json:"comment,omitempty"`
	// SQL is the statement that made it, secrets included.
	SQL     string    `json:"sql"`
	Created time.Time `json:"created"`
}

// Column finds a column by name, exactly.
func (t *Table) Column(name string) (TableColumn, bool) {
	i := slices.IndexFunc(t.Columns, func(c TableColumn) bool { return c.Name == name })
	if i < 0 {
		return TableColumn{}, false
	}
	return t.Columns[i], true
}

// Schema gives the names and types of all columns.
func (t *Table) Schema() Schema {
	s := make(Schema, len(t.Columns))
	for i, c := range t.Columns {
		s[i] = Column{Name: c.Name, Type: c.Type}
	}
	return s
}

// Option gives the value of an option of WITH, as written.
func (t *Table) Option(key string) (string, bool) { return t.Options.Get(key) }

// View is a named query.
type View struct {
	Name    string `json:"name"`
	Columns Schema `json:"columns"`
	// QueryText is the SELECT.
	QueryText string `json:"query"`
	Temporary bool   `json:"temporary,omitempty"`
	Comment   string `json:"comment,omitempty"`
	SQL       string `json:"sql"`
	// Uses names the tables and views that the query reads.
	Uses    []string  `json:"uses,omitempty"`
	Created time.Time `json:"created"`
}

// JobState is how a job stands, as far as it must outlive the process.
type JobState string

// The states of a job. A running one is started again with the process.
const (
	JobRunning  JobState = "running"
	JobPaused   JobState = "paused"
	JobStopped  JobState = "stopped"
	JobFailed   JobState = "failed"
	JobFinished JobState = "finished"
)

// Live tells the states in which a job holds on to the tables it uses.
func (s JobState) Live() bool { return s == JobRunning || s == JobPaused }

// Job is a continuous query that outlives its session.
type Job struct {
	ID    string   `json:"id"`
	SQL   string   `json:"sql"`
	State JobState `json:"state"`
	// Error is why it failed, and Code its SQLSTATE.
	Error string `json:"error,omitempty"`
	Code  string `json:"code,omitempty"`
	// Settings are the session's where they differ from the defaults.
	Settings map[string]string `json:"settings,omitempty"`
	// Params are the values of $1, $2, ….
	Params []JobParam `json:"params,omitempty"`
	// Uses names the tables and views it reads and writes.
	Uses    []string  `json:"uses,omitempty"`
	Created time.Time `json:"created"`
	Changed time.Time `json:"changed"`
}

// JobParam is a parameter of a job in PostgreSQL's text form.
type JobParam struct {
	Type Type   `json:"type"`
	Text string `json:"text,omitempty"`
	Null bool   `json:"null,omitempty"`
}

// Name is an object's name as written, with or without schema and database.
type Name struct {
	Database, Schema, Name string
	// Quoted names are found exactly or not at all.
	Quoted bool
}

// NameOf makes an unqualified name.
func NameOf(s string) Name { return Name{Name: s} }

// String is the name for messages.
func (n Name) String() string {
	parts := make([]string, 0, 3)
	for _, p := range []string{n.Database, n.Schema, n.Name} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ".")
}

// ParseName splits public.t and penstock.public.t; there is no quoting.
func ParseName(s string) Name {
	parts := strings.Split(s, ".")
	switch len(parts) {
	case 2:
		return Name{Schema: parts[0], Name: parts[1]}
	case 3:
		return Name{Database: parts[0], Schema: parts[1], Name: parts[2]}
	}
	return NameOf(s)
}
