package parser

import "strconv"

// declare reads DECLARE c [options] CURSOR [WITH HOLD] FOR query.
func (p *parser) declare() Statement {
	p.take()
	s := &Declare{Cursor: p.ident()}
	for p.ok() && !p.isKw("CURSOR") {
		switch {
		case p.accept("BINARY"):
			s.Binary = true
		case p.accept("NO", "SCROLL"), p.accept("INSENSITIVE"), p.accept("ASENSITIVE"):
		case p.isKw("SCROLL"):
			p.unsupported(p.pos(), "SCROLL")
		default:
			p.unexpected()
		}
	}
	p.expect("CURSOR")
	if p.accept("WITH") {
		p.expect("HOLD")
		s.Hold = true
	} else if p.accept("WITHOUT") {
		p.expect("HOLD")
	}
	p.expect("FOR")
	s.Query, s.QuerySpan = p.querySpan()
	return s
}

// fetch reads FETCH and MOVE.
func (p *parser) fetch() Statement {
	s := &Fetch{Move: p.take().up == "MOVE", Count: 1}
	switch {
	case p.isKw("FROM", "IN"):
	case p.ahead(1).kind == tEOF || p.ahead(1).is(";") || p.isKw("WITH"): // only the name
	case p.accept("NEXT"):
	case p.accept("PRIOR"):
		s.Backward = true
	case p.accept("FORWARD"):
		p.fetchCount(s)
	case p.accept("BACKWARD"):
		s.Backward = true
		p.fetchCount(s)
	case p.isKw("FIRST", "LAST", "ABSOLUTE", "RELATIVE"):
		p.unsupported(p.pos(), "FETCH "+p.tok().up)
	default:
		p.fetchCount(s)
	}
	if !p.accept("FROM") {
		p.accept("IN")
	}
	s.Cursor = p.ident()
	if p.accept("WITH") {
		s.Options = p.options()
	}
	return s
}

// fetchCount reads [n | ALL]; a negative n goes the other way.
func (p *parser) fetchCount(s *Fetch) {
	if p.accept("ALL") {
		s.Count = -1
		return
	}
	neg := p.isOp("-") && p.ahead(1).kind == tInt
	if neg || p.isOp("+") && p.ahead(1).kind == tInt {
		p.take()
	}
	if p.tok().kind != tInt {
		return
	}
	t := p.take()
	n, err := strconv.ParseInt(t.text, 10, 64)
	if err != nil {
		p.fail(outOfRange(t))
	}
	s.Count = n
	if neg {
		s.Backward = !s.Backward
	}
}

func (p *parser) closeCursor() Statement {
	p.take()
	if p.accept("ALL") {
		return &CloseCursor{}
	}
	return &CloseCursor{Cursor: p.ident()}
}

// copy reads COPY (query) | table [(columns)] TO STDOUT | FROM STDIN [options].
func (p *parser) copy() Statement {
	p.take()
	s := &Copy{}
	if p.isOp("(") {
		p.take()
		s.Query, s.QuerySpan = p.querySpan()
		p.expectOp(")")
	} else {
		s.Table = p.name()
		if p.isOp("(") {
			s.Columns = p.idents()
		}
	}
	if s.Query == nil && p.accept("FROM") {
		s.From = true
	} else {
		p.expect("TO")
	}
	if p.tok().kind == tString || p.isKw("PROGRAM") {
		p.unsupported(p.pos(), "COPY with a file or program on the server").Hint("Use STDOUT or STDIN.")
	}
	if s.From {
		p.expect("STDIN")
	} else {
		p.expect("STDOUT")
	}
	p.accept("WITH")
	if p.isOp("(") {
		s.Options = p.copyOptions()
	} else {
		s.Options = p.oldCopyOptions()
	}
	if p.isKw("WHERE") {
		p.unsupported(p.pos(), "COPY … WHERE")
	}
	return s
}

