package expr

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/planner/plan"
)

// The tests write typed expressions as
//
//	(+ int:1 int:NULL)  (cast decimal(5,2) text:'1.234')  (case bool:t int:1 int:2)
//
// A call takes the first overload that has exactly the arguments' kinds.

type sexpr struct {
	t  *testing.T
	in string
	i  int
	// constant makes the expression of a literal; the tests of columns replace it.
	literal func(k *plan.Const) plan.Expr
}

func parse(t *testing.T, in string) plan.Expr {
	return (&sexpr{t: t, in: in, literal: func(k *plan.Const) plan.Expr { return k }}).whole()
}

func (p *sexpr) whole() plan.Expr {
	e := p.expr()
	if p.space(); p.i != len(p.in) {
		p.t.Fatalf("%s: trailing %q", p.in, p.in[p.i:])
	}
	return e
}

func (p *sexpr) space() {
	for p.i < len(p.in) && p.in[p.i] == ' ' {
		p.i++
	}
}

// word takes up to a blank, a colon behind a type, or a parenthesis that is not its own.
func (p *sexpr) word() string {
	p.space()
	from, level := p.i, 0
	for ; p.i < len(p.in); p.i++ {
		switch c := p.in[p.i]; {
		case c == '(':
			level++
		case c == ')' && level == 0, c == ' ' && level == 0:
			return p.in[from:p.i]
		case c == ')':
			level--
		case c == ':' && level == 0:
			return p.in[from:p.i]
		}
	}
	return p.in[from:]
}

func (p *sexpr) expr() plan.Expr {
	p.space()
	if p.i < len(p.in) && p.in[p.i] == '(' {
		p.i++
		e := p.call()
		if p.space(); p.i >= len(p.in) || p.in[p.i] != ')' {
			p.t.Fatalf("%s: no ) at %d", p.in, p.i)
		}
		p.i++
		return e
	}
	typ := p.typ(p.word())
	if p.i >= len(p.in) || p.in[p.i] != ':' {
		p.t.Fatalf("%s: no value at %d", p.in, p.i)
	}
	p.i++
	k := &plan.Const{T: typ}
	if p.i < len(p.in) && p.in[p.i] == '\'' {
		p.i++
		var b strings.Builder
		for ; p.in[p.i] != '\'' || strings.HasPrefix(p.in[p.i:], "''"); p.i++ {
			if p.in[p.i] == '\'' {
				p.i++
			}
			b.WriteByte(p.in[p.i])
		}
		p.i++
		k.Text = b.String()
	} else {
		from := p.i
		for p.i < len(p.in) && p.in[p.i] != ' ' && p.in[p.i] != ')' {
			p.i++
		}
		k.Text = p.in[from:p.i]
		k.Null = k.Text == "NULL"
	}
	return p.literal(k)
}

func (p *sexpr) typ(w string) catalog.Type {
	if elem, ok := strings.CutSuffix(w, "[]"); ok {
		return catalog.ArrayOf(p.typ(elem))
	}
	name, params, _ := strings.Cut(strings.TrimSuffix(w, ")"), "(")
	if name == "map" {
		k, v, _ := strings.Cut(params, ",")
		return catalog.MapOf(p.typ(k), p.typ(v))
	}
	if name == "row" {
		t := catalog.Type{Kind: catalog.Row}
		for i, f := range strings.Split(params, ",") {
			t.Fields = append(t.Fields, catalog.Field{Name: "f" + strconv.Itoa(i+1), Type: p.typ(f)})
		}
		return t
	}
	t, ok := typeWords[name]
	if !ok {
		p.t.Fatalf("%s: unknown type %q", p.in, w)
	}
	if params != "" {
		a, b, _ := strings.Cut(params, ",")
		t.P, _ = strconv.Atoi(a)
		t.S, _ = strconv.Atoi(b)
		if t.Kind == catalog.Time || t.IsTimestamp() {
			t.P++
		}
	}
	return t
}

func (p *sexpr) call() plan.Expr {
	fn := p.word()
	switch fn {
	case "cast", "try":
		t := p.typ(p.word())
		return &plan.Cast{X: p.expr(), T: t, Try: fn == "try", P: 7}
	case "field":
		n, _ := strconv.Atoi(p.word())
		x := p.expr()
		return &plan.FieldOf{X: x, Index: n, T: x.Type().Fields[n].Type}
	}
	var args []plan.Expr
	for p.space(); p.i < len(p.in) && p.in[p.i] != ')'; p.space() {
		args = append(args, p.expr())
	}
	if fn == "case" {
		e := &plan.Case{T: args[1].Type()}
		for ; len(args) > 1; args = args[2:] {
			e.Whens = append(e.Whens, plan.When{Cond: args[0], Then: args[1]})
		}
		if len(args) > 0 {
			e.Else = args[0]
		}
		return e
	}
	t, err := resolve(fn, args)
	if err != nil {
		p.t.Fatalf("%s: %v", p.in, err)
	}
	return &plan.Call{Fn: fn, Args: args, T: t, P: 7}
}

// resolve finds the overload with exactly these kinds.
func resolve(fn string, args []plan.Expr) (catalog.Type, error) {
	types := make([]catalog.Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
	}
	for _, s := range Builtin().Signatures(fn) {
		if len(args) < len(s.Args) || len(args) > len(s.Args) && !s.Variadic {
			continue
		}
		if !slices.ContainsFunc(types, func(catalog.Type) bool { return false }) && matches(types, s) {
			if s.RetOf != nil {
				return s.RetOf(types)
			}
			return s.Ret, nil
		}
	}
	return catalog.Type{}, fmt.Errorf("no overload of %s", spell(fn, types))
}

func matches(types []catalog.Type, s catalog.Signature) bool {
	for i, t := range types {
		want := s.Args[min(i, len(s.Args)-1)]
		if want.Kind != catalog.Unknown && want.Kind != t.Kind {
			return false
		}
	}
	return true
}
