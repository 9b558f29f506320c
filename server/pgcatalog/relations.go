package pgcatalog

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
)

// builders make the rows of the relations that have any. The rest are empty, or
// facts.
var builders = map[string]func(d *database, r *run, add func(map[string]any)){
	"pg_catalog.pg_namespace": func(d *database, _ *run, add func(map[string]any)) {
		ns := d.namespaces()
		for _, oid := range slices.Sorted(maps.Keys(ns)) {
			add(map[string]any{"oid": oid, "nspname": ns[oid], "nspowner": int64(ownerOID)})
		}
	},
	"pg_catalog.pg_class":       classRows,
	"pg_catalog.pg_attribute":   attributeRows,
	"pg_catalog.pg_attrdef":     attrdefRows,
	"pg_catalog.pg_index":       indexRows,
	"pg_catalog.pg_constraint":  constraintRows,
	"pg_catalog.pg_description": descriptionRows,
	"pg_catalog.pg_proc":        procRows,
	"pg_catalog.pg_database": func(d *database, _ *run, add func(map[string]any)) {
		add(map[string]any{
			"oid": int64(databaseID), "datname": d.env.Database, "datdba": int64(ownerOID), "encoding": int64(6), "datlocprovider": "c",
			"datallowconn": true, "datconnlimit": int64(-1), "dattablespace": int64(1663), "datcollate": "C.UTF-8", "datctype": "C.UTF-8",
		})
	},
	"pg_catalog.pg_roles":  roleRows,
	"pg_catalog.pg_authid": roleRows,
	"pg_catalog.pg_user": func(d *database, _ *run, add func(map[string]any)) {
		add(map[string]any{"usename": d.env.User, "usesysid": int64(ownerOID), "usecreatedb": true, "usesuper": true, "passwd": "********"})
	},
	"pg_catalog.pg_settings": func(d *database, _ *run, add func(map[string]any)) {
		list := slices.Clone(limitSettings)
		if d.env.Settings != nil {
			list = append(list, d.env.Settings()...)
		}
		for _, s := range list {
			add(map[string]any{
				"name": s.Name, "setting": s.Value, "category": "Settings", "short_desc": s.Doc, "context": "user", "vartype": "string",
				"source": "session", "boot_val": s.Default, "reset_val": s.Default, "pending_restart": false,
			})
		}
	},
	"pg_catalog.pg_tables": func(d *database, _ *run, add func(map[string]any)) {
		for _, o := range d.objects {
			if o.kind == "r" {
				add(map[string]any{
					"schemaname": d.schemaOf(o), "tablename": o.name, "tableowner": d.env.User, "hasindexes": o.index != nil,
					"hasrules": false, "hastriggers": false, "rowsecurity": false,
				})
			}
		}
	},
	"pg_catalog.pg_views": func(d *database, _ *run, add func(map[string]any)) {
		for _, o := range d.objects {
			if o.kind == "v" {
				add(map[string]any{"schemaname": d.schemaOf(o), "viewname": o.name, "viewowner": d.env.User, "definition": o.viewdef})
			}
		}
	},
	"pg_catalog.pg_indexes": func(d *database, _ *run, add func(map[string]any)) {
		for _, o := range d.objects {
			if o.kind == "i" {
				add(map[string]any{"schemaname": d.schemaOf(o), "tablename": o.table.name, "indexname": o.name, "indexdef": d.indexDef(o, 0)})
			}
		}
	},
	"pg_catalog.pg_stat_activity": func(d *database, r *run, add func(map[string]any)) {
		app, _ := d.setting("application_name")
		add(map[string]any{
			"datid": int64(databaseID), "datname": d.env.Database, "pid": int64(d.env.PID), "usesysid": int64(ownerOID), "usename": d.env.User,
			"application_name": app, "query_start": r.now.UnixMicro(), "state_change": r.now.UnixMicro(), "state": "active", "backend_type": "client backend",
		})
	},
}

// limitSettings are limits of PostgreSQL's that drivers look up before they
// read indexes and keys.
var limitSettings = []catalog.SettingValue{
	{Name: "max_index_keys", Value: "32", Default: "32", Doc: "Shows the maximum number of index keys."},
	{Name: "max_identifier_length", Value: "63", Default: "63", Doc: "Shows the maximum identifier length."},
}

func (d *database) setting(name string) (string, bool) {
	if d.env.Setting == nil {
		return "", false
	}
	return d.env.Setting(name)
}