// copyOptions reads (FORMAT csv, HEADER, DELIMITER ';'); keys come out in
// lower case, and a key without a value as true.
func (p *parser) copyOptions() []Option {
	var list []Option
	p.expectOp("(")
	for p.ok() {
		o := Option{KeyP: p.pos(), Key: lower(p.label().Text)}
		o.ValueP = p.pos()
		switch {
		case p.isOp(",") || p.isOp(")"):
			o.Value = "true"
		case p.isOp("(") || p.isOp("*"):
			p.unsupported(o.ValueP, "a column list in option "+upper(o.Key))
		default:
			o.Value = p.plainValue()
		}
		list = append(list, o)
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
	return list
}

// oldCopyOptions reads the options as they were before PostgreSQL 9: CSV
// HEADER DELIMITER AS ';'.
func (p *parser) oldCopyOptions() []Option {
	var list []Option
	for p.ok() && p.tok().kind == tWord {
		o := Option{KeyP: p.pos(), ValueP: p.pos()}
		switch word := p.tok().up; word {
		case "CSV", "BINARY":
			p.take()
			o.Key, o.Value = "format", lower(word)
		case "HEADER":
			p.take()
			o.Key, o.Value = "header", "true"
		case "DELIMITER", "NULL", "QUOTE", "ESCAPE", "ENCODING":
			p.take()
			p.accept("AS")
			o.Key, o.ValueP = lower(word), p.pos()
			o.Value = p.text()
		default:
			return list
		}
		list = append(list, o)
	}
	return list
}

// subscribe reads SUBSCRIBE [TO] (query) | table [WITH (…)]; a table becomes
// SELECT * FROM it.
func (p *parser) subscribe() Statement {
	p.take()
	p.accept("TO")
	s := &Subscribe{}
	switch at := p.pos(); {
	case p.isOp("("):
		s.Query = p.parenQuery()
	case p.isKw("SELECT", "WITH", "VALUES"):
		s.Query = p.query()
	default:
		t := &TableRef{Name: p.name()}
		star := SelectItem{X: &Star{P: at}}
		s.Query = &Query{P: at, Body: &Select{P: at, Items: []SelectItem{star}, From: []FromItem{t}}}
	}
	if p.accept("WITH") {
		s.Options = p.options()
	}
	return s
}

// prepare reads PREPARE name [(types)] AS statement.
func (p *parser) prepare() Statement {
	p.take()
	if p.isKw("TRANSACTION") && p.ahead(1).kind == tString {
		p.unsupported(p.pos(), "PREPARE TRANSACTION")
	}
	s := &Prepare{Name: p.ident()}
	if p.acceptOp("(") {
		for p.ok() {
			s.Types = append(s.Types, p.typeName())
			if !p.acceptOp(",") {
				break
			}
		}
		p.expectOp(")")
	}
	p.expect("AS")
	if !p.isOp("(") && !p.isKw("SELECT", "WITH", "VALUES", "TABLE", "INSERT") {
		p.unexpected()
		return s
	}
	s.Target = p.statement()
	return s
}

// execute reads EXECUTE name [(args)].
func (p *parser) execute() Statement {
	p.take()
	if p.seq("STATEMENT", "SET") || p.isKw("PLAN") && p.ahead(1).kind == tString {
		p.unsupported(p.pos(), "EXECUTE "+p.tok().up).Hint("Each INSERT INTO runs as a query of its own.")
	}
	s := &Execute{Name: p.ident()}
	if p.acceptOp("(") {
		s.Args = p.exprs()
		p.expectOp(")")
	}
	return s
}

func (p *parser) discard() Statement {
	p.take()
	switch {
	case p.accept("TEMP"), p.accept("TEMPORARY"):
		return &Discard{What: "TEMP"}
	case p.isKw("ALL", "PLANS", "SEQUENCES"):
		return &Discard{What: p.take().up}
	}
	p.unexpected()
	return nil
}

func (p *parser) deallocate() Statement {
	p.take()
	if p.isKw("PREPARE") && (p.ahead(1).kind == tWord || p.ahead(1).kind == tQuoted) {
		p.take()
	}
	if p.accept("ALL") {
		return &Deallocate{}
	}
	return &Deallocate{Name: p.ident()}
}

// listen reads LISTEN c, UNLISTEN c | *, NOTIFY c [, 'payload'].
func (p *parser) listen() Statement {
	s := &Listen{Verb: p.take().up}
	if s.Verb == "UNLISTEN" && p.acceptOp("*") {
		s.Channel = "*"
		return s
	}
	s.Channel = p.ident().Text
	if s.Verb == "NOTIFY" && p.acceptOp(",") {
		p.text()
	}
	return s
}
