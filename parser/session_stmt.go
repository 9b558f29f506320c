package parser

import (
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
)

// set reads SET in all its forms.
func (p *parser) set() Statement {
	p.take()
	s := &Set{}
	switch {
	case p.isKw("LOCAL") && p.ahead(1).kind != tOp:
		p.take()
		s.Local = true
	case p.seq("SESSION", "CHARACTERISTICS"):
		s.P, s.Name = p.pos(), "session characteristics"
		p.expect("SESSION", "CHARACTERISTICS", "AS", "TRANSACTION")
		s.Values = p.modes(true)
		return s
	case p.seq("SESSION", "AUTHORIZATION"):
		s.P, s.Name = p.pos(), "session_authorization"
		p.expect("SESSION", "AUTHORIZATION")
		p.setValues(s)
		return s
	case p.isKw("SESSION") && p.ahead(1).kind != tOp:
		p.take()
	}
	s.P = p.pos()
	switch word := p.tok(); {
	case p.accept("TIME", "ZONE"):
		s.Name = "timezone"
		p.setTimeZone(s)
		return s
	case word.kw("TRANSACTION") && p.ahead(1).kind == tWord && !p.ahead(1).kw("TO"):
		p.take()
		s.Name = "transaction"
		s.Values = p.modes(true)
		return s
	case p.bareSetting("NAMES"):
		s.Name = "client_encoding"
		if p.tok().kind == tEOF || p.isOp(";") {
			s.Default = true
			return s
		}
		p.setValues(s)
		return s
	case p.bareSetting("ROLE"):
		s.Name = "role"
		p.setValues(s)
		return s
	case p.bareSetting("SCHEMA"):
		s.Name = "search_path"
		p.setValues(s)
		return s
	case word.kind == tString:
		s.Name = lower(p.take().text)
	default:
		s.Name = p.dashed()
	}
	if !p.acceptOp("=") {
		p.expect("TO")
	}
	p.setValues(s)
	return s
}

// bareSetting takes a word that is set without = or TO.
func (p *parser) bareSetting(word string) bool {
	next := p.ahead(1)
	return p.isKw(word) && !next.is("=") && !next.is(".") && !next.is("-") && !next.kw("TO") && p.accept(word)
}

func (p *parser) setValues(s *Set) {
	if p.accept("DEFAULT") {
		s.Default = true
		return
	}
	for p.ok() {
		s.Values = append(s.Values, p.plainValue())
		if !p.acceptOp(",") {
			break
		}
	}
}

func (p *parser) setTimeZone(s *Set) {
	switch {
	case p.accept("LOCAL"), p.accept("DEFAULT"):
		s.Default = true
	case p.isKw("INTERVAL"):
		p.unsupported(p.pos(), "SET TIME ZONE INTERVAL")
	default:
		s.Values = []string{p.plainValue()}
	}
}

// modes reads the modes of a transaction as words, READ ONLY and the like.
func (p *parser) modes(needed bool) []string {
	var list []string
	for p.ok() {
		switch {
		case p.accept("ISOLATION", "LEVEL"):
			level := ""
			for _, l := range []string{"SERIALIZABLE", "REPEATABLE READ", "READ COMMITTED", "READ UNCOMMITTED"} {
				if level == "" && p.accept(strings.Fields(l)...) {
					level = l
				}
			}
			if level == "" {
				p.unexpected()
			}
			list = append(list, "ISOLATION LEVEL "+level)
		case p.accept("READ", "ONLY"):
			list = append(list, "READ ONLY")
		case p.accept("READ", "WRITE"):
			list = append(list, "READ WRITE")
		case p.accept("NOT", "DEFERRABLE"):
			list = append(list, "NOT DEFERRABLE")
		case p.accept("DEFERRABLE"):
			list = append(list, "DEFERRABLE")
		case needed:
			p.unexpected()
		default:
			return list
		}
		needed = p.acceptOp(",")
	}
	return list
}

func (p *parser) reset() Statement {
	p.take()
	switch {
	case p.accept("ALL"):
		return &Reset{}
	case p.accept("TIME", "ZONE"):
		return &Reset{Name: "timezone"}
	case p.accept("SESSION", "AUTHORIZATION"):
		return &Reset{Name: "session_authorization"}
	case p.tok().kind == tString:
		return &Reset{Name: lower(p.take().text)}
	}
	return &Reset{Name: p.dashed()}
}

// begin reads BEGIN and START TRANSACTION.
func (p *parser) begin() Statement {
	if p.take().up == "START" {
		p.expect("TRANSACTION")
	} else if p.seq("STATEMENT", "SET") {
		p.unsupported(p.pos(), "STATEMENT SET").Hint("Each INSERT INTO runs as a query of its own.")
	} else if !p.accept("TRANSACTION") {
		p.accept("WORK")
	}
	p.modes(false)
	return &Transaction{Kind: "BEGIN"}
}

// endTransaction reads COMMIT, END, ROLLBACK, ABORT and ROLLBACK TO.
func (p *parser) endTransaction() Statement {
	s := &Transaction{Kind: "ROLLBACK"}
	verb := p.take().up
	if verb == "COMMIT" || verb == "END" {
		s.Kind = "COMMIT"
	}
	if p.isKw("PREPARED") {
		p.unsupported(p.pos(), verb+" PREPARED")
	}
	if !p.accept("TRANSACTION") {
		p.accept("WORK")
	}
	if verb == "ROLLBACK" && p.accept("TO") {
		p.accept("SAVEPOINT")
		s.Kind, s.Name = "ROLLBACK TO", p.ident()
		return s
	}
	if p.seq("AND", "CHAIN") {
		p.unsupported(p.pos(), "AND CHAIN")
	}
	p.accept("AND", "NO", "CHAIN")
	return s
}

