package planner

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/parser"
)

// InVersion resolves names in one version of the catalog, temporary objects
// included.
func InVersion(v *catalog.Version) Tables { return inVersion{v} }

type inVersion struct{ v *catalog.Version }

func (t inVersion) Table(name parser.Name) (*catalog.Table, error) {
	r, _, err := t.v.Find(CatalogName(name))
	return r.Table, err
}

func (t inVersion) View(name parser.Name) (*catalog.View, error) {
	r, _, err := t.v.Find(CatalogName(name))
	return r.View, err
}

func (t inVersion) Names() []string { return t.v.Names() }

// CatalogName is a name as written in the catalog's terms. Parts beyond
// database.schema.name make it a name that nothing has.
func CatalogName(n parser.Name) catalog.Name {
	out := catalog.Name{Name: n.Last().Text, Quoted: n.Last().Quoted}
	if len(n) > 1 {
		out.Schema = n[len(n)-2].Text
	}
	if len(n) > 2 {
		out.Database = joinName(n[:len(n)-2])
	}
	return out
}
