package catalog

// Option is one 'key' = 'value' of a WITH clause, in the order written.
type Option struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// TableColumn is a column of a table as declared.
type TableColumn struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
	// Computed is the SQL text of a computed column's expression; its Type is
	// the expression's.
	Computed string `json:"computed,omitempty"`
	// Metadata is the key of a metadata column ("timestamp", "offset", …).
	Metadata string `json:"metadata,omitempty"`
	// Virtual metadata columns are not written by sinks.
	Virtual bool   `json:"virtual,omitempty"`
	NotNull bool   `json:"not_null,omitempty"`
	Comment string `json:"comment,omitempty"`
}

// Watermark is WATERMARK FOR Column AS Expr.
type Watermark struct {
	Column string `json:"column"`
	Expr   string `json:"expr"`
}

// Table is a source or sink declared by CREATE TABLE. It is not changed once
// it is in a catalog version.
type Table struct {
	Name       string        `json:"name"`
	Columns    []TableColumn `json:"columns"`
	PrimaryKey []string      `json:"primary_key,omitempty"`
	Watermark  *Watermark    `json:"watermark,omitempty"`
	Options    []Option      `json:"options"`
	Temporary  bool          `json:"temporary,omitempty"`
	Comment    string        `json:"comment,omitempty"`
	// SQL is the CREATE statement as the user wrote it.
	SQL string `json:"sql"`
}

// Option gives the value of an option.
func (t *Table) Option(key string) (string, bool) {
	for _, o := range t.Options {
		if o.Key == key {
			return o.Value, true
		}
	}
	return "", false
}