func (p *parser) savepoint() Statement {
	s := &Transaction{Kind: p.take().up}
	if s.Kind == "RELEASE" {
		p.accept("SAVEPOINT")
	}
	s.Name = p.ident()
	return s
}

// show reads SHOW.
func (p *parser) show() Statement {
	p.take()
	s := &Show{}
	switch {
	case p.accept("CREATE"):
		s.What = "CREATE " + p.objectKind("SHOW CREATE")
		s.Name = p.name()
		return s
	case p.isKw("COLUMNS") && (p.ahead(1).kw("FROM") || p.ahead(1).kw("IN")):
		p.take()
		p.take()
		s.What, s.Name = "COLUMNS", p.name()
	case p.accept("LOOKUP", "TABLES"):
		s.What = "LOOKUP TABLES"
	case p.isKw("TABLES", "VIEWS", "FUNCTIONS", "QUERIES", "WATERMARKS", "ENDPOINTS"):
		s.What = p.take().up
	case p.accept("ALL"):
		s.What = "ALL"
		return s
	default:
		s.What = "SETTING"
		at := p.pos()
		switch {
		case p.accept("TIME", "ZONE"):
			s.Name = Name{{Text: "timezone", P: at}}
		case p.accept("TRANSACTION", "ISOLATION", "LEVEL"):
			s.Name = Name{{Text: "transaction_isolation", P: at}}
		case p.accept("SESSION", "AUTHORIZATION"):
			s.Name = Name{{Text: "session_authorization", P: at}}
		case p.tok().kind == tString:
			s.Name = Name{{Text: lower(p.take().text), P: at}}
		default:
			s.Name = Name{{Text: p.dashed(), P: at}}
		}
		return s
	}
	if p.accept("LIKE") {
		s.HasLike, s.Like = true, p.text()
	}
	return s
}

// describe reads DESCRIBE [kind] name.
func (p *parser) describe() Statement {
	p.take()
	s := &Describe{}
	if next := p.ahead(1); p.isKw("TABLE") ||
		(next.kind == tWord || next.kind == tQuoted) && p.isKw("VIEW", "MATERIALIZED", "LOOKUP", "FUNCTION", "AGGREGATE", "ENDPOINT", "SCHEMA", "DATABASE") {
		s.Kind = p.objectKind("DESCRIBE")
	}
	p.accept("EXTENDED")
	s.Name = p.name()
	return s
}

// explain reads EXPLAIN [ANALYZE] [VERBOSE] [(options)] [PLAN FOR] statement | QUERY id.
func (p *parser) explain() Statement {
	p.take()
	s := &Explain{Format: "text"}
	switch {
	case p.isOp("(") && !p.queryAt(p.i):
		p.explainOptions(s)
	case p.accept("PLAN", "FOR"):
	default:
		s.Analyze = p.accept("ANALYZE") || p.accept("ANALYSE")
		p.accept("VERBOSE")
		if p.isOp("(") && !p.queryAt(p.i) {
			p.explainOptions(s)
		}
	}
	if next := p.ahead(1); p.isKw("QUERY") && (next.kind == tWord || next.kind == tQuoted || next.kind == tString || next.kind == tInt) {
		p.take()
		s.QueryID = p.dashedID()
		return s
	}
	if !p.isOp("(") && !p.isKw("SELECT", "WITH", "VALUES", "TABLE", "INSERT", "CREATE", "EXECUTE", "DECLARE", "SUBSCRIBE") {
		p.unexpected()
		return s
	}
	s.Target = p.statement()
	return s
}

func (p *parser) explainOptions(s *Explain) {
	p.expectOp("(")
	for p.ok() {
		at := p.pos()
		key, value := lower(p.label().Text), ""
		if !p.isOp(",") && !p.isOp(")") {
			value = p.plainValue()
		}
		switch key {
		case "analyze", "analyse":
			s.Analyze = p.truth(key, value, at)
		case "verbose":
			p.truth(key, value, at)
		case "format":
			s.Format = lower(value)
			if s.Format != "text" && s.Format != "json" && s.Format != "dot" {
				p.fail(sqlerr.New(sqlerr.InvalidParameterValue, `unrecognized value for EXPLAIN option "format": "%s"`, clip(value)).
					Hint("The formats are TEXT, JSON and DOT.").At(at))
			}
		default:
			p.fail(sqlerr.New(sqlerr.SyntaxError, "unrecognized EXPLAIN option %q", key).
				Hint("The options are ANALYZE, VERBOSE and FORMAT.").At(at))
		}
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
}

// truth reads the value of a boolean option; without a value it is true.
func (p *parser) truth(key, value string, at Pos) bool {
	switch lower(value) {
	case "", "true", "on", "1":
		return true
	case "false", "off", "0":
		return false
	}
	p.fail(sqlerr.New(sqlerr.SyntaxError, "%s requires a Boolean value", key).At(at))
	return false
}
