package parser

import "github.com/penstock/penstock/internal/sqlerr"

// block is what the skeleton's slot behind SELECT stands for: everything about
// one operand of a query that the TiDB parser is not shown.
type block struct {
	p          Pos
	queryPos   Pos // of the query this is the first operand of
	opPos      Pos // of the set operator before it
	distinctOn []Expr
	qualify    Expr
	values     *Values
	table      *TableRef // TABLE t
	paren      *Query
	emit       *Emit
}

// query reads a query: its text becomes a skeleton for the TiDB parser, whose
// tree comes back as ours.
func (p *parser) query() *Query {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	sk := skeletons.Get().(*skeleton)
	defer sk.release()
	p.queryText(sk)
	if !p.ok() {
		p.earlier(sk)
		return nil
	}
	return p.build(sk)
}

// copyTo writes the current token, a word or a comma, into the skeleton. The
// index is read in a statement of its own: in one with the call of take Go does
// not say which comes first.
func (p *parser) copyTo(sk *skeleton) {
	at := p.i
	t := p.take()
	sk.word(at, choose(t.kind == tWord, t.up, t.text))
}

// queryText walks a query and writes its skeleton.
func (p *parser) queryText(sk *skeleton) {
	if !p.enter() {
		return
	}
	defer p.leave()
	first := p.pos()
	if p.isKw("WITH") {
		p.with(sk)
	}
	b := p.operandText(sk)
	b.queryPos = first
	for n := 0; p.isKw("UNION", "EXCEPT", "INTERSECT") && p.ok(); n++ {
		if n > MaxChain {
			p.tooLong()
		}
		at := p.pos()
		p.copyTo(sk)
		if p.isKw("ALL") {
			p.copyTo(sk)
		} else {
			p.accept("DISTINCT")
		}
		b = p.operandText(sk)
		b.opPos = at
	}
	p.tail(sk, b)
}

// with reads WITH [RECURSIVE] name [(columns)] AS [[NOT] MATERIALIZED] (query), ….
func (p *parser) with(sk *skeleton) {
	p.copyTo(sk)
	if p.isKw("RECURSIVE") {
		p.copyTo(sk)
	}
	for p.ok() {
		at := p.i
		cte := &CTE{Name: p.ident()}
		if p.isOp("(") {
			cte.Columns = p.idents()
		}
		sk.slot(at, cte)
		at = p.i
		p.expect("AS")
		sk.word(at, "AS")
		if !p.accept("NOT", "MATERIALIZED") {
			p.accept("MATERIALIZED")
		}
		p.parenText(sk)
		if !p.isOp(",") {
			break
		}
		p.copyTo(sk)
	}
}

// parenText writes ( query ) into the skeleton.
func (p *parser) parenText(sk *skeleton) {
	at := p.i
	p.expectOp("(")
	sk.word(at, "(")
	p.queryText(sk)
	at = p.i
	p.expectOp(")")
	sk.word(at, ")")
}

// operandText reads an operand of UNION and the like.
func (p *parser) operandText(sk *skeleton) *block {
	t, at := p.tok(), p.i
	b := &block{p: t.p()}
	switch {
	case t.is("("):
		if !p.queryAt(p.i) {
			p.take()
			p.unexpected()
			return b
		}
		b.paren = p.parenQuery()
	case t.kw("SELECT"):
		p.selectText(sk, b)
		return b
	case t.kw("VALUES"):
		b.values = p.values()
	case t.kw("TABLE"):
		p.take()
		b.table = &TableRef{Name: p.name()}
	default:
		p.unexpected()
		return b
	}
	sk.word(at, "SELECT")
	sk.slot(at, b)
	return b
}

func (p *parser) values() *Values {
	v := &Values{P: p.take().p()}
	for p.ok() {
		p.accept("ROW")
		p.expectOp("(")
		row := p.exprs()
		p.expectOp(")")
		if len(v.Rows) > 0 && len(row) != len(v.Rows[0]) && p.ok() {
			p.fail(sqlerr.New(sqlerr.SyntaxError, "VALUES lists must all be the same length").At(row[0].Pos()))
		}
		v.Rows = append(v.Rows, row)
		if !p.acceptOp(",") {
			break
		}
	}
	return v
}

