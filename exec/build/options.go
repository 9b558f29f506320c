package build

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Connectors gives the built-in connectors by name.
func Connectors() map[string]Connector {
	return map[string]Connector{"kafka": kafkaConnector{}, "upsert-kafka": kafkaConnector{}, "file": fileConnector{}, "blackhole": blackhole{}}
}

// resolved gives a table's options with the secrets that they refer to. They
// live as long as the connector's configuration and are never stored.
func resolved(t *catalog.Table) (catalog.Options, error) { return catalog.ResolveSecrets(t.Options) }

// hidden takes the secrets of a table's options out of an error of its opening.
func hidden(err error, t *catalog.Table) error {
	if opts, rerr := resolved(t); err != nil && rerr == nil {
		return catalog.HideSecrets(opts, err)
	}
	return err
}

// atOption points an error at the option whose key its message names, if any.
func atOption(err error, t *catalog.Table) error {
	if err == nil {
		return nil
	}
	e := sqlerr.From(err)
	for _, o := range t.Options {
		if containsQuoted(e.Message, o.Key) || o.Value != "" && containsQuoted(e.Message, o.Value) {
			return e.At(o.ValuePos)
		}
	}
	return e
}

func containsQuoted(s, key string) bool {
	q := `"` + key + `"`
	for i := 0; i+len(q) <= len(s); i++ {
		if s[i:i+len(q)] == q {
			return true
		}
	}
	return false
}

// fieldsOf gives the columns of a table that a record holds.
func fieldsOf(t *catalog.Table) []format.Field {
	var fields []format.Field
	for _, c := range t.Columns {
		if c.Physical() {
			fields = append(fields, format.Field{Name: c.Name, Type: c.Type})
		}
	}
	return fields
}
