package parser

import (
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
)

// statements maps the first word of a statement to its reader. It is filled in
// init because statements hold statements (EXPLAIN, PREPARE).
var statements map[string]func(*parser) Statement

func init() {
	statements = map[string]func(*parser) Statement{
		"SELECT": (*parser).selectStmt, "VALUES": (*parser).selectStmt, "TABLE": (*parser).selectStmt,
		"WITH": (*parser).withStmt, "INSERT": (*parser).insert,
		"CREATE": (*parser).create, "DROP": (*parser).drop,
		"EXPLAIN": (*parser).explain, "SHOW": (*parser).show,
		"DESCRIBE": (*parser).describe, "DESC": (*parser).describe,
		"SET": (*parser).set, "RESET": (*parser).reset,
		"BEGIN": (*parser).begin, "START": (*parser).begin,
		"COMMIT": (*parser).endTransaction, "END": (*parser).endTransaction,
		"ROLLBACK": (*parser).endTransaction, "ABORT": (*parser).endTransaction,
		"SAVEPOINT": (*parser).savepoint, "RELEASE": (*parser).savepoint,
		"DECLARE": (*parser).declare, "FETCH": (*parser).fetch, "MOVE": (*parser).fetch,
		"CLOSE": (*parser).closeCursor, "COPY": (*parser).copy, "SUBSCRIBE": (*parser).subscribe,
		"PAUSE": (*parser).queryControl, "RESUME": (*parser).queryControl,
		"STOP": (*parser).queryControl, "CANCEL": (*parser).queryControl,
		"REFRESH": (*parser).refresh,
		"PREPARE": (*parser).prepare, "EXECUTE": (*parser).execute,
		"DISCARD": (*parser).discard, "DEALLOCATE": (*parser).deallocate,
		"LISTEN": (*parser).listen, "UNLISTEN": (*parser).listen, "NOTIFY": (*parser).listen,
	}
}

// foreign holds the first words of statements that PostgreSQL or Flink has and
// this dialect has not.
var foreign = wordSet(`
	ADD ALTER ANALYZE ANALYSE CALL CHECKPOINT CLUSTER COMMENT COMPILE DELETE DO
	GRANT IMPORT LOAD LOCK MERGE REASSIGN REINDEX REMOVE REPLACE REVOKE SECURITY
	TRUNCATE UNLOAD UPDATE USE VACUUM`)

// statement reads one statement up to its semicolon.
func (p *parser) statement() Statement {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	from, t := p.i, p.tok()
	var s Statement
	switch read := statements[t.up]; {
	case t.is("("):
		s = p.selectStmt()
	case t.kind == tWord && read != nil:
		s = read(p)
	case t.kind == tWord && foreign[t.up]:
		p.unsupported(t.p(), t.up)
	default:
		p.unexpected()
	}
	if !p.ok() {
		return nil
	}
	s.setSpan(p.spanFrom(from))
	return s
}

func (p *parser) selectStmt() Statement { return &SelectStmt{Query: p.query()} }

// withStmt tells WITH … SELECT from WITH … INSERT.
func (p *parser) withStmt() Statement {
	depth := 0
	for i := p.i; p.toks[i].kind != tEOF && !(depth == 0 && p.toks[i].is(";")); i++ {
		switch t := &p.toks[i]; {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case depth == 0 && (t.kw("SELECT") || t.kw("VALUES")):
			return p.selectStmt()
		case depth == 0 && (t.kw("INSERT") || t.kw("UPDATE") || t.kw("DELETE")) && p.toks[i-1].is(")"):
			p.unsupported(t.p(), "WITH before "+t.up).Hint("Write the WITH behind INSERT INTO …")
			return nil
		}
	}
	return p.selectStmt()
}

// insert reads INSERT INTO t [(columns)] query.
func (p *parser) insert() Statement {
	p.take()
	if p.isKw("OVERWRITE") {
		p.unsupported(p.pos(), "INSERT OVERWRITE")
	}
	p.expect("INTO")
	s := &Insert{Table: p.name()}
	if p.isOp("(") && !p.queryAt(p.i) {
		s.Columns = p.idents()
	}
	switch {
	case p.isKw("PARTITION"), p.isKw("OVERRIDING"):
		p.unsupported(p.pos(), p.tok().up+" in INSERT")
	case p.seq("DEFAULT", "VALUES"):
		p.unsupported(p.pos(), "DEFAULT VALUES")
	case !p.isOp("(") && !p.isKw("SELECT", "WITH", "VALUES", "TABLE"):
		p.unexpected()
	default:
		s.Query = p.query()
	}
	switch {
	case p.seq("ON", "CONFLICT"):
		p.unsupported(p.pos(), "ON CONFLICT").Hint("A sink with a primary key takes the last row of a key.")
	case p.isKw("RETURNING"):
		p.unsupported(p.pos(), "RETURNING")
	}
	return s
}

// drop reads DROP kind [IF EXISTS] name, … [CASCADE | RESTRICT].
func (p *parser) drop() Statement {
	p.take()
	s := &Drop{Temporary: p.accept("TEMPORARY") || p.accept("TEMP")}
	s.Kind = p.objectKind("DROP")
	if p.accept("IF") {
		p.expect("EXISTS")
		s.IfExists = true
	}
	for p.ok() {
		s.Names = append(s.Names, p.name())
		if p.isOp("(") && strings.HasSuffix(s.Kind, "FUNCTION") {
			p.unsupported(p.pos(), "an argument list in DROP FUNCTION").Hint("A function has one signature: its name is enough.")
		}
		if !p.acceptOp(",") {
			break
		}
	}
	if p.accept("CASCADE") {
		s.Cascade = true
	} else {
		p.accept("RESTRICT")
	}
	return s
}

