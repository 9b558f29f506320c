package pgcatalog

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/penstock/penstock/internal/sqlerr"
)

func sameAsFirst(args []*expr) uint32 {
	if len(args) == 0 {
		return tText
	}
	return args[0].typ
}

func str(v any) string { s, _ := v.(string); return s }

func textFn(n int, fn func(s []string) any) *function {
	args := make([]uint32, n)
	for i := range args {
		args[i] = tText
	}
	return &function{args: args, min: n, ret: tText, eval: func(_ *run, vals []any) (any, error) {
		s := make([]string, len(vals))
		for i, v := range vals {
			s[i] = str(v)
		}
		return fn(s), nil
	}}
}

func trim(fn func(s, cut string) string) *function {
	return &function{args: []uint32{tText, tText}, min: 1, ret: tText, eval: func(_ *run, args []any) (any, error) {
		cut := " "
		if len(args) > 1 {
			cut = str(args[1])
		}
		return fn(str(args[0]), cut), nil
	}}
}

// generalFunctions are those that are not about the catalogue.
var generalFunctions = map[string]*function{
	"lower":         textFn(1, func(s []string) any { return strings.ToLower(s[0]) }),
	"upper":         textFn(1, func(s []string) any { return strings.ToUpper(s[0]) }),
	"replace":       textFn(3, func(s []string) any { return strings.ReplaceAll(s[0], s[1], s[2]) }),
	"quote_ident":   textFn(1, func(s []string) any { return quoteIdent(s[0]) }),
	"quote_literal": textFn(1, func(s []string) any { return "'" + strings.ReplaceAll(s[0], "'", "''") + "'" }),
	"btrim":         trim(strings.Trim),
	"ltrim":         trim(strings.TrimLeft),
	"rtrim":         trim(strings.TrimRight),
	"length":        lengthFn, "char_length": lengthFn, "character_length": lengthFn,
	"octet_length": {args: []uint32{tText}, min: 1, ret: tInt4, eval: func(_ *run, args []any) (any, error) { return int64(len(str(args[0]))), nil }},
	"position": {args: []uint32{tText, tText}, min: 2, ret: tInt4, eval: func(_ *run, args []any) (any, error) {
		return place(str(args[0]), str(args[1])), nil
	}},
	"strpos": {args: []uint32{tText, tText}, min: 2, ret: tInt4, eval: func(_ *run, args []any) (any, error) {
		return place(str(args[0]), str(args[1])), nil
	}},
	"substring": {args: []uint32{tText, tAny, tInt4}, min: 2, ret: tText, eval: substring},
	"substr":    {args: []uint32{tText, tInt4, tInt4}, min: 2, ret: tText, eval: substring},
	"left": {args: []uint32{tText, tInt4}, min: 2, ret: tText, eval: func(_ *run, args []any) (any, error) {
		r, n := []rune(str(args[0])), args[1].(int64)
		if n < 0 {
			n += int64(len(r))
		}
		return string(r[:max(0, min(n, int64(len(r))))]), nil
	}},
	"split_part": {args: []uint32{tText, tText, tInt4}, min: 3, ret: tText, eval: func(_ *run, args []any) (any, error) {
		parts := strings.Split(str(args[0]), str(args[1]))
		n := args[2].(int64)
		if n < 1 || n > int64(len(parts)) {
			return "", nil
		}
		return parts[n-1], nil
	}},
	"concat": {args: []uint32{tAny}, variadic: true, ret: tText, lax: true, eval: func(_ *run, args []any) (any, error) {
		var b strings.Builder
		for _, a := range args {
			b.WriteString(str(a))
		}
		return b.String(), nil
	}},
	"concat_ws": {args: []uint32{tText, tAny}, min: 1, variadic: true, ret: tText, lax: true, eval: func(_ *run, args []any) (any, error) {
		if args[0] == nil {
			return nil, nil
		}
		var parts []string
		for _, a := range args[1:] {
			if a != nil {
				parts = append(parts, str(a))
			}
		}
		return strings.Join(parts, str(args[0])), nil
	}},
	"format":         {args: []uint32{tText, tAny}, min: 1, variadic: true, ret: tText, lax: true, eval: format},
	"regexp_replace": {args: []uint32{tText, tText, tText, tText}, min: 3, ret: tText, eval: regexpReplace},
	"array_to_string": {args: []uint32{tAnyArray, tText, tText}, min: 2, ret: tText, lax: true, eval: func(r *run, args []any) (any, error) {
		a, ok := args[0].(*array)
		if !ok || args[1] == nil {
			return nil, nil
		}
		var parts []string
		for _, e := range a.elems {
			switch {
			case e != nil:
				parts = append(parts, r.db.text(e, tText, nil))
			case len(args) > 2 && args[2] != nil:
				parts = append(parts, str(args[2]))
			}
		}
		return strings.Join(parts, str(args[1])), nil
	}},
	"string_to_array": {args: []uint32{tText, tText, tText}, min: 2, ret: tTextArray, lax: true, eval: stringToArray},
	"array_upper":     arrayEdge(func(a *array) int64 { return a.lower + int64(len(a.elems)) - 1 }),
	"array_lower":     arrayEdge(func(a *array) int64 { return a.lower }),
	"array_length":    arrayEdge(func(a *array) int64 { return int64(len(a.elems)) }),
	"cardinality": {args: []uint32{tAnyArray}, min: 1, ret: tInt4, eval: func(_ *run, args []any) (any, error) {
		return int64(len(args[0].(*array).elems)), nil
	}},
	"array_remove": {args: []uint32{tAnyArray, tAny}, min: 2, retOf: sameAsFirst, lax: true, eval: func(_ *run, args []any) (any, error) {
		a, ok := args[0].(*array)
		if !ok {
			return nil, nil
		}
		out := arrayOf()
		for _, e := range a.elems {
			if string(key(nil, e)) != string(key(nil, args[1])) {
				out.elems = append(out.elems, e)
			}
		}
		return out, nil
	}},
	"array_append": {args: []uint32{tAnyArray, tAny}, min: 2, retOf: sameAsFirst, lax: true, eval: func(_ *run, args []any) (any, error) {
		out := arrayOf()
		if a, ok := args[0].(*array); ok {
			out.elems = append(out.elems, a.elems...)
		}
		out.elems = append(out.elems, args[1])
		return out, nil
	}},
	"array_cat": {args: []uint32{tAnyArray, tAnyArray}, min: 2, retOf: sameAsFirst, eval: func(_ *run, args []any) (any, error) {
		return arrayOf(append(append([]any{}, args[0].(*array).elems...), args[1].(*array).elems...)...), nil
	}},
	"array_position": {args: []uint32{tAnyArray, tAny}, min: 2, ret: tInt4, eval: func(_ *run, args []any) (any, error) {
		a := args[0].(*array)
		for i, e := range a.elems {
			if string(key(nil, e)) == string(key(nil, args[1])) {
				return a.lower + int64(i), nil
			}
		}
		return nil, nil
	}},
	"parse_ident": {args: []uint32{tText, tBool}, min: 1, ret: tTextArray, eval: func(_ *run, args []any) (any, error) {
		out := arrayOf()
		for _, p := range splitIdent(str(args[0])) {
			out.elems = append(out.elems, p)
		}
		return out, nil
	}},
	"json_build_object":  {args: []uint32{tAny}, variadic: true, ret: tJSON, lax: true, eval: jsonObject},
	"jsonb_build_object": {args: []uint32{tAny}, variadic: true, ret: tJSONB, lax: true, eval: jsonObject},
	"abs": {args: []uint32{tAny}, min: 1, retOf: sameAsFirst, eval: func(_ *run, args []any) (any, error) {
		switch v := args[0].(type) {
		case int64:
			return max(v, -v), nil
		case float64:
			return max(v, -v), nil
		}
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "function abs does not exist for this type")
	}},
	"now":                   {ret: tTimestampTZ, eval: nowOf},
	"current_timestamp":     {ret: tTimestampTZ, eval: nowOf},
	"transaction_timestamp": {ret: tTimestampTZ, eval: nowOf},
	"statement_timestamp":   {ret: tTimestampTZ, eval: nowOf},
	"clock_timestamp":       {ret: tTimestampTZ, eval: nowOf},
}

