package pgcatalog

import (
	"strings"

	"github.com/penstock/penstock/catalog"
)

// firstBuiltin is the OID of the first of Env.Builtins, which are numbered in
// order. No fact of PostgreSQL's and no object of a user's is there: those begin
// at 16384 and are hashed into 31 bits past builtinEnd.
const (
	firstBuiltin = 12001
	builtinEnd   = 16384
)

// The pseudo-types that stand for any type.
const (
	tAnyElement = 2283
	tVariadic   = 2276 // any
)

// builtin finds a function of the registry by its OID.
func (d *database) builtin(oid any) *catalog.Signature {
	n, ok := oid.(int64)
	if n -= firstBuiltin; !ok || n < 0 || n >= int64(d.builtins()) {
		return nil
	}
	return &d.env.Builtins[n]
}

// builtins is how many functions have a number.
func (d *database) builtins() int { return min(len(d.env.Builtins), builtinEnd-firstBuiltin) }

// builtinOID finds the OID of the first function of a name.
func (d *database) builtinOID(name string) (int64, bool) {
	for i := range d.builtins() {
		if d.env.Builtins[i].Name == name {
			return int64(firstBuiltin + i), true
		}
	}
	return 0, false
}

// pseudoOID is the type of an argument or result as pg_proc has it.
func pseudoOID(t catalog.Type) int64 {
	switch {
	case t.Kind == catalog.Unknown:
		return tAnyElement
	case t.Kind == catalog.Array && (t.Elem == nil || t.Elem.Kind == catalog.Unknown):
		return tAnyArray
	}
	return int64(catalog.OID(t))
}

func pseudoName(t catalog.Type) string {
	switch pseudoOID(t) {
	case tAnyElement:
		return "anyelement"
	case tAnyArray:
		return "anyarray"
	}
	return catalog.PGName(t)
}

// isFunction leaves operators and syntax out: names that begin with a letter.
func isFunction(name string) bool {
	return name != "" && (name[0]|0x20 >= 'a' && name[0]|0x20 <= 'z' || name[0] == '_')
}

func builtinRows(d *database, add func(map[string]any)) {
	for i := range d.builtins() {
		s := &d.env.Builtins[i]
		if !isFunction(s.Name) {
			continue
		}
		args := &array{lower: 0}
		for _, a := range s.Args {
			args.elems = append(args.elems, pseudoOID(a))
		}
		kind, volatility := "f", "i"
		switch {
		case s.Aggregate:
			kind = "a"
		case s.Volatile:
			volatility = "v"
		case s.Stable:
			volatility = "s"
		}
		variadic := int64(0)
		if s.Variadic {
			variadic = tVariadic
		}
		add(map[string]any{
			"oid": int64(firstBuiltin + i), "proname": s.Name, "pronamespace": int64(nsCatalog), "proowner": int64(ownerOID), "prolang": int64(12), "procost": 1.0,
			"prokind": kind, "provolatile": volatility, "proparallel": "s", "proisstrict": s.Strict, "pronargs": int64(len(s.Args)),
			"prorettype": pseudoOID(s.Ret), "proargtypes": args, "provariadic": variadic, "prosrc": s.Name,
		})
	}
}

func builtinArguments(s *catalog.Signature) string {
	parts := make([]string, len(s.Args))
	for i, a := range s.Args {
		parts[i] = pseudoName(a)
	}
	if s.Variadic {
		parts[len(parts)-1] = "VARIADIC " + parts[len(parts)-1]
	}
	return strings.Join(parts, ", ")
}

// functionDef is pg_get_functiondef.
func functionDef(r *run, args []any) (any, error) {
	if s := r.db.builtin(args[0]); s != nil {
		text := "CREATE OR REPLACE FUNCTION pg_catalog." + quoteIdent(s.Name) + "(" + builtinArguments(s) + ")\n RETURNS " + pseudoName(s.Ret) + "\n LANGUAGE internal\n"
		switch {
		case s.Aggregate: // as PostgreSQL refuses to tell
			return nil, nil
		case s.Stable:
			text += " STABLE"
		case !s.Volatile:
			text += " IMMUTABLE"
		}
		if s.Strict {
			text += " STRICT"
		}
		return text + "\nAS $function$" + s.Name + "$function$\n-- " + s.Doc + "; " + s.Example + "\n", nil
	}
	p := r.db.userProc(args[0])
	if p == nil {
		return nil, nil
	}
	list, err := functionArguments(r, args)
	if err != nil {
		return nil, err
	}
	return "CREATE OR REPLACE FUNCTION " + quoteIdent(p.Name) + "(" + list.(string) + ")\n RETURNS " + catalog.PGName(p.Returns) + "\n LANGUAGE " + p.Language +
		"\nAS $function$" + p.Body + "$function$\n", nil
}
