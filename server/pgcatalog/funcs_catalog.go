package pgcatalog

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// functions are the scalar functions by name.
var functions = map[string]*function{}

func init() {
	maps.Copy(functions, generalFunctions)
	for name, fn := range catalogFunctions {
		fn.catalogue = true
		functions[name] = fn
	}
	for _, name := range []string{"table", "type", "function", "operator", "opclass", "opfamily", "collation", "conversion", "ts_config", "ts_dict", "ts_parser", "ts_template", "statistics_obj"} {
		functions["pg_"+name+"_is_visible"] = &function{args: []uint32{tOID}, min: 1, ret: tBool, catalogue: true, eval: visible}
	}
	for _, name := range []string{"table", "column", "database", "schema", "function", "sequence", "any_column", "tablespace", "language", "type", "server", "foreign_data_wrapper"} {
		functions["has_"+name+"_privilege"] = &function{
			args: []uint32{tAny, tAny, tAny, tAny}, min: 2, ret: tBool, catalogue: true,
			eval: func(*run, []any) (any, error) { return true, nil },
		}
	}
	for _, name := range []string{"pg_has_role", "row_security_active"} {
		always := name == "pg_has_role"
		functions[name] = &function{
			args: []uint32{tAny, tAny, tAny}, min: 1, ret: tBool, catalogue: true,
			eval: func(*run, []any) (any, error) { return always, nil },
		}
	}
	// Sizes on disk: there are none.
	for _, name := range []string{"table", "total_relation", "relation", "indexes", "database", "tablespace"} {
		functions["pg_"+name+"_size"] = &function{
			args: []uint32{tAny, tText}, min: 1, ret: tInt8, catalogue: true,
			eval: func(*run, []any) (any, error) { return int64(0), nil },
		}
	}
	// Definitions of what there is none of.
	for _, name := range []string{
		"pg_get_ruledef", "pg_get_triggerdef", "pg_get_partkeydef", "pg_get_statisticsobjdef", "pg_get_statisticsobjdef_columns",
		"pg_get_function_sqlbody", "pg_get_partition_constraintdef", "shobj_description",
	} {
		functions[name] = &function{
			args: []uint32{tAny, tAny}, min: 1, ret: tText, catalogue: true,
			eval: func(*run, []any) (any, error) { return nil, nil },
		}
	}
	for _, name := range []string{"session_user", "user", "current_role", "current_user"} {
		functions[name] = &function{ret: tName, catalogue: true, eval: func(r *run, _ []any) (any, error) { return r.env.User, nil }}
	}
	functions["current_catalog"] = functions["current_database"]
}

func visible(r *run, args []any) (any, error) {
	o := r.db.byOID[args[0].(int64)]
	if o == nil { // types and functions: all are in pg_catalog or public
		return true, nil
	}
	return o.namespace != nsInfo, nil
}

func text(fn func(r *run, args []any) (any, error), min int, args ...uint32) *function {
	return &function{args: args, min: min, ret: tText, eval: fn}
}