func nowOf(r *run, _ []any) (any, error) { return r.now.UnixMicro(), nil }

var lengthFn = &function{args: []uint32{tText}, min: 1, ret: tInt4, eval: func(_ *run, args []any) (any, error) {
	return int64(utf8.RuneCountInString(str(args[0]))), nil
}}

func place(s, sub string) int64 {
	i := strings.Index(s, sub)
	if i < 0 {
		return 0
	}
	return int64(utf8.RuneCountInString(s[:i])) + 1
}

// format is format(text, …) with %s, %I, %L and %%.
func format(_ *run, args []any) (any, error) {
	if args[0] == nil {
		return nil, nil
	}
	var b strings.Builder
	rest := args[1:]
	for s := str(args[0]); s != ""; {
		before, after, found := strings.Cut(s, "%")
		b.WriteString(before)
		if !found {
			break
		}
		if after == "" {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "unterminated format() type specifier")
		}
		s = after[1:]
		if after[0] == '%' {
			b.WriteByte('%')
			continue
		}
		if len(rest) == 0 {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "too few arguments for format()")
		}
		v := rest[0]
		rest = rest[1:]
		switch after[0] {
		case 's':
			b.WriteString(str(v))
		case 'I':
			b.WriteString(quoteIdent(str(v)))
		case 'L':
			if v == nil {
				b.WriteString("NULL")
				continue
			}
			b.WriteString("'" + strings.ReplaceAll(str(v), "'", "''") + "'")
		default:
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "unrecognized format() type specifier \"%c\"", after[0])
		}
	}
	return b.String(), nil
}

