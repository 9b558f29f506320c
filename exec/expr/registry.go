package expr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// function is one entry of the registry: all there is to know of a name.
type function struct {
	name string
	// sigs are its overloads: "text, int -> text; bytes, int -> bytes". any is any
	// type, a type with ... behind it may come any number of times.
	sigs string
	// ret works the result type out where it depends on the arguments.
	ret func([]catalog.Type) (catalog.Type, error)
	// kernel builds the evaluation; nil for aggregates.
	kernel kernel
	// loose functions look at NULLs themselves; the others are strict.
	loose            bool
	volatile, stable bool
	// twoPhase aggregates can be computed partially and merged.
	aggregate, twoPhase bool
	// withinGroup aggregates are called with WITHIN GROUP (ORDER BY …).
	withinGroup  bool
	doc, example string

	overloads []catalog.Signature
	// base is the name that this one is an alias of.
	base string
}

// Functions is the set of functions, operators and aggregates.
type Functions struct {
	byName map[string]*function
	names  []string
}

var builtin *Functions

func init() {
	builtin = &Functions{byName: map[string]*function{}}
	for _, list := range [][]function{operators, comparisons, quantified, conditionals, stringFunctions, patternFunctions, encodingFunctions,
		mathFunctions, mathFunctions2, quoteFunctions, byteFunctions, regexFunctions2, clockFunctions, timeFunctions, timeMakers, timeMakers2,
		arrayFunctions, arrayFunctions2, jsonFunctions, jsonMakers, jsonChanges, setFunctions, sessionFunctions, aggregates, aggregates2} {
		for i := range list {
			builtin.add(&list[i])
		}
	}
	for alias, name := range aliases {
		f := *builtin.byName[name]
		f.name, f.base, f.overloads = alias, name, nil
		builtin.add(&f)
	}
	slices.Sort(builtin.names)
}

// aliases are second names.
var aliases = map[string]string{"character_length": "char_length",
	"instr": "strpos", "ceiling": "ceil", "pow": "power", "trim": "btrim", "rand": "random", "uuid": "gen_random_uuid",
	"current_timestamp": "now", "transaction_timestamp": "now", "statement_timestamp": "now",
	"session_user": "current_user", "user": "current_user", "current_catalog": "current_database", "every": "bool_and",
	"stddev": "stddev_samp", "variance": "var_samp", "truncate": "trunc",
	"size": "cardinality", "array_concat": "array_cat", "jsonb_extract_path": "json_extract_path", "jsonb_extract_path_text": "json_extract_path_text", "jsonb_array_length": "json_array_length",
	"jsonb_typeof": "json_typeof", "ucase": "upper", "lcase": "lower", "!=": "<>"}

func (fs *Functions) add(f *function) {
	if _, twice := fs.byName[f.name]; twice {
		panic("function " + f.name + " is listed twice") //nolint:forbidigo // a bug of ours, found at the start
	}
	for spec := range strings.SplitSeq(f.sigs, ";") {
		f.overloads = append(f.overloads, f.signature(strings.TrimSpace(spec)))
	}
	fs.byName[f.name] = f
	fs.names = append(fs.names, f.name)
}

// Builtin gives the functions that every session has.
func Builtin() *Functions { return builtin }

func (fs *Functions) find(lower string) *function { return fs.byName[lower] }

// Signatures gives the overloads of a scalar or aggregate function; none if
// there is no such function. The case of name does not matter.
func (fs *Functions) Signatures(name string) []catalog.Signature {
	if f := fs.byName[strings.ToLower(name)]; f != nil {
		return f.overloads
	}
	return nil
}

// Names gives all names, sorted.
func (fs *Functions) Names() []string { return slices.Clone(fs.names) }

// All gives every overload of every function, sorted by name.
func (fs *Functions) All() []catalog.Signature {
	var all []catalog.Signature
	for _, n := range fs.names {
		all = append(all, fs.byName[n].overloads...)
	}
	return all
}

// CanCast tells whether an explicit cast between two types exists.
func (fs *Functions) CanCast(from, to catalog.Type) bool { return CanCast(from, to) }