// rows are those of a relation.
func (d *database) rows(r *run, rel *relation) [][]any {
	rows, ok := d.tables[rel]
	if ok {
		return rows
	}
	build := builders[rel.schema+"."+rel.name]
	switch {
	case build != nil:
		at := rel.positions()
		build(d, r, func(vals map[string]any) {
			row := rel.blank()
			for name, v := range vals {
				if i, ok := at[name]; ok {
					row[i] = v
				}
			}
			rows = append(rows, row)
		})
	default:
		rows = rel.rows
	}
	if rel.name != "pg_settings" && rel.name != "pg_stat_activity" { // they change while the snapshot does not
		d.tables[rel] = rows
	}
	return rows
}

// blank is a row in which columns that are never NULL have their zero.
func (r *relation) blank() []any {
	row := make([]any, len(r.cols))
	for i, c := range r.cols {
		if !c.notNull {
			continue
		}
		switch classOf(c.typ) {
		case classBool:
			row[i] = false
		case classNumber, classTime:
			row[i] = int64(0)
		case classArray:
			row[i] = &array{lower: 0}
		default:
			row[i] = ""
		}
	}
	return row
}

func classRows(d *database, _ *run, add func(map[string]any)) {
	for _, o := range d.objects {
		am := map[string]int64{"r": 2, "i": 403}[o.kind]
		persistence := "p"
		if o.temporary {
			persistence = "t"
		}
		replident := "d"
		if o.kind != "r" || o.system {
			replident = "n"
		}
		add(map[string]any{
			"oid": o.oid, "relname": o.name, "relnamespace": o.namespace, "relowner": int64(ownerOID), "relam": am, "reltuples": -1.0,
			"relhasindex": o.index != nil, "relpersistence": persistence, "relkind": o.kind, "relnatts": int64(len(o.cols)),
			"relhasrules": o.kind == "v", "relispopulated": true, "relreplident": replident, "relfilenode": fileNode(o),
		})
	}
}

func fileNode(o *object) int64 {
	if o.kind == "v" {
		return 0
	}
	return o.oid
}

// collationOf is the collation of columns of a type.
func collationOf(t uint32) int64 {
	if elem := elementType(t); elem != 0 && t != tInt2Vector && t != tOIDVector {
		t = elem
	}
	switch t {
	case tText, tVarchar, tBPChar:
		return 100
	case tName:
		return 950
	}
	return 0
}

func attributeRows(d *database, _ *run, add func(map[string]any)) {
	for _, o := range d.objects {
		for i, c := range o.cols {
			f := loadFacts().types[c.typ]
			row := map[string]any{
				"attrelid": o.oid, "attname": c.name, "atttypid": int64(c.typ), "attstattarget": int64(-1), "attnum": int64(i + 1), "attcacheoff": int64(-1),
				"atttypmod": int64(c.typmod), "attstorage": "p", "attalign": "i", "attnotnull": c.notNull, "attislocal": true,
				"attcollation": collationOf(c.typ), "attlen": int64(-1),
			}
			if f != nil {
				row["attlen"], row["attstorage"], row["attalign"] = f.length, f.storage, f.align
				row["attbyval"] = f.length > 0 && f.length <= 8
				if f.category == "A" && f.elem != 0 {
					row["attndims"] = int64(1)
				}
			}
			if o.kind != "i" && len(o.exprs) > i && o.exprs[i] != "" {
				row["atthasdef"] = true
				if o.generated[i] {
					row["attgenerated"] = "s"
				}
			}
			add(row)
		}
	}
}

func attrdefRows(d *database, _ *run, add func(map[string]any)) {
	for _, o := range d.objects {
		for i, e := range o.exprs {
			if e != "" {
				add(map[string]any{"oid": o.oid ^ int64(i+1)<<20, "adrelid": o.oid, "adnum": int64(i + 1), "adbin": e})
			}
		}
	}
}

func vector(vals []int64) *array {
	a := &array{lower: 0}
	for _, v := range vals {
		a.elems = append(a.elems, v)
	}
	return a
}

