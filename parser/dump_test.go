package parser

import (
	"fmt"
	"reflect"
	"strings"
)

// dump shows a statement in a line: the name of its type and the fields that
// are set, with names, expressions and queries as SQL.
func dump(s Statement) string {
	if sel, ok := s.(*SelectStmt); ok {
		return FormatQuery(sel.Query)
	}
	return dumpStruct(reflect.ValueOf(s).Elem())
}

func dumpStruct(v reflect.Value) string {
	var parts []string
	for i := range v.NumField() {
		f := v.Field(i)
		t := v.Type().Field(i)
		if f.IsZero() || !t.IsExported() || t.Type == reflect.TypeFor[Pos]() || t.Type == reflect.TypeFor[Span]() {
			continue
		}
		text := dumpValue(f)
		if f.Kind() == reflect.Bool {
			parts = append(parts, t.Name)
		} else {
			parts = append(parts, t.Name+"="+text)
		}
	}
	return v.Type().Name() + "{" + strings.Join(parts, " ") + "}"
}

func dumpValue(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case Statement:
		return dump(x)
	case *Query:
		return "(" + FormatQuery(x) + ")"
	case *TypeName:
		return x.String()
	case TypeName, Name, Ident: // Name has a Pos too: before Expr
		return fmt.Sprint(x)
	case Expr:
		return FormatExpr(x)
	case string:
		return fmt.Sprintf("%q", x)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return dumpValue(v.Elem())
	case reflect.Struct:
		text := dumpStruct(v)
		return text[strings.IndexByte(text, '{'):]
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = dumpValue(v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v.Interface())
}

// walk calls visit for everything in a tree.
func walk(v reflect.Value, visit func(any)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		if v.Kind() == reflect.Pointer {
			visit(v.Interface())
		}
		walk(v.Elem(), visit)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walk(v.Field(i), visit)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), visit)
		}
	}
}