var catalogFunctions = map[string]*function{
	"version": text(func(r *run, _ []any) (any, error) {
		if r.env.Version != "" {
			return r.env.Version, nil
		}
		return "PostgreSQL " + r.env.ServerVersion + " compatible, Penstock", nil
	}, 0),
	"current_database": {ret: tName, eval: func(r *run, _ []any) (any, error) { return r.env.Database, nil }},
	"current_schema":   {ret: tName, eval: func(*run, []any) (any, error) { return catalog.SchemaName, nil }},
	"current_schemas": {args: []uint32{tBool}, min: 1, ret: tNameArray, eval: func(_ *run, args []any) (any, error) {
		if args[0] == true {
			return arrayOf("pg_catalog", catalog.SchemaName), nil
		}
		return arrayOf(catalog.SchemaName), nil
	}},
	"pg_backend_pid":          {ret: tInt4, eval: func(r *run, _ []any) (any, error) { return int64(r.env.PID), nil }},
	"pg_is_in_recovery":       {ret: tBool, eval: func(*run, []any) (any, error) { return false, nil }},
	"pg_my_temp_schema":       {ret: tOID, eval: func(*run, []any) (any, error) { return int64(0), nil }},
	"pg_is_other_temp_schema": {args: []uint32{tOID}, min: 1, ret: tBool, eval: func(*run, []any) (any, error) { return false, nil }},
	"inet_server_addr":        text(func(*run, []any) (any, error) { return nil, nil }, 0),
	"inet_client_addr":        text(func(*run, []any) (any, error) { return nil, nil }, 0),
	"inet_server_port":        {ret: tInt4, eval: func(*run, []any) (any, error) { return nil, nil }},
	"inet_client_port":        {ret: tInt4, eval: func(*run, []any) (any, error) { return nil, nil }},
	"getdatabaseencoding":     {ret: tName, eval: func(*run, []any) (any, error) { return "UTF8", nil }},
	"pg_client_encoding":      {ret: tName, eval: func(*run, []any) (any, error) { return "UTF8", nil }},
	"pg_encoding_to_char": {args: []uint32{tInt4}, min: 1, ret: tName, eval: func(_ *run, args []any) (any, error) {
		switch args[0] {
		case int64(6):
			return "UTF8", nil
		case int64(0):
			return "SQL_ASCII", nil
		}
		return "", nil
	}},
	"pg_char_to_encoding": {args: []uint32{tName}, min: 1, ret: tInt4, eval: func(_ *run, args []any) (any, error) {
		if strings.EqualFold(strings.ReplaceAll(args[0].(string), "-", ""), "utf8") {
			return int64(6), nil
		}
		return int64(-1), nil
	}},
	"pg_get_userbyid": {args: []uint32{tOID}, min: 1, ret: tName, eval: func(r *run, args []any) (any, error) {
		if args[0] == int64(ownerOID) {
			return r.env.User, nil
		}
		return "unknown (OID=" + strconv.FormatInt(args[0].(int64), 10) + ")", nil
	}},
	"format_type": {args: []uint32{tOID, tInt4}, min: 2, ret: tText, lax: true, eval: func(_ *run, args []any) (any, error) {
		oid, ok := args[0].(int64)
		if !ok {
			return nil, nil
		}
		mod, ok := args[1].(int64)
		if !ok {
			mod = -1
		}
		return formatType(uint32(oid), mod), nil
	}},
	"pg_get_expr": text(func(_ *run, args []any) (any, error) { return args[0], nil }, 2, tText, tOID, tBool),
	"pg_get_indexdef": text(func(r *run, args []any) (any, error) {
		column := int64(0)
		if len(args) > 1 {
			column = args[1].(int64)
		}
		return r.db.indexDef(r.db.byOID[args[0].(int64)], column), nil
	}, 1, tOID, tInt4, tBool),
	"pg_get_constraintdef": text(func(r *run, args []any) (any, error) {
		for _, o := range r.db.objects {
			if o.index != nil && constraintOID(o) == args[0] {
				return "PRIMARY KEY (" + o.index.columnList() + ")", nil
			}
		}
		return nil, nil
	}, 1, tOID, tBool),
	"pg_get_viewdef": text(func(r *run, args []any) (any, error) {
		var o *object
		switch v := args[0].(type) {
		case int64:
			o = r.db.byOID[v]
		case string:
			o = r.db.findRelation(v)
		}
		if o == nil || o.kind != "v" {
			return nil, nil
		}
		return " " + strings.TrimSuffix(strings.TrimSpace(o.viewdef), ";") + ";", nil
	}, 1, tAny, tAny),
	"pg_get_function_result": text(func(r *run, args []any) (any, error) {
		if p := r.db.userProc(args[0]); p != nil {
			return catalog.PGName(p.Returns), nil
		}
		if s := r.db.builtin(args[0]); s != nil {
			return pseudoName(s.Ret), nil
		}
		return nil, nil
	}, 1, tOID),
	"pg_get_functiondef":                 text(functionDef, 1, tOID),
	"pg_get_function_arguments":          text(functionArguments, 1, tOID),
	"pg_get_function_identity_arguments": text(functionArguments, 1, tOID),
	"pg_tablespace_location":             text(func(*run, []any) (any, error) { return "", nil }, 1, tOID),
	"pg_get_serial_sequence":             text(func(*run, []any) (any, error) { return nil, nil }, 2, tText, tText),
	"pg_relation_is_publishable": {args: []uint32{tRegclass}, min: 1, ret: tBool, eval: func(r *run, args []any) (any, error) {
		o := r.db.byOID[args[0].(int64)]
		return o != nil && o.kind == "r" && !o.system, nil
	}},
	"obj_description": text(func(r *run, args []any) (any, error) {
		if s := r.db.builtin(args[0]); s != nil && len(args) == 2 && args[1] == "pg_proc" {
			return s.Doc, nil
		}
		return r.db.comment(args[0], 0), nil
	}, 1, tOID, tName),
	"col_description": text(func(r *run, args []any) (any, error) {
		return r.db.comment(args[0], args[1].(int64)), nil
	}, 2, tOID, tInt4),
	"current_setting": text(func(r *run, args []any) (any, error) {
		name := args[0].(string)
		if v, ok := r.db.setting(name); ok {
			return v, nil
		}
		if len(args) > 1 && args[1] == true {
			return nil, nil
		}
		return nil, sqlerr.New(sqlerr.UndefinedObject, "unrecognized configuration parameter \"%s\"", name)
	}, 1, tText, tBool),
	"set_config": text(func(r *run, args []any) (any, error) {
		if r.env.SetSetting == nil {
			return nil, sqlerr.New(sqlerr.CantChangeRuntimeParam, "settings cannot be changed here")
		}
		if err := r.env.SetSetting(args[0].(string), args[1].(string)); err != nil {
			return nil, err
		}
		v, _ := r.db.setting(args[0].(string))
		return v, nil
	}, 3, tText, tText, tBool),
	"to_regclass":     {args: []uint32{tText}, min: 1, ret: tRegclass, eval: toReg(tRegclass)},
	"to_regtype":      {args: []uint32{tText}, min: 1, ret: tRegtype, eval: toReg(tRegtype)},
	"to_regproc":      {args: []uint32{tText}, min: 1, ret: tRegproc, eval: toReg(tRegproc)},
	"to_regnamespace": {args: []uint32{tText}, min: 1, ret: tRegnspace, eval: toReg(tRegnspace)},
	"to_regrole":      {args: []uint32{tText}, min: 1, ret: tRegrole, eval: toReg(tRegrole)},
	"pg_size_pretty": text(func(_ *run, args []any) (any, error) {
		return strconv.FormatInt(args[0].(int64), 10) + " bytes", nil
	}, 1, tInt8),
	"age":                      {args: []uint32{tXID}, min: 1, ret: tInt4, eval: func(*run, []any) (any, error) { return int64(0), nil }},
	"pg_postmaster_start_time": {ret: tTimestampTZ, eval: func(r *run, _ []any) (any, error) { return r.now.UnixMicro(), nil }},
}