var typeWords = map[string]catalog.Type{
	"any": catalog.Of(catalog.Unknown), "bool": catalog.Of(catalog.Boolean), "smallint": catalog.Of(catalog.SmallInt),
	"int": catalog.Of(catalog.Int), "bigint": catalog.Of(catalog.BigInt), "real": catalog.Of(catalog.Real),
	"double": catalog.Of(catalog.Double), "decimal": catalog.Of(catalog.Decimal), "text": catalog.Of(catalog.Varchar),
	"bytes": catalog.Of(catalog.Bytes), "date": catalog.Of(catalog.Date), "time": catalog.Of(catalog.Time),
	"ts": catalog.Of(catalog.Timestamp), "tstz": catalog.Of(catalog.TimestampLTZ), "interval": catalog.Of(catalog.Interval),
	"json": catalog.Of(catalog.JSON), "any[]": catalog.ArrayOf(catalog.Of(catalog.Unknown)),
	"double[]": catalog.ArrayOf(catalog.Of(catalog.Double)), "interval[]": catalog.ArrayOf(catalog.Of(catalog.Interval)),
	"int[]":  catalog.ArrayOf(catalog.Of(catalog.Int)),
	"text[]": catalog.ArrayOf(catalog.Of(catalog.Varchar)), "map": catalog.MapOf(catalog.Of(catalog.Unknown), catalog.Of(catalog.Unknown)),
	"row": catalog.Of(catalog.Row),
}

// signature reads one overload.
func (f *function) signature(spec string) catalog.Signature {
	args, ret, ok := strings.Cut(spec, "->")
	if !ok {
		panic(fmt.Sprintf("function %s: %q has no result", f.name, spec)) //nolint:forbidigo // a bug of ours, found at the start
	}
	s := catalog.Signature{Name: f.name, Ret: f.word(ret), RetOf: f.ret, Strict: !f.loose && !f.aggregate, Volatile: f.volatile,
		Stable: f.stable, Aggregate: f.aggregate, TwoPhase: f.twoPhase, Doc: f.doc, Example: f.example}
	if strings.TrimSpace(args) == "" {
		return s
	}
	for arg := range strings.SplitSeq(args, ",") {
		arg = strings.TrimSpace(arg)
		if w, many := strings.CutSuffix(arg, "..."); many {
			s.Variadic, arg = true, w
		}
		s.Args = append(s.Args, f.word(arg))
	}
	return s
}

func (f *function) word(w string) catalog.Type {
	t, ok := typeWords[strings.TrimSpace(w)]
	if !ok {
		panic(fmt.Sprintf("function %s: unknown type %q", f.name, w)) //nolint:forbidigo // a bug of ours, found at the start
	}
	return t
}

// accepts tells whether some overload takes arguments of these layouts and
// gives such a result. The planner has chosen one and put in the casts; this
// keeps a plan from elsewhere from doing harm.
func (f *function) accepts(args []catalog.Type, ret catalog.Type) bool {
	return slices.ContainsFunc(f.overloads, func(s catalog.Signature) bool {
		if len(args) < len(s.Args) || len(args) > len(s.Args) && !s.Variadic {
			return false
		}
		for i, a := range args {
			if !fitsWord(a, s.Args[min(i, len(s.Args)-1)]) {
				return false
			}
		}
		return s.RetOf != nil || fitsWord(ret, s.Ret)
	})
}

func fitsWord(t, want catalog.Type) bool {
	return want.Kind == catalog.Unknown || exec.LayoutOf(t) == exec.LayoutOf(want)
}

// typeName is PostgreSQL's name of a type, as its errors and pg_typeof have it.
func typeName(t catalog.Type) string {
	switch t.Kind {
	case catalog.Unknown:
		return "unknown"
	case catalog.Boolean:
		return "boolean"
	case catalog.SmallInt:
		return "smallint"
	case catalog.Int:
		return "integer"
	case catalog.BigInt:
		return "bigint"
	case catalog.Real:
		return "real"
	case catalog.Double:
		return "double precision"
	case catalog.Decimal:
		return "numeric"
	case catalog.Varchar:
		if t.P > 0 {
			return "character varying"
		}
		return "text"
	case catalog.Bytes:
		return "bytea"
	case catalog.Date:
		return "date"
	case catalog.Time:
		return "time without time zone"
	case catalog.Timestamp:
		return "timestamp without time zone"
	case catalog.TimestampLTZ:
		return "timestamp with time zone"
	case catalog.Interval:
		return "interval"
	case catalog.JSON:
		return "json"
	case catalog.Array:
		return typeName(*t.Elem) + "[]"
	case catalog.Row:
		return "record"
	}
	return strings.ToLower(t.String())
}

// sameAs gives the type of argument k as the result's.
func sameAs(k int) func([]catalog.Type) (catalog.Type, error) {
	return func(args []catalog.Type) (catalog.Type, error) { return args[min(k, len(args)-1)], nil }
}
