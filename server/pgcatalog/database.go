package pgcatalog

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// OIDs that are the same in every database.
const (
	nsCatalog  = 11
	nsPublic   = 2200
	nsInfo     = 13183
	nsTemp     = 16383
	ownerOID   = 10
	databaseID = 5
	classClass = 1259
	classType  = 1247
	classProc  = 1255
	// firstUser is the first OID that is not PostgreSQL's own.
	firstUser = 16384
)

// database is the catalogue of one snapshot; tables are made when asked for.
type database struct {
	env     *Env
	tables  map[*relation][][]any
	objects []*object
	byOID   map[int64]*object
	procs   []userProc
}

// object is a relation: a user's, an index on one, or one of PostgreSQL's.
type object struct {
	oid       int64
	namespace int64
	name      string
	kind      string // r, v, i, m
	cols      []column
	exprs     []string // of computed columns and defaults
	generated []bool
	comments  []string
	comment   string
	temporary bool
	key       []int64 // attnums of the primary key
	index     *object
	table     *object // of an index
	viewdef   string
	system    bool
}

type userProc struct {
	oid int64
	fn  *Function
}

func newDatabase(env *Env) *database {
	d := &database{env: env, tables: map[*relation][][]any{}, byOID: map[int64]*object{}}
	for _, r := range loadFacts().relations {
		ns := int64(nsCatalog)
		if r.schema == "information_schema" {
			ns = nsInfo
		}
		d.add(&object{oid: r.oid, namespace: ns, name: r.name, kind: r.kind, cols: r.cols, system: true})
	}
	if env.Catalog != nil {
		for _, t := range env.Catalog.Tables() {
			d.addTable(t)
		}
		for _, v := range env.Catalog.Views() {
			d.addView(v)
		}
	}
	for i := range env.Functions {
		fn := &env.Functions[i]
		sig := fn.Name
		for _, a := range fn.Args {
			sig += "," + a.Type.String()
		}
		d.procs = append(d.procs, userProc{d.freeOID("function " + sig), fn})
	}
	slices.SortFunc(d.objects, func(a, b *object) int { return cmp.Compare(a.oid, b.oid) })
	return d
}

func (d *database) add(o *object) {
	d.objects = append(d.objects, o)
	d.byOID[o.oid] = o
}

// freeOID gives a name an OID: always the same, but that two names whose hashes
// collide take neighbours.
func (d *database) freeOID(name string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	for oid := firstUser + int64(h.Sum32()>>2); ; oid++ {
		taken := d.byOID[oid] != nil || slices.ContainsFunc(d.procs, func(p userProc) bool { return p.oid == oid })
		if !taken {
			return oid
		}
	}
}

func pgColumn(name string, t catalog.Type, notNull bool) column {
	return column{name: name, typ: catalog.OID(t), typmod: catalog.TypMod(t), notNull: notNull}
}

func namespaceOf(temporary bool) int64 {
	if temporary {
		return nsTemp
	}
	return nsPublic
}

func (d *database) addTable(t *catalog.Table) {
	o := &object{namespace: namespaceOf(t.Temporary), name: t.Name, kind: "r", comment: t.Comment, temporary: t.Temporary}
	o.oid = d.freeOID("relation " + strconv.FormatInt(o.namespace, 10) + " " + t.Name)
	for _, col := range t.Columns {
		inKey := slices.Contains(t.PrimaryKey, col.Name)
		o.cols = append(o.cols, pgColumn(col.Name, col.Type, col.NotNull || inKey))
		expr := col.Default
		if col.Computed != "" {
			expr = col.Computed
		}
		o.exprs = append(o.exprs, expr)
		o.generated = append(o.generated, col.Computed != "")
		o.comments = append(o.comments, col.Comment)
	}
	for _, name := range t.PrimaryKey {
		i := slices.IndexFunc(o.cols, func(c column) bool { return c.name == name })
		o.key = append(o.key, int64(i+1))
	}
	d.add(o)
	if len(o.key) == 0 {
		return
	}
	ix := &object{namespace: o.namespace, name: t.Name + "_pkey", kind: "i", temporary: t.Temporary, table: o}
	ix.oid = d.freeOID("index " + strconv.FormatInt(o.namespace, 10) + " " + ix.name)
	for _, n := range o.key {
		ix.cols = append(ix.cols, o.cols[n-1])
	}
	o.index = ix
	d.add(ix)
}

func (d *database) addView(v *catalog.View) {
	o := &object{namespace: namespaceOf(v.Temporary), name: v.Name, kind: "v", comment: v.Comment, temporary: v.Temporary, viewdef: v.QueryText}
	o.oid = d.freeOID("relation " + strconv.FormatInt(o.namespace, 10) + " " + v.Name)
	for _, col := range v.Columns {
		o.cols = append(o.cols, pgColumn(col.Name, col.Type, false))
	}
	d.add(o)
}

