package parser

import (
	"strconv"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
)

// typeSynonyms maps the words for a type to its own name.
var typeSynonyms = map[string]string{
	"bool": "boolean", "boolean": "boolean",
	"tinyint": "smallint", "int2": "smallint", "smallint": "smallint",
	"int": "integer", "int4": "integer", "integer": "integer",
	"int8": "bigint", "bigint": "bigint",
	"float4": "real", "real": "real",
	"float8": "double", "double": "double", "float": "double",
	"dec": "decimal", "numeric": "decimal", "decimal": "decimal",
	"varchar": "varchar", "string": "varchar", "text": "varchar", "nvarchar": "varchar",
	"char": "char", "character": "char", "bpchar": "char", "nchar": "char",
	"bytes": "bytes", "bytea": "bytes", "varbinary": "bytes", "binary": "bytes", "blob": "bytes",
	"date": "date", "time": "time", "timetz": "timetz",
	"timestamp": "timestamp", "timestamptz": "timestamptz", "timestamp_ltz": "timestamp_ltz",
	"interval": "interval", "json": "json", "jsonb": "json", "uuid": "uuid",
}

// typeName reads a type and the array marks behind it.
func (p *parser) typeName() TypeName {
	if !p.enter() {
		return TypeName{}
	}
	defer p.leave()
	t := p.scalarType()
	for n := 0; p.ok(); n++ {
		switch {
		case p.isKw("ARRAY") && !p.ahead(1).is("<"):
			p.take()
			p.arrayBound(p.isOp("["))
		case p.isOp("["):
			p.arrayBound(true)
		case p.isKw("MULTISET"):
			p.unsupported(p.pos(), "MULTISET")
		default:
			return t
		}
		if n > MaxNesting {
			p.fail(sqlerr.New(sqlerr.StatementTooComplex, "type is nested too deeply").At(t.P))
		}
		elem := t
		t = TypeName{Name: "array", Elem: &elem, P: elem.P}
	}
	return t
}

// arrayBound reads [] or [3]; as in PostgreSQL the number means nothing.
func (p *parser) arrayBound(there bool) {
	if !there {
		return
	}
	p.expectOp("[")
	if p.tok().kind == tInt {
		p.take()
	}
	p.expectOp("]")
}

func (p *parser) scalarType() TypeName {
	t := TypeName{P: p.pos()}
	if p.tok().kind == tWord {
		if done := p.specialType(&t); done {
			return t
		}
	} else if p.tok().kind != tQuoted {
		p.unexpected()
		return t
	}
	n := Name{p.label()}
	for p.acceptOp(".") {
		n = append(n, p.label())
	}
	if len(n) > 1 && strings.EqualFold(n[0].Text, "pg_catalog") {
		n = n[1:]
	}
	parts := make([]string, len(n))
	for i, id := range n {
		parts[i] = id.Text
		if !id.Quoted {
			parts[i] = strings.ToLower(id.Text)
		}
	}
	t.Name = strings.Join(parts, ".")
	if own, ok := typeSynonyms[t.Name]; ok && !(n.Last().Quoted && t.Name == "char") {
		t.Name = own
	}
	t.Args = p.typeArgs()
	if parts[len(parts)-1] == "float" && len(t.Args) == 1 {
		if t.Args[0] <= 24 {
			t.Name = "real"
		}
		t.Args = nil
	}
	return t
}

