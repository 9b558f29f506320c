package pgcatalog

import (
	"maps"
	"slices"

	"github.com/penstock/penstock/catalog"
)

func init() {
	maps.Copy(builders, map[string]func(d *database, r *run, add func(map[string]any)){
		"information_schema.tables":            infoTables,
		"information_schema.columns":           infoColumns,
		"information_schema.views":             infoViews,
		"information_schema.table_constraints": infoConstraints,
		"information_schema.key_column_usage":  infoKeys,
		"information_schema.schemata": func(d *database, _ *run, add func(map[string]any)) {
			ns := d.namespaces()
			for _, oid := range slices.Sorted(maps.Keys(ns)) {
				add(map[string]any{"catalog_name": d.env.Database, "schema_name": ns[oid], "schema_owner": d.env.User})
			}
		},
		"information_schema.information_schema_catalog_name": func(d *database, _ *run, add func(map[string]any)) {
			add(map[string]any{"catalog_name": d.env.Database})
		},
		"information_schema.enabled_roles": func(d *database, _ *run, add func(map[string]any)) {
			add(map[string]any{"role_name": d.env.User})
		},
	})
}

func yes(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}

func infoTables(d *database, _ *run, add func(map[string]any)) {
	for _, o := range d.relationsByName("rvm") {
		kind := "BASE TABLE"
		switch {
		case o.kind == "v":
			kind = "VIEW"
		case o.temporary:
			kind = "LOCAL TEMPORARY"
		}
		add(map[string]any{
			"table_catalog": d.env.Database, "table_schema": d.schemaOf(o), "table_name": o.name, "table_type": kind,
			"is_insertable_into": yes(o.kind == "r" && !o.system), "is_typed": "NO",
		})
	}
}

func infoColumns(d *database, _ *run, add func(map[string]any)) {
	for _, o := range d.relationsByName("rvm") {
		for i, c := range o.cols {
			row := map[string]any{
				"table_catalog": d.env.Database, "table_schema": d.schemaOf(o), "table_name": o.name, "column_name": c.name,
				"ordinal_position": int64(i + 1), "is_nullable": yes(!c.notNull), "data_type": formatType(c.typ, -1),
				"udt_catalog": d.env.Database, "udt_schema": "pg_catalog", "udt_name": typeName(c.typ), "dtd_identifier": itoa(i + 1),
				"is_self_referencing": "NO", "is_identity": "NO", "identity_cycle": "NO", "is_generated": "NEVER", "is_updatable": yes(o.kind == "r" && !o.system),
			}
			if f := loadFacts().types[c.typ]; f != nil && f.category == "A" {
				row["data_type"] = "ARRAY"
			}
			if len(o.exprs) > i && o.exprs[i] != "" {
				if o.generated[i] {
					row["is_generated"], row["generation_expression"] = "ALWAYS", o.exprs[i]
				} else {
					row["column_default"] = o.exprs[i]
				}
			}
			sizes(row, c)
			add(row)
		}
	}
}

// sizes fills the columns on lengths and precisions.
func sizes(row map[string]any, c column) {
	number := func(precision, radix, scale int64) {
		row["numeric_precision"], row["numeric_precision_radix"] = precision, radix
		if scale >= 0 {
			row["numeric_scale"] = scale
		}
	}
	mod := int64(c.typmod)
	switch c.typ {
	case tInt2:
		number(16, 2, 0)
	case tInt4:
		number(32, 2, 0)
	case tInt8:
		number(64, 2, 0)
	case tFloat4:
		number(24, 2, -1)
	case tFloat8:
		number(53, 2, -1)
	case tNumeric:
		row["numeric_precision_radix"] = int64(10)
		if mod >= 0 {
			number((mod-4)>>16, 10, (mod-4)&0xffff)
		}
	case tVarchar, tBPChar:
		if mod >= 0 {
			row["character_maximum_length"] = mod - 4
		}
		row["character_octet_length"] = int64(1 << 30)
	case tText:
		row["character_octet_length"] = int64(1 << 30)
	case tDate:
		row["datetime_precision"] = int64(0)
	case catalog.OIDTime, tTimestamp, tTimestampTZ, tInterval:
		row["datetime_precision"] = int64(6)
		if mod >= 0 {
			row["datetime_precision"] = mod
		}
	}
}

func infoViews(d *database, _ *run, add func(map[string]any)) {
	for _, o := range d.relationsByName("v") {
		add(map[string]any{
			"table_catalog": d.env.Database, "table_schema": d.schemaOf(o), "table_name": o.name, "view_definition": o.viewdef,
			"check_option": "NONE", "is_updatable": "NO", "is_insertable_into": "NO", "is_trigger_updatable": "NO",
			"is_trigger_deletable": "NO", "is_trigger_insertable_into": "NO",
		})
	}
}

func infoConstraints(d *database, _ *run, add func(map[string]any)) {
	for _, o := range d.relationsByName("r") {
		if o.index == nil {
			continue
		}
		add(map[string]any{
			"constraint_catalog": d.env.Database, "constraint_schema": d.schemaOf(o), "constraint_name": o.index.name,
			"table_catalog": d.env.Database, "table_schema": d.schemaOf(o), "table_name": o.name, "constraint_type": "PRIMARY KEY",
			"is_deferrable": "NO", "initially_deferred": "NO", "enforced": "NO", "nulls_distinct": "YES",
		})
	}
}

func infoKeys(d *database, _ *run, add func(map[string]any)) {
	for _, o := range d.relationsByName("r") {
		for i, n := range o.key {
			add(map[string]any{
				"constraint_catalog": d.env.Database, "constraint_schema": d.schemaOf(o), "constraint_name": o.index.name,
				"table_catalog": d.env.Database, "table_schema": d.schemaOf(o), "table_name": o.name,
				"column_name": o.cols[n-1].name, "ordinal_position": int64(i + 1),
			})
		}
	}
}
