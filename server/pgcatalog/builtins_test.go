package pgcatalog

import (
	"context"
	"slices"
	"testing"

	kernels "github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/parser"
)

// TestBuiltins: the registry's functions are in pg_proc, and told as PostgreSQL tells its own.
func TestBuiltins(t *testing.T) {
	env := testEnv(t)
	env.Builtins = kernels.Builtin().All()
	for _, c := range []struct{ sql, want string }{
		{`SELECT pg_catalog.pg_get_function_result(p.oid) FROM pg_catalog.pg_proc p WHERE p.proname = 'quote_ident'`, "text"},
		{`SELECT pg_catalog.pg_get_function_arguments(p.oid) FROM pg_catalog.pg_proc p WHERE p.proname = 'concat_ws'`, "text, VARIADIC anyelement"},
		{`SELECT p.prokind FROM pg_catalog.pg_proc p WHERE p.proname = 'regr_slope'`, "a"},
		{`SELECT pg_catalog.obj_description(p.oid, 'pg_proc') FROM pg_catalog.pg_proc p WHERE p.proname = 'pi'`, "π"},
		{`SELECT pg_catalog.pg_get_functiondef('pi'::pg_catalog.regproc::pg_catalog.oid)`,
			"CREATE OR REPLACE FUNCTION pg_catalog.pi()\n RETURNS double precision\n LANGUAGE internal\n IMMUTABLE STRICT\nAS $function$pi$function$\n-- π; pi() → 3.141592653589793\n"},
		{`SELECT count(*) FROM pg_catalog.pg_proc p WHERE p.proname OPERATOR(pg_catalog.~) '^[^a-z_]' AND p.prosrc = p.proname`, "0"},
	} {
		st, err := parser.ParseOne(c.sql)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Prepare(st.(*parser.SelectStmt).Query, env, nil)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		b, err := p.Run(context.Background(), nil)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		var got []string
		for i := range b.N {
			got = append(got, string(kernels.AppendText(nil, p.Columns()[0].Type, b.Cols[0], i)))
		}
		if !slices.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.sql, got, c.want)
		}
	}
}