// specialType reads the types whose name is not just one word with numbers.
func (p *parser) specialType(t *TypeName) bool {
	word := p.tok().up
	if reserved[word] && word != "ARRAY" && word != "BINARY" {
		p.unexpected()
		return true
	}
	open := p.ahead(1)
	switch {
	case word == "ARRAY" && open.is("<"):
		p.take()
		p.angle(func() { elem := p.nestedType(); t.Name, t.Elem = "array", &elem })
	case word == "ARRAY":
		p.take()
		p.unexpected()
	case word == "MAP" && open.is("<"):
		p.take()
		p.angle(func() {
			key := p.nestedType()
			p.expectOp(",")
			value := p.nestedType()
			t.Name, t.Key, t.Elem = "map", &key, &value
		})
	case word == "MULTISET" || word == "RAW" && (open.is("(") || open.is("<")):
		p.unsupported(t.P, word)
	case word == "ROW" && (open.is("<") || open.is("(")):
		p.take()
		t.Name = "row"
		if p.isOp("(") {
			p.take()
			t.Fields = p.fields()
			p.expectOp(")")
		} else {
			p.angle(func() { t.Fields = p.fields() })
		}
	case word == "DOUBLE":
		p.take()
		p.accept("PRECISION")
		t.Name = "double"
	case word == "CHARACTER" || word == "CHAR" || word == "NATIONAL" || word == "NCHAR" || word == "BIT":
		p.charType(t)
	case word == "TIMESTAMP" || word == "TIME":
		p.take()
		t.Name = strings.ToLower(word)
		t.Args = p.typeArgs()
		p.zone(t)
	case word == "INTERVAL":
		p.take()
		t.Name = "interval"
		t.Args = p.typeArgs()
		p.intervalUnit()
	default:
		return false
	}
	return true
}

func (p *parser) charType(t *TypeName) {
	word := p.take().up
	if word == "NATIONAL" && !p.accept("CHARACTER") {
		p.expect("CHAR")
	}
	varying := p.accept("VARYING")
	switch {
	case word == "BIT" && varying:
		t.Name = "varbit"
	case word == "BIT":
		t.Name = "bit"
	case varying:
		t.Name = "varchar"
	default:
		t.Name = "char"
	}
	t.Args = p.typeArgs()
}

// zone reads [WITH [LOCAL] | WITHOUT] TIME ZONE behind TIME and TIMESTAMP.
func (p *parser) zone(t *TypeName) {
	switch {
	case p.accept("WITHOUT", "TIME", "ZONE"):
	case p.accept("WITH", "TIME", "ZONE"):
		t.Name += "tz"
	case t.Name == "timestamp" && p.accept("WITH", "LOCAL", "TIME", "ZONE"):
		t.Name = "timestamp_ltz"
	}
}

// typeArgs reads (10, 2).
func (p *parser) typeArgs() []int {
	if !p.isOp("(") || p.ahead(1).kind == tWord && p.ahead(2).kind == tWord { // RETURNS INT (STATE s …)
		return nil
	}
	p.take()
	var args []int
	for p.ok() {
		args = append(args, p.smallInt())
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
	return args
}

// smallInt reads a number of 32 bits.
func (p *parser) smallInt() int {
	sign := ""
	if p.acceptOp("-") {
		sign = "-"
	}
	if p.tok().kind != tInt {
		p.unexpected()
		return 0
	}
	t := p.take()
	v, err := strconv.ParseInt(sign+t.text, 10, 32)
	if err != nil {
		p.fail(sqlerr.New(sqlerr.NumericOutOfRange, "value \"%s\" is out of range for type integer", clip(t.text)).At(t.p()))
	}
	return int(v)
}

// nestedType is a type inside another; whether it may be NULL is no part of
// our types, as in PostgreSQL.
func (p *parser) nestedType() TypeName {
	t := p.typeName()
	if !p.accept("NOT", "NULL") {
		p.accept("NULL")
	}
	return t
}

// fields reads the fields of a row: a INT, b STRING [NOT NULL] ['comment'].
func (p *parser) fields() []ColumnDef {
	var list []ColumnDef
	for p.ok() {
		f := ColumnDef{Name: p.label()}
		t := p.typeName()
		f.Type = &t
		if p.accept("NOT", "NULL") {
			f.NotNull = true
		} else {
			p.accept("NULL")
		}
		if p.tok().kind == tString {
			f.Comment = p.take().text
		}
		list = append(list, f)
		if !p.acceptOp(",") {
			break
		}
	}
	return list
}

// angle reads < inside >. The scanner takes >> for one operator, so the
// brackets are cut off operators one by one.
func (p *parser) angle(inside func()) {
	p.cutOp("<")
	inside()
	p.cutOp(">")
}

func (p *parser) cutOp(c string) {
	t := p.tok()
	if t.kind != tOp || !strings.HasPrefix(t.text, c) {
		p.unexpected()
		return
	}
	if t.text == c {
		p.take()
		return
	}
	p.toks[p.i].text = t.text[1:]
	p.toks[p.i].pos++
}
