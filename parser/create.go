package parser

import "github.com/penstock/penstock/internal/sqlerr"

// create reads every CREATE statement.
func (p *parser) create() Statement {
	p.take()
	replace := p.accept("OR")
	if replace {
		p.expect("REPLACE")
	}
	temporary := p.accept("TEMPORARY") || p.accept("TEMP")
	if temporary && p.seq("SYSTEM", "FUNCTION") {
		p.unsupported(p.pos(), "CREATE TEMPORARY SYSTEM FUNCTION")
	}
	t := p.tok()
	switch {
	case p.accept("TABLE"):
		return p.createTable(&CreateTable{OrReplace: replace, Temporary: temporary})
	case p.accept("LOOKUP", "TABLE"):
		return p.createTable(&CreateTable{OrReplace: replace, Temporary: temporary, Lookup: true})
	case p.accept("VIEW"):
		return p.createView(&CreateView{OrReplace: replace, Temporary: temporary})
	case !temporary && p.accept("MATERIALIZED", "VIEW"):
		return p.createView(&CreateView{OrReplace: replace, Materialized: true})
	case p.seq("RECURSIVE", "VIEW"):
		p.unsupported(t.p(), "CREATE RECURSIVE VIEW")
	case p.accept("FUNCTION"):
		return p.createFunction(&CreateFunction{OrReplace: replace, Temporary: temporary})
	case !temporary && p.accept("AGGREGATE"):
		if p.ok() && !p.isKw("FUNCTION") {
			p.fail(p.syntaxError(p.tok()).Hint("Write CREATE AGGREGATE FUNCTION name(…) RETURNS type (STATE …, ACCUMULATE …, RESULT …)."))
		}
		p.expect("FUNCTION")
		return p.createAggregate(&CreateAggregate{OrReplace: replace})
	case !temporary && p.accept("ENDPOINT"):
		return p.createEndpoint(&CreateEndpoint{OrReplace: replace})
	case !temporary && !replace && (p.isKw("SCHEMA") || p.isKw("DATABASE")):
		s := &CreateSchema{Database: p.take().up == "DATABASE"}
		s.IfNotExists = p.ifNotExists()
		s.Name = p.name()
		return s
	default:
		p.notOurs("CREATE")
	}
	return nil
}

func (p *parser) ifNotExists() bool {
	if !p.isKw("IF") || !p.ahead(1).kw("NOT") {
		return false
	}
	p.expect("IF", "NOT", "EXISTS")
	return true
}

func (p *parser) createTable(s *CreateTable) Statement {
	s.IfNotExists = p.ifNotExists()
	s.Name = p.name()
	if p.isKw("LIKE") {
		p.unsupported(p.pos(), "CREATE TABLE … LIKE")
	}
	if p.isOp("(") {
		p.take()
		for p.ok() {
			p.tableElement(s)
			if !p.acceptOp(",") {
				break
			}
		}
		p.expectOp(")")
	} else if !p.isKw("AS", "WITH", "COMMENT") {
		p.unexpected()
	}
	if p.accept("COMMENT") {
		s.Comment = p.text()
	}
	p.refusedTableClause()
	if p.accept("WITH") {
		s.Options = p.options()
	}
	p.refusedTableClause()
	if p.accept("AS") {
		s.As = p.query()
	}
	return s
}

// refusedTableClause names the clauses that other engines have here.
func (p *parser) refusedTableClause() {
	switch {
	case p.isKw("PARTITIONED", "DISTRIBUTED", "PARTITION") && p.ahead(1).kw("BY"):
		p.unsupported(p.pos(), p.tok().up+" BY")
	case p.isKw("INHERITS", "TABLESPACE", "LIKE"):
		p.unsupported(p.pos(), p.tok().up+" in CREATE TABLE")
	case p.seq("ON", "COMMIT"):
		p.unsupported(p.pos(), "ON COMMIT")
	}
}

// tableElement reads a column, a WATERMARK or a table constraint.
func (p *parser) tableElement(s *CreateTable) {
	t := p.tok()
	switch {
	case t.kw("WATERMARK") && p.ahead(1).kw("FOR"):
		p.watermark(s)
	case t.kw("CONSTRAINT"):
		p.take()
		p.ident()
		p.tableConstraint(s)
	case t.kw("PRIMARY"), t.kw("UNIQUE"), t.kw("CHECK"), t.kw("FOREIGN") && p.ahead(1).kw("KEY"):
		p.tableConstraint(s)
	case t.kw("LIKE"):
		p.unsupported(t.p(), "LIKE in CREATE TABLE")
	default:
		s.Columns = append(s.Columns, p.column(s))
	}
}

