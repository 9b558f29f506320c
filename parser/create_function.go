package parser

import "github.com/penstock/penstock/internal/sqlerr"

// createFunction reads the scalar and table functions of all languages:
// f(args) RETURNS … LANGUAGE … AS '…' WITH (…), the last parts in any order.
func (p *parser) createFunction(s *CreateFunction) Statement {
	s.IfNotExists = p.ifNotExists()
	s.Name = p.name()
	if p.isOp("(") {
		s.Args = p.functionArgs()
	}
	seen := map[string]bool{}
	for p.ok() {
		t := p.tok()
		word := t.up
		switch {
		case p.accept("RETURNS"):
			p.returns(s)
		case p.accept("LANGUAGE"):
			if p.tok().kind == tString {
				s.Language = lower(p.text())
			} else {
				s.Language = lower(p.label().Text)
			}
		case p.accept("AS"):
			s.AsPos = p.pos()
			s.As = p.text()
			if p.isOp(",") {
				p.unsupported(p.pos(), "a second string behind AS")
			}
		case p.accept("WITH"):
			s.Options = p.options()
		case functionAttributes[word] && t.kind == tWord:
			p.unsupported(t.p(), word+" in CREATE FUNCTION")
		case len(seen) == 0:
			p.unexpected()
		default:
			return s
		}
		if seen[word] && p.ok() {
			p.fail(sqlerr.New(sqlerr.SyntaxError, "conflicting or redundant options").At(t.p()))
		}
		seen[word] = true
	}
	return s
}

var functionAttributes = wordSet(`
	IMMUTABLE STABLE VOLATILE STRICT CALLED LEAKPROOF SECURITY EXTERNAL PARALLEL
	COST ROWS SUPPORT WINDOW TRANSFORM SET RETURN BEGIN USING NOT DETERMINISTIC`)

func (p *parser) returns(s *CreateFunction) {
	if p.isKw("SETOF") {
		p.unsupported(p.pos(), "SETOF")
	}
	if p.accept("TABLE") {
		p.expectOp("(")
		s.ReturnsTable = p.fields()
		p.expectOp(")")
		return
	}
	t := p.typeName()
	s.Returns = &t
}

// functionArgs reads (name type [DEFAULT x], …); a name may be left out.
func (p *parser) functionArgs() []ColumnDef {
	list := []ColumnDef{}
	p.expectOp("(")
	for p.ok() && !(len(list) == 0 && p.isOp(")")) {
		var c ColumnDef
		if p.isKw("OUT", "INOUT", "VARIADIC") && p.ahead(1).name() {
			p.unsupported(p.pos(), p.tok().up+" arguments")
		}
		if !p.typeOnly() {
			c.Name = p.ident()
		}
		t := p.typeName()
		c.Type = &t
		if p.accept("NOT", "NULL") {
			c.NotNull = true
		}
		if p.accept("DEFAULT") || p.acceptOp("=") {
			c.Default = p.expr(0)
		}
		list = append(list, c)
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
	return list
}

// typeOnly tells whether a type without a name before it stands here.
func (p *parser) typeOnly() bool {
	t, next := p.tok(), p.ahead(1)
	switch {
	case next.kind == tQuoted:
		return false
	case next.kind != tWord:
		return true
	case next.kw("ARRAY"):
		return !p.ahead(2).is("<")
	case t.kw("DOUBLE"):
		return next.kw("PRECISION")
	case t.kw("TIMESTAMP") || t.kw("TIME"):
		return next.kw("WITH") || next.kw("WITHOUT")
	case t.kw("CHARACTER") || t.kw("CHAR"):
		return next.kw("VARYING")
	}
	return next.kw("DEFAULT") || next.kw("NOT")
}

// createAggregate reads f(args) RETURNS t (STATE …, ACCUMULATE …, [MERGE …,] RESULT …).
func (p *parser) createAggregate(s *CreateAggregate) Statement {
	s.Name = p.name()
	s.Args = p.functionArgs()
	p.expect("RETURNS")
	s.Returns = p.typeName()
	from := p.i
	p.expectOp("(")
	part := ""
	for p.ok() {
		at := p.pos()
		if p.isKw("STATE", "ACCUMULATE", "MERGE", "RESULT") && !p.ahead(1).is("=") {
			part = p.take().up
		}
		switch part {
		case "STATE":
			d := StateDef{Name: p.ident()}
			d.Type = p.typeName()
			p.expectOp("=")
			d.Init = p.expr(0)
			s.State = append(s.State, d)
		case "ACCUMULATE":
			s.Accumulate = append(s.Accumulate, p.assign())
		case "MERGE":
			s.Merge = append(s.Merge, p.assign())
		case "RESULT":
			if s.Result != nil {
				p.fail(sqlerr.New(sqlerr.SyntaxError, "conflicting or redundant options").At(at))
			}
			s.Result = p.expr(0)
		default:
			p.unexpected()
		}
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
	s.Source = p.spanFrom(from)
	if p.ok() && (len(s.State) == 0 || len(s.Accumulate) == 0 || s.Result == nil) {
		p.fail(sqlerr.New(sqlerr.InvalidObjectDefinition, "aggregate function needs STATE, ACCUMULATE and RESULT").At(s.Source.From))
	}
	return s
}

func (p *parser) assign() Assign {
	a := Assign{Name: p.ident()}
	p.expectOp("=")
	a.X = p.expr(0)
	return a
}