// selectText reads SELECT up to its last clause. The clauses are written as
// they come; their order is the grammar's matter.
func (p *parser) selectText(sk *skeleton, b *block) {
	p.copyTo(sk)
	switch {
	case p.isKw("DISTINCT"):
		p.copyTo(sk)
		if p.isKw("ON") && p.ahead(1).is("(") {
			p.take()
			p.take()
			b.distinctOn = p.exprs()
			p.expectOp(")")
		}
	default:
		p.accept("ALL")
	}
	sk.slot(p.i, b)
	for p.ok() {
		sk.word(p.i, ",")
		at := p.i
		item := p.selectItem()
		sk.slot(at, item)
		if !p.acceptOp(",") {
			break
		}
	}
	if p.isKw("INTO") {
		p.unsupported(p.pos(), "SELECT INTO")
	}
	if p.isKw("FROM") {
		p.copyTo(sk)
		p.fromText(sk)
	} else {
		sk.word(p.i, "FROM")
		sk.slot(p.i, nil)
	}
	for p.ok() && p.clause(sk, b) {
	}
}

// selectItem reads an expression or a star with its alias.
func (p *parser) selectItem() SelectItem {
	if p.isOp("*") {
		return SelectItem{X: &Star{P: p.take().p()}}
	}
	item := SelectItem{X: p.expr(0)}
	switch t := p.tok(); {
	case t.kw("AS"):
		p.take()
		item.Alias = new(p.label())
	case t.kind == tQuoted || t.kind == tWord && !afterAS[t.up] && !p.atEmit():
		item.Alias = new(p.take().ident())
	}
	return item
}

// clause reads one clause behind FROM and tells whether there was one.
func (p *parser) clause(sk *skeleton, b *block) bool {
	t := p.tok()
	if t.kind != tWord {
		return false
	}
	switch t.up {
	case "WHERE", "HAVING":
		p.copyTo(sk)
		at := p.i
		sk.slot(at, p.expr(0))
	case "GROUP":
		p.copyTo(sk)
		p.groupText(sk)
	case "QUALIFY":
		if b.qualify != nil {
			p.unexpected()
			return false
		}
		p.take()
		b.qualify = p.expr(0)
	case "WINDOW":
		p.copyTo(sk)
		p.windowsText(sk)
	default:
		return false
	}
	return true
}

func (p *parser) groupText(sk *skeleton) {
	at := p.i
	p.expect("BY")
	sk.word(at, "BY")
	for p.ok() {
		at := p.i
		sk.slot(at, p.groupItem())
		if !p.isOp(",") {
			break
		}
		p.copyTo(sk)
	}
}

// groupItem reads an expression, (), ROLLUP, CUBE or GROUPING SETS.
func (p *parser) groupItem() Expr {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	at := p.pos()
	switch {
	case p.isOp("(") && p.ahead(1).is(")"):
		p.take()
		p.take()
		return &GroupingSet{P: at, Kind: "GROUPING SETS", Sets: [][]Expr{{}}}
	case p.isKw("ROLLUP", "CUBE") && p.ahead(1).is("("):
		return &GroupingSet{P: at, Kind: p.take().up, Sets: p.groupSets()}
	case p.seq("GROUPING", "SETS"):
		p.take()
		p.take()
		return &GroupingSet{P: at, Kind: "GROUPING SETS", Sets: p.groupSets()}
	}
	return p.expr(0)
}

