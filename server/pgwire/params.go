package pgwire

import (
	"bytes"
	"encoding/hex"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/session"
)

// maxArrayDims is PostgreSQL's.
const maxArrayDims = 6

// args reads the parameters of Bind into PostgreSQL's text form.
func (c *conn) args(m *pgproto3.Bind, st *statement) ([]session.Arg, error) {
	if n := len(m.ParameterFormatCodes); n > 1 && n != len(m.Parameters) {
		return nil, sqlerr.New(sqlerr.ProtocolViolation, "bind message has %d parameter formats but %d parameters", n, len(m.Parameters))
	}
	if len(m.Parameters) != len(st.oids) {
		return nil, sqlerr.New(sqlerr.ProtocolViolation, "bind message supplies %d parameters, but prepared statement \"%s\" requires %d",
			len(m.Parameters), m.PreparedStatement, len(st.oids))
	}
	args := make([]session.Arg, len(m.Parameters))
	for i, raw := range m.Parameters {
		if raw == nil {
			args[i].Null = true
			continue
		}
		var err error
		switch f := format(m.ParameterFormatCodes, i); f {
		case 0:
		case 1:
			raw, err = paramText(nil, raw, st.oids[i], i+1)
		default:
			err = sqlerr.New(sqlerr.InvalidParameterValue, "unsupported format code: %d", f)
		}
		if err != nil {
			return nil, err
		}
		if err := validText(raw); err != nil {
			return nil, err
		}
		args[i].Text = string(raw)
	}
	return args, nil
}

// validText refuses what no text in UTF-8 may hold.
func validText(b []byte) error {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return sqlerr.New(sqlerr.BadByteSequence, "invalid byte sequence for encoding \"UTF8\": 0x00")
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return sqlerr.New(sqlerr.BadByteSequence, "invalid byte sequence for encoding \"UTF8\": 0x%02x", b[i])
		}
		i += n
	}
	return nil
}

func badBinary(n int) error {
	return sqlerr.New(sqlerr.InvalidBinaryRepresent, "incorrect binary data format in bind parameter %d", n)
}

// paramText turns the binary form of a value into text. Integers are taken by
// their length: drivers send the smallest that holds the value. n is the
// parameter's number, for errors.
func paramText(dst, b []byte, oid uint32, n int) ([]byte, error) {
	switch oid {
	case catalog.OIDInt2, catalog.OIDInt4, catalog.OIDInt8:
		v, ok := binaryInt(b)
		if !ok {
			return nil, badBinary(n)
		}
		return strconv.AppendInt(dst, v, 10), nil
	case catalog.OIDText, catalog.OIDVarchar, catalog.OIDBPChar, catalog.OIDName, oidChar, catalog.OIDUnknown, catalog.OIDJSON:
		return append(dst, b...), nil
	case catalog.OIDJSONB:
		if len(b) == 0 || b[0] != 1 {
			return nil, badBinary(n)
		}
		return append(dst, b[1:]...), nil
	case catalog.OIDBytea:
		return datum.AppendBytea(dst, b), nil
	case catalog.OIDNumeric:
		d, err := datum.ParseDecimalBinary(b)
		if err != nil {
			return nil, err
		}
		return datum.AppendDecimal(dst, d), nil
	}
	if elem, ok := elements[oid]; ok {
		return arrayParam(dst, b, elem, n)
	}
	size := sizeOf(oid)
	if size < 0 {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "binary parameters of the type with OID %d are not supported", oid)
	}
	if len(b) != int(size) {
		return nil, badBinary(n)
	}
	return fixedParam(dst, b, oid)
}

func binaryInt(b []byte) (int64, bool) {
	switch len(b) {
	case 2:
		return int64(int16(big.Uint16(b))), true
	case 4:
		return int64(int32(big.Uint32(b))), true
	case 8:
		return int64(big.Uint64(b)), true
	}
	return 0, false
}