// substring is SUBSTRING(x FROM n [FOR m]) and, with a pattern, the part that it
// or its first group matches.
func substring(_ *run, args []any) (any, error) {
	s := str(args[0])
	if p, ok := args[1].(string); ok {
		re, err := pattern(p, "~", "")
		if err != nil {
			return nil, err
		}
		m := re.FindStringSubmatchIndex(s)
		switch {
		case m == nil:
			return nil, nil
		case len(m) > 2:
			if m[2] < 0 {
				return nil, nil
			}
			return s[m[2]:m[3]], nil
		}
		return s[m[0]:m[1]], nil
	}
	from, ok := args[1].(int64)
	if !ok {
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "function substring does not exist for these types")
	}
	r := []rune(s)
	to := int64(len(r)) + 1
	if len(args) > 2 {
		n := args[2].(int64)
		if n < 0 {
			return nil, sqlerr.New(sqlerr.SubstringError, "negative substring length not allowed")
		}
		to = min(to, from+n)
	}
	from = max(from, 1)
	if from >= to {
		return "", nil
	}
	return string(r[from-1 : to-1]), nil
}

// regexpGroup is \1 in a replacement.
var regexpGroup = regexp.MustCompile(`\\([0-9&])`)

func regexpReplace(_ *run, args []any) (any, error) {
	flags := ""
	if len(args) > 3 {
		flags = str(args[3])
	}
	kind := "~"
	if strings.Contains(flags, "i") {
		kind = "~*"
	}
	re, err := pattern(str(args[1]), kind, "")
	if err != nil {
		return nil, err
	}
	s := str(args[0])
	with := strings.ReplaceAll(str(args[2]), "$", "$$")
	with = strings.ReplaceAll(regexpGroup.ReplaceAllString(with, "$${$1}"), "${&}", "${0}")
	if strings.Contains(flags, "g") {
		return re.ReplaceAllString(s, with), nil
	}
	m := re.FindStringSubmatchIndex(s)
	if m == nil {
		return s, nil
	}
	return s[:m[0]] + string(re.ExpandString(nil, with, s, m)) + s[m[1]:], nil
}

func stringToArray(_ *run, args []any) (any, error) {
	if args[0] == nil {
		return nil, nil
	}
	s, out := str(args[0]), arrayOf()
	if s == "" {
		return out, nil
	}
	var parts []string
	switch sep, ok := args[1].(string); {
	case !ok:
		parts = strings.Split(s, "")
	case sep == "":
		parts = []string{s}
	default:
		parts = strings.Split(s, sep)
	}
	for _, p := range parts {
		if len(args) > 2 && args[2] != nil && p == str(args[2]) {
			out.elems = append(out.elems, nil)
			continue
		}
		out.elems = append(out.elems, p)
	}
	return out, nil
}

func arrayEdge(fn func(a *array) int64) *function {
	return &function{args: []uint32{tAnyArray, tInt4}, min: 2, ret: tInt4, eval: func(_ *run, args []any) (any, error) {
		a := args[0].(*array)
		if args[1] != int64(1) || len(a.elems) == 0 {
			return nil, nil
		}
		return fn(a), nil
	}}
}

func jsonObject(_ *run, args []any) (any, error) {
	if len(args)%2 != 0 {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "argument list must have even number of elements")
	}
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; i < len(args); i += 2 {
		k, ok := args[i].(string)
		if !ok {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "argument %d: key must not be null", i+1)
		}
		if i > 0 {
			b.WriteString(", ")
		}
		name, err := json.Marshal(k)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(plain(args[i+1]))
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteString(" : ")
		b.Write(value)
	}
	b.WriteByte('}')
	return b.String(), nil
}

// plain is a value as encoding/json takes it.
func plain(v any) any {
	switch v := v.(type) {
	case *array:
		out := make([]any, len(v.elems))
		for i, e := range v.elems {
			out[i] = plain(e)
		}
		return out
	case *record:
		out := make([]any, len(v.vals))
		for i, e := range v.vals {
			out[i] = plain(e)
		}
		return out
	}
	return v
}