// foreignObjects are the kinds of objects that other engines CREATE and DROP.
var foreignObjects = wordSet(`
	CAST CATALOG COLLATION CONNECTION CONVERSION DOMAIN EVENT EXTENSION FOREIGN
	GROUP INDEX LANGUAGE MODEL OPERATOR POLICY PROCEDURE PUBLICATION ROLE RULE
	SEQUENCE SERVER STATISTICS SUBSCRIPTION TABLESPACE TEXT TRANSFORM TRIGGER
	TYPE UNIQUE UNLOGGED USER`)

// objectKind reads the words that name a kind of object.
func (p *parser) objectKind(verb string) string {
	for _, words := range [][]string{
		{"TABLE"}, {"VIEW"}, {"MATERIALIZED", "VIEW"}, {"LOOKUP", "TABLE"}, {"FUNCTION"},
		{"AGGREGATE", "FUNCTION"}, {"ENDPOINT"}, {"SCHEMA"}, {"DATABASE"},
	} {
		if p.accept(words...) {
			return strings.Join(words, " ")
		}
	}
	p.notOurs(verb)
	return ""
}

// notOurs fails at a kind of object that is not ours.
func (p *parser) notOurs(verb string) {
	t := p.tok()
	switch {
	case t.kw("SOURCE") || t.kw("SINK") || t.kw("STREAM"):
		p.fail(p.syntaxError(t).Hint("Sources and sinks are tables: CREATE TABLE … WITH (…)."))
	case t.kind == tWord && foreignObjects[t.up]:
		p.unsupported(t.p(), verb+" "+t.up)
	default:
		p.unexpected()
	}
}

// options reads ('key' = 'value', …); keys and values may also be bare words.
func (p *parser) options() []Option {
	list := []Option{}
	p.expectOp("(")
	for p.ok() && !(len(list) == 0 && p.isOp(")")) {
		o := Option{KeyP: p.pos()}
		if p.tok().kind == tString {
			o.Key = p.take().text
		} else {
			o.Key = p.dashed()
		}
		p.expectOp("=")
		o.ValueP = p.pos()
		o.Value = p.plainValue()
		list = append(list, o)
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
	return list
}

// dashed reads a name of words joined by dots and dashes, in lower case unless
// quoted: watermark.default-delay.
func (p *parser) dashed() string {
	var b strings.Builder
	for p.ok() {
		t := p.tok()
		switch {
		case t.kind == tQuoted:
			b.WriteString(t.text)
		case t.kind == tWord:
			b.WriteString(lower(t.text))
		case t.kind == tInt && b.Len() > 0:
			b.WriteString(t.text)
		default:
			p.unexpected()
			return ""
		}
		p.take()
		if !p.isOp(".") && !(p.isOp("-") && p.tok().pos == t.end && p.ahead(1).pos == p.tok().end) {
			break
		}
		b.WriteString(p.take().text)
	}
	return b.String()
}

// plainValue reads a string, number or word as text.
func (p *parser) plainValue() string {
	sign := ""
	if p.isOp("-") || p.isOp("+") {
		if k := p.ahead(1).kind; k == tInt || k == tDecimal || k == tFloat {
			if sign = p.take().text; sign == "+" {
				sign = ""
			}
		}
	}
	switch t := p.tok(); t.kind {
	case tString, tQuoted, tInt, tDecimal, tFloat:
		return sign + p.take().text
	case tWord:
		if sign == "" {
			if t.up == "NULL" {
				break
			}
			return p.take().text
		}
	}
	p.unexpected()
	return ""
}

// dashedID reads the id of a running query: a word, number or string.
func (p *parser) dashedID() string {
	switch p.tok().kind {
	case tString, tInt:
		return p.take().text
	}
	return p.dashed()
}

// queryControl reads PAUSE|RESUME|STOP|CANCEL QUERY id.
func (p *parser) queryControl() Statement {
	s := &QueryControl{Verb: p.take().up}
	if p.isKw("JOB", "JOBS") {
		p.fail(p.syntaxError(p.tok()).Hint("Running work is named by %s QUERY id; SHOW QUERIES lists it.", s.Verb))
	}
	p.expect("QUERY")
	s.P = p.pos()
	s.ID = p.dashedID()
	return s
}

// refresh reads REFRESH LOOKUP TABLE t [NO WAIT].
func (p *parser) refresh() Statement {
	p.take()
	if p.seq("MATERIALIZED", "VIEW") {
		p.unsupported(p.pos(), "REFRESH MATERIALIZED VIEW").Hint("A materialized view is always kept up to date.")
	}
	p.expect("LOOKUP", "TABLE")
	s := &RefreshLookup{Name: p.name()}
	s.NoWait = p.accept("NO", "WAIT")
	return s
}

// outOfRange is the error of a number that does not fit.
func outOfRange(t *token) *sqlerr.Error {
	return sqlerr.New(sqlerr.NumericOutOfRange, "value \"%s\" is out of range", clip(t.text)).At(t.p())
}