func (p *parser) groupSets() [][]Expr {
	var sets [][]Expr
	p.expectOp("(")
	for p.ok() {
		x := p.groupItem()
		switch g := x.(type) {
		case *RowExpr:
			sets = append(sets, g.Items)
		case *GroupingSet:
			if len(g.Sets) == 1 && len(g.Sets[0]) == 0 {
				sets = append(sets, nil)
			} else {
				sets = append(sets, []Expr{x})
			}
		default:
			sets = append(sets, []Expr{x})
		}
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
	return sets
}

func (p *parser) windowsText(sk *skeleton) {
	for p.ok() {
		at := p.i
		w := NamedWindow{Name: p.ident()}
		p.expect("AS")
		if p.ok() {
			w.Spec = p.windowSpec(p.pos())
		}
		sk.slot(at, w)
		sk.word(at, "AS ()")
		if !p.isOp(",") {
			break
		}
		p.copyTo(sk)
	}
}

// tail reads ORDER BY, LIMIT and EMIT; b is the last operand.
func (p *parser) tail(sk *skeleton, b *block) {
	if p.isKw("ORDER") {
		p.copyTo(sk)
		at := p.i
		p.expect("BY")
		sk.word(at, "BY")
		for p.ok() {
			at := p.i
			sk.slot(at, p.orderItem())
			if !p.isOp(",") {
				break
			}
			p.copyTo(sk)
		}
	}
	p.limits(sk)
	// Cursors of some drivers say what is true of all queries here.
	if !p.accept("FOR", "READ", "ONLY") && p.isKw("FOR") && p.ahead(1).kind == tWord {
		p.unsupported(p.pos(), "FOR "+p.ahead(1).up)
	}
	if p.isKw("EMIT") {
		b.emit = p.emit()
	}
}

// limits reads LIMIT, OFFSET and FETCH FIRST in either order and writes them
// as the numbers of their slots.
func (p *parser) limits(sk *skeleton) {
	at := p.i
	var limit, offset Expr
	for p.ok() {
		first := p.pos()
		switch {
		case limit == nil && p.accept("LIMIT"):
			if all := p.tok(); p.accept("ALL") {
				limit = &Literal{P: all.p(), Kind: "null", Text: "null"}
			} else {
				limit = p.expr(0)
			}
			if p.isOp(",") {
				p.fail(sqlerr.New(sqlerr.SyntaxError, "LIMIT #,# syntax is not supported").
					Hint("Use separate LIMIT and OFFSET clauses.").At(first))
			}
		case offset == nil && p.accept("OFFSET"):
			offset = p.expr(0)
			if !p.accept("ROWS") {
				p.accept("ROW")
			}
		case limit == nil && p.isKw("FETCH"):
			limit = p.fetchFirst()
		default:
			if limit != nil || offset != nil {
				sk.limit(at, limit, offset)
			}
			return
		}
	}
}

// fetchFirst reads FETCH FIRST [n] ROWS ONLY.
func (p *parser) fetchFirst() Expr {
	at := p.take().p()
	if !p.isKw("FIRST", "NEXT") {
		p.unexpected()
		return nil
	}
	p.take()
	var x Expr = &Literal{P: at, Kind: "int", Text: "1"}
	if !p.isKw("ROW", "ROWS") {
		x = p.expr(0)
	}
	if !p.isKw("ROW", "ROWS") {
		p.unexpected()
		return nil
	}
	p.take()
	if p.seq("WITH", "TIES") {
		p.unsupported(p.pos(), "WITH TIES")
	}
	p.expect("ONLY")
	return x
}

// atEmit tells EMIT the clause from emit the name.
func (p *parser) atEmit() bool {
	next := p.ahead(1)
	return p.isKw("EMIT") && (next.kw("CHANGES") || next.kw("FINAL") || next.kw("ON") || next.kw("EVERY"))
}

func (p *parser) emit() *Emit {
	e := &Emit{P: p.take().p()}
	switch {
	case p.accept("CHANGES"):
		e.Mode = "changes"
	case p.accept("FINAL"):
		e.Mode = "final"
	case p.accept("EVERY"):
		e.Mode = "every"
		e.Every = p.expr(0)
	case p.accept("ON"):
		p.expect("WINDOW", "CLOSE")
		e.Mode = "close"
	default:
		p.unexpected()
	}
	return e
}