// fixedParam reads types of a fixed length, which was checked.
func fixedParam(dst, b []byte, oid uint32) ([]byte, error) {
	switch oid {
	case catalog.OIDBool:
		return datum.AppendBool(dst, b[0] != 0), nil
	case catalog.OIDOID, oidXID, oidCID, oidRegproc, oidRegclass, oidRegtype, oidRegnamespace:
		return strconv.AppendUint(dst, uint64(big.Uint32(b)), 10), nil
	case catalog.OIDFloat4:
		return datum.AppendFloat4(dst, math.Float32frombits(big.Uint32(b))), nil
	case catalog.OIDFloat8:
		return datum.AppendFloat8(dst, math.Float64frombits(big.Uint64(b))), nil
	case catalog.OIDTime:
		v := int64(big.Uint64(b))
		if v < 0 || v > datum.MicrosPerDay {
			return nil, sqlerr.New(sqlerr.DatetimeOverflow, "time out of range")
		}
		return datum.AppendTime(dst, v), nil
	case catalog.OIDDate:
		return dateParam(dst, int32(big.Uint32(b)))
	case catalog.OIDTimestamp, catalog.OIDTimestampTZ:
		v := int64(big.Uint64(b))
		if datum.IsFinite(v) {
			if v > math.MaxInt64-postgresEpochMicros || !datum.TimestampInRange(v+postgresEpochMicros) {
				return nil, sqlerr.New(sqlerr.DatetimeOverflow, "timestamp out of range")
			}
			v += postgresEpochMicros
		}
		if oid == catalog.OIDTimestampTZ {
			return datum.AppendTimestampTZ(dst, v, 0), nil
		}
		return datum.AppendTimestamp(dst, v), nil
	case catalog.OIDInterval:
		return datum.AppendInterval(dst, datum.Interval{
			Micros: int64(big.Uint64(b)), Days: int32(big.Uint32(b[8:])), Months: int32(big.Uint32(b[12:])),
		}), nil
	case oidUUID:
		for i, part := range [][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
			if i > 0 {
				dst = append(dst, '-')
			}
			dst = hex.AppendEncode(dst, part)
		}
		return dst, nil
	}
	return nil, sqlerr.New(sqlerr.FeatureNotSupported, "binary parameters of the type with OID %d are not supported", oid)
}

func dateParam(dst []byte, v int32) ([]byte, error) {
	days := int64(v) + postgresEpochDays
	switch {
	case v == math.MaxInt32:
		days = datum.TimestampInfinity
	case v == math.MinInt32:
		days = datum.TimestampNegInfinity
	case !datum.DateInRange(days):
		return nil, sqlerr.New(sqlerr.DatetimeOverflow, "date out of range")
	}
	return datum.AppendDate(dst, days), nil
}

// arrayParam reads an array of any number of dimensions.
func arrayParam(dst, b []byte, elem uint32, n int) ([]byte, error) {
	if len(b) < 12 {
		return nil, badBinary(n)
	}
	dims, sent := big.Uint32(b), big.Uint32(b[8:])
	b = b[12:]
	is, ok := typeOfOID(sent)
	want, _ := typeOfOID(elem)
	if !ok || is.Kind != want.Kind || is.Kind == catalog.Array {
		return nil, sqlerr.New(sqlerr.DatatypeMismatch, "binary data has array element type %d instead of expected %d", sent, elem)
	}
	if dims > maxArrayDims || len(b) < int(dims)*8 {
		return nil, badBinary(n)
	}
	if dims == 0 {
		return append(dst, "{}"...), nil
	}
	sizes := make([]int, dims)
	total := 1
	for i := range sizes {
		sizes[i] = int(big.Uint32(b[i*8:]))
		if sizes[i] == 0 || sizes[i] > maxMessageBytes {
			return nil, badBinary(n)
		}
		total *= sizes[i]
		// Each element takes four bytes at least, so a lie is found before the loop.
		if total > len(b)/4 {
			return nil, badBinary(n)
		}
	}
	r := arrayReader{rest: b[dims*8:], elem: sent, n: n}
	dst, err := r.dim(dst, sizes)
	if err == nil && len(r.rest) > 0 {
		err = badBinary(n)
	}
	return dst, err
}

type arrayReader struct {
	rest []byte
	elem uint32
	n    int
}

func (r *arrayReader) dim(dst []byte, sizes []int) (_ []byte, err error) {
	dst = append(dst, '{')
	for i := range sizes[0] {
		if i > 0 {
			dst = append(dst, ',')
		}
		if len(sizes) > 1 {
			dst, err = r.dim(dst, sizes[1:])
		} else {
			dst, err = r.element(dst)
		}
		if err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func (r *arrayReader) element(dst []byte) ([]byte, error) {
	if len(r.rest) < 4 {
		return nil, badBinary(r.n)
	}
	size := int32(big.Uint32(r.rest))
	r.rest = r.rest[4:]
	if size == -1 {
		return append(dst, "NULL"...), nil
	}
	if size < 0 || int(size) > len(r.rest) {
		return nil, badBinary(r.n)
	}
	start := len(dst)
	dst, err := paramText(dst, r.rest[:size], r.elem, r.n)
	if err != nil {
		return nil, err
	}
	r.rest = r.rest[size:]
	return quoteElement(dst, start), nil
}