func (p *parser) watermark(s *CreateTable) {
	at := p.pos()
	p.take()
	p.take()
	w := &Watermark{Column: p.ident()}
	p.expect("AS")
	from := p.i
	w.Expr = p.expr(0)
	w.Source = p.spanFrom(from)
	if s.Watermark != nil && p.ok() {
		p.fail(sqlerr.New(sqlerr.InvalidTableDefinition, "multiple watermarks for table %q are not allowed", s.Name.Last().Text).At(at))
	}
	s.Watermark = w
}

func (p *parser) tableConstraint(s *CreateTable) {
	t := p.tok()
	if !t.kw("PRIMARY") {
		if t.kw("UNIQUE") || t.kw("CHECK") || t.kw("FOREIGN") {
			p.unsupported(t.p(), t.up+" constraint")
		}
		p.unexpected()
		return
	}
	p.expect("PRIMARY", "KEY")
	p.onePrimaryKey(s, t.p())
	s.PrimaryKey = p.idents()
	p.accept("NOT", "ENFORCED")
}

func (p *parser) onePrimaryKey(s *CreateTable, at Pos) {
	if s.PrimaryKeyPos != 0 && p.ok() {
		p.fail(sqlerr.New(sqlerr.InvalidTableDefinition, "multiple primary keys for table %q are not allowed", s.Name.Last().Text).At(at))
	}
	s.PrimaryKeyPos = at
}

func (p *parser) column(s *CreateTable) ColumnDef {
	c := ColumnDef{Name: p.ident()}
	if p.accept("AS") {
		from := p.i
		c.Computed = p.expr(0)
		c.Source = p.spanFrom(from)
		if p.accept("COMMENT") {
			c.Comment = p.text()
		}
		return c
	}
	t := p.typeName()
	c.Type = &t
	for p.ok() && p.columnClause(s, &c) {
	}
	return c
}

// columnClause reads one thing that may stand behind a column's type.
func (p *parser) columnClause(s *CreateTable, c *ColumnDef) bool {
	t := p.tok()
	switch {
	case p.accept("NOT", "NULL"):
		c.NotNull = true
	case p.accept("NULL"):
	case t.kw("PRIMARY"):
		p.expect("PRIMARY", "KEY")
		p.onePrimaryKey(s, t.p())
		p.accept("NOT", "ENFORCED")
		c.PrimaryKey = true
		s.PrimaryKey = []Ident{c.Name}
	case p.accept("DEFAULT"):
		c.Default = p.expr(bpIs) // not NOT NULL, which follows
	case p.accept("METADATA"):
		c.Metadata = true
		if p.accept("FROM") {
			c.MetaFrom = p.text()
		}
		c.Virtual = p.accept("VIRTUAL")
	case p.accept("COMMENT"):
		c.Comment = p.text()
	case t.kw("CONSTRAINT"):
		p.take()
		p.ident()
	case t.kw("UNIQUE"), t.kw("CHECK"), t.kw("REFERENCES"), t.kw("GENERATED"), t.kw("COLLATE"):
		p.unsupported(t.p(), t.up+" in a column")
	default:
		return false
	}
	return true
}

func (p *parser) createView(s *CreateView) Statement {
	s.IfNotExists = p.ifNotExists()
	s.Name = p.name()
	if p.isOp("(") {
		s.Columns = p.idents()
	}
	if p.isKw("COMMENT") {
		p.unsupported(p.pos(), "COMMENT on a view")
	}
	if p.accept("WITH") {
		s.Options = p.options()
	}
	p.expect("AS")
	s.Query, s.QuerySpan = p.querySpan()
	if p.isKw("WITH") {
		p.unsupported(p.pos(), "WITH behind the query of a view")
	}
	return s
}

// querySpan reads a query and tells where it stands.
func (p *parser) querySpan() (*Query, Span) {
	from := p.i
	q := p.query()
	return q, p.spanFrom(from)
}

func (p *parser) createEndpoint(s *CreateEndpoint) Statement {
	s.IfNotExists = p.ifNotExists()
	s.Name = p.name()
	p.expect("WITH")
	s.Options = p.options()
	return s
}