func toReg(t uint32) func(r *run, args []any) (any, error) {
	return func(r *run, args []any) (any, error) {
		v, err := r.db.regParse(args[0].(string), t)
		if err != nil {
			return nil, nil
		}
		return v, nil
	}
}

func (d *database) userProc(oid any) *Function {
	for _, p := range d.procs {
		if p.oid == oid {
			return p.fn
		}
	}
	return nil
}

func functionArguments(r *run, args []any) (any, error) {
	p := r.db.userProc(args[0])
	if s := r.db.builtin(args[0]); s != nil {
		return builtinArguments(s), nil
	}
	if p == nil {
		return "", nil
	}
	parts := make([]string, len(p.Args))
	for i, a := range p.Args {
		parts[i] = strings.TrimSpace(quoteName(a.Name) + " " + catalog.PGName(a.Type))
	}
	return strings.Join(parts, ", "), nil
}

func quoteName(s string) string {
	if s == "" {
		return ""
	}
	return quoteIdent(s)
}

// comment is that of a relation, or of one of its columns.
func (d *database) comment(oid any, column int64) any {
	i, ok := slices.BinarySearchFunc(d.objects, oid.(int64), func(o *object, oid int64) int { return cmp.Compare(o.oid, oid) })
	if !ok {
		return nil
	}
	o := d.objects[i]
	text := o.comment
	if column > 0 {
		if int(column) > len(o.comments) {
			return nil
		}
		text = o.comments[column-1]
	}
	if text == "" {
		return nil
	}
	return text
}
