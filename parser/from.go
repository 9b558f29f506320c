package parser

// derived is the slot of a subquery in FROM: what stands around it.
type derived struct {
	p       Pos
	lateral bool
	alias   Alias
}

// fromText reads the comma list of FROM.
func (p *parser) fromText(sk *skeleton) {
	for p.ok() {
		p.tableText(sk)
		if !p.isOp(",") {
			break
		}
		p.copyTo(sk)
	}
}

// tableText reads a table and its joins. Every join is written as LEFT JOIN …
// ON, with a slot that holds what it really is: so the grammar insists on the
// ON, and finds the nesting.
func (p *parser) tableText(sk *skeleton) {
	if !p.enter() {
		return
	}
	defer p.leave()
	p.tablePrimary(sk)
	var open []*Join
	for n := 0; p.ok(); n++ {
		if n > MaxChain {
			p.tooLong()
		}
		at := p.i
		if p.isKw("ON", "USING") && len(open) > 0 {
			j := open[len(open)-1]
			open = open[:len(open)-1]
			if p.take().up == "ON" {
				j.On = p.expr(0)
			} else {
				j.Using = p.idents()
				if p.isKw("AS") {
					p.unsupported(p.pos(), "an alias behind USING")
				}
			}
			sk.word(at, "ON")
			sk.slot(at, j)
			continue
		}
		j := p.joinWords()
		if j == nil {
			return
		}
		sk.word(at, "LEFT JOIN")
		p.tablePrimary(sk)
		if j.Natural || j.Kind == "CROSS" {
			sk.word(at, "ON")
			sk.slot(at, j)
		} else {
			open = append(open, j)
		}
	}
}

// joinWords reads [NATURAL] [INNER | LEFT | RIGHT | FULL [OUTER] | CROSS] JOIN.
func (p *parser) joinWords() *Join {
	if !p.isKw("NATURAL", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "JOIN") {
		return nil
	}
	j := &Join{P: p.pos(), Kind: "INNER", Natural: p.accept("NATURAL")}
	switch {
	case !j.Natural && p.isKw("CROSS"), p.isKw("INNER"):
		j.Kind = p.take().up
	case p.isKw("LEFT", "RIGHT", "FULL"):
		j.Kind = p.take().up
		p.accept("OUTER")
	}
	p.expect("JOIN")
	return j
}

// tablePrimary reads one thing that gives rows.
func (p *parser) tablePrimary(sk *skeleton) {
	at, pos := p.i, p.pos()
	lateral := p.accept("LATERAL")
	switch {
	case p.isOp("(") && (lateral || p.queryAt(p.i)):
		p.parenText(sk)
		at = p.i
		d := derived{p: pos, lateral: lateral, alias: p.alias()}
		sk.word(at, "AS")
		sk.slot(at, d)
	case p.isOp("("):
		p.take()
		sk.word(at, "(")
		p.tableText(sk)
		at = p.i
		p.expectOp(")")
		sk.word(at, ")")
		if p.isKw("AS") || p.aliasHere() {
			p.unsupported(p.pos(), "an alias of a join")
		}
	case p.isKw("TABLE"):
		p.take()
		p.expectOp("(")
		f := p.tableFunc(lateral)
		p.expectOp(")")
		p.funcTail(f)
		sk.slot(at, f)
	case p.tok().kind == tWord && p.tok().up == "ROWS" && p.ahead(1).kw("FROM") && p.ahead(2).is("("):
		p.unsupported(pos, "ROWS FROM")
	case lateral || p.funcHere():
		f := p.tableFunc(lateral)
		p.funcTail(f)
		sk.slot(at, f)
	default:
		sk.slot(at, p.tableRef())
	}
}

// funcHere tells whether a call stands here rather than a table.
func (p *parser) funcHere() bool {
	n := 1
	for p.ahead(n).is(".") {
		n += 2
	}
	k := p.tok().kind
	return (k == tWord || k == tQuoted) && p.ahead(n).is("(") && !p.ahead(n-1).kw("MATCH_RECOGNIZE")
}

// tableFunc reads the call of a function in FROM.
func (p *parser) tableFunc(lateral bool) *TableFunc {
	f := &TableFunc{Lateral: lateral}
	if t := p.tok(); t.kind != tQuoted && (t.kind != tWord || reserved[t.up] && !funcWords[t.up] && !bareCalls[t.up]) {
		p.unexpected()
		return f
	}
	n := Name{p.label()}
	for p.acceptOp(".") {
		n = append(n, p.label())
	}
	if !p.isOp("(") && len(n) == 1 && bareCalls[upper(n[0].Text)] && !n[0].Quoted {
		f.Call = &Call{P: n.Pos(), Name: n}
		return f
	}
	f.Call = p.plainCall(n)
	return f
}

// funcTail reads WITH ORDINALITY, WITH ERRORS and the alias.
func (p *parser) funcTail(f *TableFunc) {
	for p.ok() {
		if p.accept("WITH", "ORDINALITY") {
			f.WithOrdinality = true
		} else if p.accept("WITH", "ERRORS") {
			f.WithErrors = true
		} else {
			break
		}
	}
	f.Alias = p.alias()
}

// tableRef reads name [FOR SYSTEM_TIME AS OF x] [alias].
func (p *parser) tableRef() *TableRef {
	t := &TableRef{Name: p.name()}
	if p.isKw("FOR") && p.ahead(1).kw("SYSTEM_TIME") {
		p.expect("FOR", "SYSTEM_TIME", "AS", "OF")
		t.AsOf = p.expr(0)
	}
	t.Alias = p.alias()
	return t
}

// aliasHere tells whether a word without AS is an alias.
func (p *parser) aliasHere() bool {
	return p.tok().name() && !p.atEmit()
}

// alias reads [AS] name [(columns)].
func (p *parser) alias() Alias {
	var a Alias
	p.refused()
	if p.accept("AS") || p.aliasHere() {
		a.Name = p.ident()
	} else {
		return a
	}
	if p.isOp("(") {
		if next := p.ahead(2); p.ahead(1).name() && !next.is(",") && !next.is(")") && (next.kind == tWord || next.kind == tQuoted) {
			p.unsupported(p.pos(), "a column definition list in FROM")
			return a
		}
		a.Columns = p.idents()
	}
	p.refused()
	return a
}

// refused names the clauses of a table that other engines have.
func (p *parser) refused() {
	switch {
	case p.isKw("TABLESAMPLE"):
		p.unsupported(p.pos(), "TABLESAMPLE")
	case p.isKw("MATCH_RECOGNIZE", "PIVOT", "UNPIVOT") && p.ahead(1).is("("):
		p.unsupported(p.pos(), p.tok().up)
	}
}
