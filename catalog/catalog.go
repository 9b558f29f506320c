package catalog

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Catalog holds the current Version. Readers take it without waiting; writers
// are one after another, and each replaces it whole.
type Catalog struct {
	current atomic.Pointer[Version]
	write   sync.Mutex
	store   *store // nil: in memory only
}

// New makes a catalog that is forgotten with the process.
func New() *Catalog {
	c := &Catalog{}
	c.current.Store(&Version{num: 1, base: newObjects()})
	return c
}

// Open makes a catalog that is kept in a data directory, which is created if
// need be. An empty directory name means New. Close gives the directory free.
func Open(dir string) (*Catalog, error) {
	c := New()
	if dir == "" {
		return c, nil
	}
	s, err := openStore(dir, lockTimeout)
	if err != nil {
		return nil, err
	}
	o, err := s.load()
	if err != nil {
		return nil, errors2(err, s.close())
	}
	c.store = s
	c.current.Store(&Version{num: 1, base: o})
	return c, nil
}

// Close writes nothing more and gives the data directory free.
func (c *Catalog) Close() error {
	c.write.Lock()
	defer c.write.Unlock()
	if c.store == nil {
		return nil
	}
	s := c.store
	c.store = nil
	return s.close()
}

// Current is the catalog as it is now.
func (c *Catalog) Current() *Version { return c.current.Load() }

// Update makes a change. All that f does in the Tx happens at once, after it
// is on disk, or, if f or the disk fails, not at all.
func (c *Catalog) Update(f func(*Tx) error) error {
	c.write.Lock()
	defer c.write.Unlock()
	old := c.current.Load()
	tx := &Tx{objects: old.base.clone()}
	if err := f(tx); err != nil {
		return err
	}
	if len(tx.changes) == 0 {
		return nil
	}
	if c.store != nil {
		if err := c.store.apply(tx.changes); err != nil {
			return err
		}
	}
	tx.objects.index()
	c.current.Store(&Version{num: old.num + 1, base: tx.objects})
	return nil
}

// Overlay holds the temporary objects of one session. They hide the catalog's
// by the same name. It is used by one session, but from any goroutine.
type Overlay struct{ own Catalog }

// NewOverlay makes an empty one.
func NewOverlay() *Overlay {
	o := &Overlay{}
	o.own.current.Store(&Version{num: 1, base: newObjects()})
	return o
}

// Update changes the temporary objects.
func (o *Overlay) Update(f func(*Tx) error) error { return o.own.Update(f) }

// Has tells whether a name is a temporary object's.
func (o *Overlay) Has(n Name) bool {
	if n.Schema != "" && !strings.EqualFold(n.Schema, "pg_temp") {
		return false
	}
	n.Schema = ""
	_, ok, err := o.own.Current().Find(n)
	return ok && err == nil
}

// Clear forgets all.
func (o *Overlay) Clear() {
	o.own.write.Lock()
	defer o.own.write.Unlock()
	o.own.current.Store(&Version{num: o.own.Current().num + 1, base: newObjects()})
}

// On shows a version of the catalog with the temporary objects over it, both
// as they are now.
func (o *Overlay) On(v *Version) *Version {
	own := o.own.Current()
	if len(own.base.tables)+len(own.base.views)+len(own.base.functions) == 0 {
		return v
	}
	return &Version{num: v.num, base: v.base, temp: own.base}
}

// Num grows with every change of the temporary objects.
func (o *Overlay) Num() uint64 { return o.own.Current().num }

// checkNew refuses names that objects cannot have.
func checkNew(n string) error {
	switch {
	case n == "":
		return sqlerr.New(sqlerr.InvalidName, "zero-length identifier")
	case len(n) > MaxNameLength:
		return sqlerr.New(sqlerr.NameTooLong, `identifier "%s…" is too long`, n[:32]).
			WithDetail("The limit is %d bytes.", MaxNameLength)
	}
	return nil
}

// MaxNameLength bounds the names of objects, in bytes.
const MaxNameLength = 255

// ResolveNew checks the schema and database of an object to be made, and gives
// its plain name. temp says that it was written in the schema pg_temp.
func ResolveNew(n Name) (name string, temp bool, err error) {
	switch {
	case n.Database != "" && !sameName(n.Database, DatabaseName, n.Quoted):
		err = sqlerr.New(sqlerr.FeatureNotSupported, `cross-database references are not implemented: "%s"`, n).
			Hint("There is one database, %s.", DatabaseName)
	case sameName(n.Schema, "pg_temp", n.Quoted):
		temp = true
	case n.Schema != "" && !sameName(n.Schema, SchemaName, n.Quoted):
		err = sqlerr.New(sqlerr.InvalidSchemaName, `schema "%s" does not exist`, n.Schema).
			Hint("There is one schema, %s.", SchemaName)
	}
	if err == nil {
		err = checkNew(n.Name)
	}
	return n.Name, temp, err
}
