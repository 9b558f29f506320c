package planner

import (
	"strconv"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// bindLiteral types a constant as PostgreSQL does: the smallest of INT, BIGINT
// and DECIMAL that holds a number, and unknown for strings and NULL.
func (b *binder) bindLiteral(l *parser.Literal, negate bool) (plan.Expr, error) {
	pos := b.pos(l.P)
	switch l.Kind {
	case "null":
		return &plan.Const{Null: true, P: pos}, nil
	case "bool":
		return boolConst(l.Text == "true", pos), nil
	case "string":
		return &plan.Const{Text: l.Text, P: pos}, nil
	case "bytes":
		return b.literalAs(&plan.Const{Text: l.Text, P: pos}, catalog.Of(catalog.Bytes))
	case "int", "decimal", "float":
		text := l.Text
		if negate {
			text = "-" + text
		}
		return numberConst(text, pos)
	}
	return nil, sqlerr.New(sqlerr.FeatureNotSupported, "%s literals are not supported", l.Kind).At(pos)
}

func numberConst(text string, pos sqlerr.Pos) (plan.Expr, error) {
	if v, err := strconv.ParseInt(text, 10, 64); err == nil {
		t := catalog.Of(catalog.BigInt)
		if v == int64(int32(v)) {
			t = catalog.Of(catalog.Int)
		}
		return &plan.Const{T: t, Text: strconv.FormatInt(v, 10), P: pos}, nil
	}
	d, err := datum.ParseDecimal([]byte(text))
	if err != nil {
		return nil, sqlerr.From(err).At(pos)
	}
	return &plan.Const{T: catalog.Of(catalog.Decimal), Text: d.String(), P: pos}, nil
}

func boolConst(v bool, pos sqlerr.Pos) *plan.Const {
	return &plan.Const{T: catalog.Of(catalog.Boolean), Text: string(datum.AppendBool(nil, v)), P: pos}
}

func (b *binder) bindInterval(l *parser.IntervalLit) (plan.Expr, error) {
	pos := b.pos(l.P)
	var v datum.Interval
	var err error
	if l.Unit == "" {
		v, err = datum.ParseInterval([]byte(l.Text))
	} else {
		v, err = datum.ParseIntervalUnit([]byte(l.Text), l.Unit)
	}
	if err != nil {
		return nil, sqlerr.From(err).At(pos)
	}
	if l.Precision >= 0 {
		v.Micros = datum.RoundMicros(v.Micros, min(l.Precision, 6))
	}
	return intervalConst(v, pos), nil
}

func intervalConst(v datum.Interval, pos sqlerr.Pos) *plan.Const {
	return &plan.Const{T: catalog.Of(catalog.Interval), Text: string(datum.AppendInterval(nil, v)), P: pos}
}

// constInterval reads an INTERVAL constant back.
func constInterval(x plan.Expr) (datum.Interval, bool) {
	c, ok := x.(*plan.Const)
	if !ok || c.Null || c.T.Kind != catalog.Interval {
		return datum.Interval{}, false
	}
	v, err := datum.ParseInterval([]byte(c.Text))
	return v, err == nil
}

// literalAs gives an undecided literal its type: its text is read as the type
// would be, and errors are those of PostgreSQL's input functions.
func (b *binder) literalAs(c *plan.Const, t catalog.Type) (plan.Expr, error) {
	if c.Null {
		return &plan.Const{T: t, Null: true, P: c.P}, nil
	}
	text, known, err := b.canonical(c.Text, t)
	if err != nil {
		return nil, sqlerr.From(err).At(c.P)
	}
	if known {
		return &plan.Const{T: t, Text: text, P: c.P}, nil
	}
	// A length, a scale or a nested value: the cast's own business.
	base := &plan.Const{T: catalog.Of(catalog.Varchar), Text: c.Text, P: c.P}
	return b.fold(&plan.Cast{X: base, T: t, P: c.P})
}

// canonical reads text as a value of the type and prints it in PostgreSQL's
// form; known is false for types that need more than that.
func (b *binder) canonical(text string, t catalog.Type) (out string, known bool, err error) {
	in, dst := []byte(text), []byte(nil)
	switch t.Kind {
	case catalog.Varchar:
		return text, t.P == 0, nil
	case catalog.Boolean:
		var v bool
		if v, err = datum.ParseBool(in); err == nil {
			dst = datum.AppendBool(dst, v)
		}
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		var v int64
		if v, err = datum.ParseInt64(in, 16<<(t.Kind-catalog.SmallInt)); err == nil {
			dst = strconv.AppendInt(dst, v, 10)
		}
	case catalog.Double:
		var v float64
		if v, err = datum.ParseFloat8(in); err == nil {
			dst = datum.AppendFloat8(dst, v)
		}
	case catalog.Real:
		var v float32
		if v, err = datum.ParseFloat4(in); err == nil {
			dst = datum.AppendFloat4(dst, v)
		}
	case catalog.Decimal:
		if t.P > 0 {
			return "", false, nil
		}
		var v datum.Decimal
		if v, err = datum.ParseDecimal(in); err == nil {
			dst = datum.AppendDecimal(dst, v)
		}
	case catalog.Bytes:
		if t.P > 0 {
			return "", false, nil
		}
		var v []byte
		if v, err = datum.ParseBytea(nil, in); err == nil {
			dst = datum.AppendBytea(dst, v)
		}
	default:
		return b.canonicalTime(in, t)
	}
	return string(dst), true, err
}

func (b *binder) canonicalTime(in []byte, t catalog.Type) (out string, known bool, err error) {
	var v int64
	var dst []byte
	switch t.Kind {
	case catalog.Date:
		if v, err = datum.ParseDate(in); err == nil {
			dst = datum.AppendDate(dst, v)
		}
	case catalog.Time:
		if v, err = datum.ParseTime(in); err == nil {
			dst = datum.AppendTime(dst, datum.RoundMicros(v, t.FracDigits()))
		}
	case catalog.Timestamp:
		if v, err = datum.ParseTimestamp(in); err == nil {
			dst = datum.AppendTimestamp(dst, datum.RoundTimestamp(v, t.FracDigits()))
		}
	case catalog.TimestampLTZ:
		zone := b.env.setting("timezone")
		if zone == "" {
			zone = "UTC"
		}
		loc, zerr := datum.Location(zone)
		if zerr != nil {
			return "", true, zerr
		}
		if v, err = datum.ParseTimestampTZ(in, loc); err == nil {
			dst = datum.AppendTimestampTZ(dst, datum.RoundTimestamp(v, t.FracDigits()), 0)
		}
	case catalog.Interval:
		var iv datum.Interval
		if iv, err = datum.ParseInterval(in); err == nil {
			dst = datum.AppendInterval(dst, iv)
		}
	default:
		return "", false, nil
	}
	return string(dst), true, err
}

// fold computes a constant expression if it can be computed now. A fault is
// reported at once, as PostgreSQL does for literals.
func (b *binder) fold(x plan.Expr) (plan.Expr, error) {
	if b.env.Fold == nil {
		return x, nil
	}
	c, err := b.env.Fold(x)
	if err != nil {
		return nil, sqlerr.From(err).At(x.Pos())
	}
	if c == nil {
		return x, nil
	}
	return &plan.Const{T: x.Type(), Null: c.Null, Text: c.Text, P: x.Pos()}, nil
}