// namespaces are the schemas.
func (d *database) namespaces() map[int64]string {
	m := map[int64]string{nsCatalog: "pg_catalog", nsPublic: catalog.SchemaName, nsInfo: "information_schema"}
	if slices.ContainsFunc(d.objects, func(o *object) bool { return o.temporary }) {
		m[nsTemp] = "pg_temp_1"
	}
	return m
}

func (d *database) schemaOf(o *object) string { return d.namespaces()[o.namespace] }

// regText prints a reg… value: a name where there is one.
func (d *database) regText(v int64, t uint32) string {
	if v == 0 {
		return "-"
	}
	switch t {
	case tRegclass:
		if o := d.byOID[v]; o != nil {
			name := quoteIdent(o.name)
			if o.namespace == nsInfo {
				name = "information_schema." + name
			}
			return name
		}
	case tRegtype:
		return formatType(uint32(v), -1)
	case tRegnspace:
		if n, ok := d.namespaces()[v]; ok {
			return n
		}
	case tRegrole:
		if v == ownerOID {
			return d.env.User
		}
	case tRegproc:
		if n := d.procName(v); n != "" {
			return n
		}
	}
	return strconv.FormatInt(v, 10)
}

func (d *database) procName(oid int64) string {
	for _, p := range loadFacts().procs {
		if p.oid == oid {
			return p.name
		}
	}
	for _, p := range d.procs {
		if p.oid == oid {
			return p.fn.Name
		}
	}
	if s := d.builtin(oid); s != nil {
		return s.Name
	}
	return ""
}

// regParse reads a reg… value: a number, or the name of something there is.
func (d *database) regParse(s string, t uint32) (any, error) {
	s = strings.TrimSpace(s)
	if s == "-" {
		return int64(0), nil
	}
	if n, err := strconv.ParseUint(s, 10, 32); err == nil {
		return int64(n), nil
	}
	switch t {
	case tRegclass:
		if o := d.findRelation(s); o != nil {
			return o.oid, nil
		}
		return nil, sqlerr.New(sqlerr.UndefinedTable, "relation \"%s\" does not exist", s)
	case tRegtype:
		if oid, ok := typeByName(s); ok {
			return int64(oid), nil
		}
		return nil, sqlerr.New(sqlerr.UndefinedObject, "type \"%s\" does not exist", s)
	case tRegnspace:
		for oid, name := range d.namespaces() {
			if name == splitIdent(s)[0] {
				return oid, nil
			}
		}
		return nil, sqlerr.New(sqlerr.InvalidSchemaName, "schema \"%s\" does not exist", s)
	case tRegrole:
		if splitIdent(s)[0] == d.env.User {
			return int64(ownerOID), nil
		}
		return nil, sqlerr.New(sqlerr.UndefinedObject, "role \"%s\" does not exist", s)
	}
	name := splitIdent(s)
	for _, p := range d.procs {
		if p.fn.Name == name[len(name)-1] {
			return p.oid, nil
		}
	}
	for _, p := range loadFacts().procs {
		if p.name == name[len(name)-1] {
			return p.oid, nil
		}
	}
	if oid, ok := d.builtinOID(name[len(name)-1]); ok {
		return oid, nil
	}
	return nil, sqlerr.New(sqlerr.UndefinedFunction, "function \"%s\" does not exist", s)
}

// findRelation finds a relation by a name as SQL writes it. Names of users'
// tables keep their case and are found without it too.
func (d *database) findRelation(s string) *object {
	parts := splitIdent(s)
	name, schema := parts[len(parts)-1], ""
	if len(parts) > 1 {
		schema = parts[len(parts)-2]
	}
	var best *object
	for _, o := range d.objects {
		switch {
		case schema != "" && d.schemaOf(o) != schema, schema == "" && o.namespace == nsInfo:
			continue
		case o.name == name:
			return o
		case !o.system && strings.EqualFold(o.name, name) && !strings.Contains(s, `"`):
			best = o
		}
	}
	return best
}

// splitIdent cuts a.b."C" at its dots and folds what is not quoted.
func splitIdent(s string) []string {
	var parts []string
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch == '"' && quoted && i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		case ch == '"':
			quoted = !quoted
		case ch == '.' && !quoted:
			parts = append(parts, b.String())
			b.Reset()
		case quoted:
			b.WriteByte(ch)
		default:
			b.WriteString(strings.ToLower(string(ch)))
		}
	}
	return append(parts, b.String())
}

// quoteIdent is quote_ident: quotes where the name would not read as itself.
func quoteIdent(s string) string {
	plain := s != ""
	for i := 0; i < len(s); i++ {
		ch := s[i]
		if !(ch == '_' || ch >= 'a' && ch <= 'z' || i > 0 && ch >= '0' && ch <= '9') {
			plain = false
		}
	}
	if plain {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