func indexRows(d *database, _ *run, add func(map[string]any)) {
	for _, o := range d.objects {
		if o.kind != "i" {
			continue
		}
		var collations []int64
		for _, c := range o.cols {
			collations = append(collations, collationOf(c.typ))
		}
		zeros := make([]int64, len(o.cols))
		add(map[string]any{
			"indexrelid": o.oid, "indrelid": o.table.oid, "indnatts": int64(len(o.cols)), "indnkeyatts": int64(len(o.cols)), "indisunique": true,
			"indisprimary": true, "indimmediate": true, "indisvalid": true, "indisready": true, "indislive": true,
			"indkey": vector(o.table.key), "indcollation": vector(collations), "indclass": vector(zeros), "indoption": vector(zeros),
		})
	}
}

// constraintOID is that of a table's primary key.
func constraintOID(table *object) int64 { return table.index.oid + 1<<30 }

func constraintRows(d *database, _ *run, add func(map[string]any)) {
	for _, o := range d.objects {
		if o.index == nil {
			continue
		}
		key := arrayOf()
		for _, n := range o.key {
			key.elems = append(key.elems, n)
		}
		add(map[string]any{
			"oid": constraintOID(o), "conname": o.index.name, "connamespace": o.namespace, "contype": "p", "convalidated": true,
			"conrelid": o.oid, "conindid": o.index.oid, "confupdtype": " ", "confdeltype": " ", "confmatchtype": " ",
			"conislocal": true, "connoinherit": true, "conkey": key,
		})
	}
}

func descriptionRows(d *database, _ *run, add func(map[string]any)) {
	for _, o := range d.objects {
		if o.comment != "" {
			add(map[string]any{"objoid": o.oid, "classoid": int64(classClass), "objsubid": int64(0), "description": o.comment})
		}
		for i, text := range o.comments {
			if text != "" {
				add(map[string]any{"objoid": o.oid, "classoid": int64(classClass), "objsubid": int64(i + 1), "description": text})
			}
		}
	}
}

func procRows(d *database, _ *run, add func(map[string]any)) {
	row := func(oid, ns int64, name string, ret int64, args *array) map[string]any {
		return map[string]any{
			"oid": oid, "proname": name, "pronamespace": ns, "proowner": int64(ownerOID), "prolang": int64(14), "procost": 1.0, "prokind": "f",
			"provolatile": "i", "proparallel": "u", "pronargs": int64(len(args.elems)), "prorettype": ret, "proargtypes": args,
		}
	}
	for _, p := range loadFacts().procs {
		args, err := d.parseArray(p.args, tOIDVector)
		must(err)
		add(row(p.oid, nsCatalog, p.name, p.ret, args))
	}
	for _, p := range d.procs {
		args, names := &array{lower: 0}, arrayOf()
		for _, a := range p.fn.Args {
			args.elems = append(args.elems, int64(catalog.OID(a.Type)))
			names.elems = append(names.elems, a.Name)
		}
		r := row(p.oid, nsPublic, p.fn.Name, int64(catalog.OID(p.fn.Returns)), args)
		r["prosrc"], r["proargnames"] = p.fn.Body, names
		add(r)
	}
	builtinRows(d, add)
}

func roleRows(d *database, _ *run, add func(map[string]any)) {
	add(map[string]any{
		"oid": int64(ownerOID), "rolname": d.env.User, "rolsuper": true, "rolinherit": true, "rolcreaterole": true, "rolcreatedb": true,
		"rolcanlogin": true, "rolreplication": false, "rolconnlimit": int64(-1), "rolbypassrls": true,
	})
}

// indexDef is pg_get_indexdef: the whole, or the name of a column.
func (d *database) indexDef(o *object, column int64) string {
	if o == nil || o.kind != "i" || column < 0 || column > int64(len(o.cols)) {
		return ""
	}
	if column > 0 {
		return quoteIdent(o.cols[column-1].name)
	}
	return "CREATE UNIQUE INDEX " + quoteIdent(o.name) + " ON " + d.schemaOf(o) + "." + quoteIdent(o.table.name) + " USING btree (" + o.columnList() + ")"
}

func (o *object) columnList() string {
	names := make([]string, len(o.cols))
	for i, c := range o.cols {
		names[i] = quoteIdent(c.name)
	}
	return strings.Join(names, ", ")
}

// relationsByName lists objects of kinds in the order of schema and name.
func (d *database) relationsByName(kinds string) []*object {
	var out []*object
	for _, o := range d.objects {
		if strings.Contains(kinds, o.kind) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b *object) int {
		return cmp.Or(cmp.Compare(d.schemaOf(a), d.schemaOf(b)), cmp.Compare(a.name, b.name))
	})
	return out
}
