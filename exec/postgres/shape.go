package postgres

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// shape is how a table's columns are read.
type shape struct {
	list     []string // what stands behind SELECT, a column each
	decoders []decoder
	oids     []uint32 // as PostgreSQL has the columns
	sent     []uint32 // as they are sent
}

// otherwise are types that have columns of their own here: a VARCHAR does not
// take them for their text.
var otherwise = []uint32{oidBool, oidBytea, oidInt2, oidInt4, oidInt8, oidFloat4, oidFloat8, oidNumeric, oidMoney, oidDate, oidTime, oidTimetz, oidTimestamp, oidTimestamptz, oidInterval}

// describe asks what types the columns have. The connection need not be in a
// transaction.
func (s *source) describe(ctx context.Context, c *conn) (*shape, error) {
	sh := &shape{}
	for _, col := range s.table.Columns {
		sh.list = append(sh.list, "q."+quote(col.Name))
	}
	d, err := c.Prepare(ctx, "", "SELECT "+strings.Join(sh.list, ", ")+" FROM "+s.cfg.from+" AS q", nil)
	if err != nil {
		return nil, err
	}
	if len(d.Fields) != len(s.table.Columns) {
		return nil, sqlerr.New(sqlerr.InternalError, "PostgreSQL describes %d columns of %d", len(d.Fields), len(s.table.Columns))
	}
	for i, col := range s.table.Columns {
		f := d.Fields[i]
		dec, sent := decoderOf(col.Type, f.DataTypeOID), f.DataTypeOID
		if dec == nil && col.Type.Kind == catalog.Varchar && !slices.Contains(otherwise, f.DataTypeOID) && elements[f.DataTypeOID] == 0 {
			dec, sent = textDecoder(col.Type.P), oidText
			sh.list[i] += "::pg_catalog.text"
		}
		if dec == nil {
			return nil, s.mismatch(ctx, c, col, f.DataTypeOID, f.TypeModifier)
		}
		sh.decoders, sh.oids, sh.sent = append(sh.decoders, dec), append(sh.oids, f.DataTypeOID), append(sh.sent, sent)
	}
	return sh, nil
}

// mismatch is the error for a column whose type does not suit.
func (s *source) mismatch(ctx context.Context, c *conn, col catalog.TableColumn, oid uint32, modifier int32) error {
	name, err := typeName(ctx, c, oid, strconv.Itoa(int(modifier)))
	if err != nil {
		return err
	}
	e := sqlerr.New(sqlerr.DatatypeMismatch, "column %q of lookup table %q is of type %s, but of type %s in PostgreSQL", col.Name, s.table.Name, col.Type, name)
	return e.Hint("Declare the column so that it takes every value, or use 'query' with a cast.")
}

// typeName asks for the SQL name of a type.
func typeName(ctx context.Context, c *conn, oid uint32, modifier string) (string, error) {
	r := c.ExecParams(ctx, "SELECT pg_catalog.format_type("+strconv.FormatUint(uint64(oid), 10)+", "+modifier+")", nil, nil, nil, nil).Read()
	if r.Err != nil {
		return "", r.Err
	}
	if len(r.Rows) != 1 || len(r.Rows[0]) != 1 {
		return "", sqlerr.New(sqlerr.InternalError, "PostgreSQL does not name type %d", oid)
	}
	return string(r.Rows[0][0]), nil
}

// keyType is the type that the values of a key are sent as: integers as the
// widest, so that one that fits no row is a question without answer.
func keyType(ctx context.Context, c *conn, oid uint32) (string, error) {
	switch oid {
	case oidInt2, oidInt4, oidInt8:
		return "int8", nil
	case oidFloat4, oidFloat8:
		return "float8", nil
	case oidVarchar, oidText:
		return "text", nil
	case oidBpchar: // whose SQL name means one character
		return "bpchar", nil
	case oidBit:
		return `pg_catalog."bit"`, nil
	}
	return typeName(ctx, c, oid, "NULL")
}

// byValue are the types whose equality is that of our values, so that an answer
// can be put beside its question by the key in it.
var byValue = []uint32{oidBool, oidInt2, oidInt4, oidInt8, oidText, oidVarchar, oidNumeric, oidDate, oidTime, oidTimestamp, oidTimestamptz}

// check sees that the table's types have a reader at all.
func check(t *catalog.Table) error {
	for _, c := range t.Columns {
		elem := c.Type
		if elem.Kind == catalog.Array {
			elem = *elem.Elem
		}
		if k := elem.Kind; k == catalog.Array || k == catalog.Row || k == catalog.Map {
			return sqlerr.New(sqlerr.FeatureNotSupported, "column %q: type %s cannot be read from PostgreSQL", c.Name, c.Type).
				Hint("A JSON column takes what to_jsonb gives.")
		}
	}
	return nil
}
