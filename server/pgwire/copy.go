package pgwire

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// copyDirection refuses COPY FROM STDIN.
func copyDirection(s *parser.Copy) error {
	if s.From {
		return sqlerr.New(sqlerr.FeatureNotSupported, "COPY FROM STDIN is not supported").
			At(s.Span().From).Hint("write to a table with INSERT INTO")
	}
	return nil
}

// planCopyTable plans COPY t (columns) TO STDOUT as the query it means.
func (c *conn) planCopyTable(ctx context.Context, st *statement, s *parser.Copy) error {
	if err := copyDirection(s); err != nil {
		return err
	}
	var err error
	st.inner, err = c.sess.Prepare(ctx, tableText(s), nil)
	if err != nil && sqlerr.From(err).Pos > 0 {
		err = placed(err, s.Table.Pos())
	}
	return err
}

// copyOut is COPY … TO STDOUT: rows as CopyData messages, as they come.
func (c *conn) copyOut(ctx context.Context, p *portal, s *parser.Copy) (string, error) {
	cols := columnsOf(p.st.inner)
	if cols.schema == nil {
		return "", sqlerr.New(sqlerr.FeatureNotSupported, "COPY needs a query that gives rows").At(s.QuerySpan.From)
	}
	opt, err := copyOptions(s.Options)
	if err != nil {
		return "", err
	}
	enc, err := newCopyRows(opt, cols, c.status.zone)
	if err != nil {
		return "", err
	}
	if err := c.start(ctx, p); err != nil {
		return "", c.copyError(p, s, err)
	}
	defer p.close()
	response := &pgproto3.CopyOutResponse{ColumnFormatCodes: make([]uint16, len(cols.schema))}
	if opt.format == "binary" {
		response.OverallFormat = 1
		for i := range response.ColumnFormatCodes {
			response.ColumnFormatCodes[i] = 1
		}
	}
	c.send(response)
	c.out = enc.appendHeader(c.out, cols)
	r := p.rows
	n, err := c.drain(ctx, r, enc, allRows, noPortal)
	c.notices(r)
	if err != nil {
		return "", c.copyError(p, s, err)
	}
	c.out = enc.appendTrailer(c.out)
	c.send(&pgproto3.CopyDone{})
	return countTag("COPY", n), nil
}

// copyError places an error in the text that the user wrote.
func (c *conn) copyError(p *portal, s *parser.Copy, err error) error {
	if s.Query == nil {
		return placed(err, 0)
	}
	return shifted(err, p.st.base)
}

// copyOpt are the options of COPY TO.
type copyOpt struct {
	format           string
	delimiter, quote byte
	escape           byte
	null             string
	header           bool
}

// copyOptions reads the WITH list; what a format does not have is refused as
// PostgreSQL does.
func copyOptions(options []parser.Option) (o copyOpt, err error) {
	o.format = "text"
	given := map[string]parser.Option{}
	for _, opt := range options {
		key := strings.ToLower(opt.Key)
		if _, twice := given[key]; twice {
			return o, sqlerr.New(sqlerr.SyntaxError, "conflicting or redundant options").At(opt.KeyP)
		}
		given[key] = opt
		switch key {
		case "format":
			o.format = strings.ToLower(opt.Value)
			if o.format != "text" && o.format != "csv" && o.format != "binary" {
				return o, sqlerr.New(sqlerr.InvalidParameterValue, "COPY format \"%s\" not recognized", opt.Value).At(opt.ValueP)
			}
		case "delimiter", "null", "header", "quote", "escape":
		case "force_quote":
			return o, sqlerr.New(sqlerr.FeatureNotSupported, "the COPY option FORCE_QUOTE is not supported").At(opt.KeyP)
		case "encoding":
			if e := strings.ReplaceAll(strings.ToUpper(opt.Value), "-", ""); e != "UTF8" {
				return o, sqlerr.New(sqlerr.FeatureNotSupported, "COPY in the encoding \"%s\" is not supported", opt.Value).At(opt.ValueP)
			}
		default:
			return o, sqlerr.New(sqlerr.SyntaxError, "option \"%s\" not recognized", opt.Key).At(opt.KeyP)
		}
	}
	o.delimiter, o.null, o.quote = '\t', `\N`, '"'
	if o.format == "csv" {
		o.delimiter, o.null = ',', ""
	}
	for _, key := range []string{"delimiter", "null", "header", "quote", "escape"} {
		opt, ok := given[key]
		if !ok {
			if key == "quote" {
				o.escape = o.quote
			}
			continue
		}
		if err := o.set(key, opt); err != nil {
			return o, err
		}
	}
	return o, o.check(given)
}

func (o *copyOpt) set(key string, opt parser.Option) error {
	if o.format == "binary" {
		return sqlerr.New(sqlerr.SyntaxError, "cannot specify %s in BINARY mode", strings.ToUpper(key)).At(opt.KeyP)
	}
	if o.format != "csv" && (key == "quote" || key == "escape") {
		return sqlerr.New(sqlerr.FeatureNotSupported, "COPY %s available only in CSV mode", key).At(opt.KeyP)
	}
	one := func() (byte, error) {
		if len(opt.Value) != 1 {
			return 0, sqlerr.New(sqlerr.FeatureNotSupported, "COPY %s must be a single one-byte character", key).At(opt.ValueP)
		}
		return opt.Value[0], nil
	}
	var err error
	switch key {
	case "delimiter":
		o.delimiter, err = one()
	case "quote":
		o.quote, err = one()
		o.escape = o.quote
	case "escape":
		o.escape, err = one()
	case "null":
		o.null = opt.Value
	case "header":
		switch strings.ToLower(opt.Value) {
		case "", "true", "on", "1":
			o.header = true
		case "false", "off", "0":
		default:
			return sqlerr.New(sqlerr.SyntaxError, "header requires a Boolean value").At(opt.ValueP)
		}
	}
	return err
}

// check refuses signs that would make the text unreadable.
func (o *copyOpt) check(given map[string]parser.Option) error {
	at := func(key string) sqlerr.Pos { return given[key].ValueP }
	switch {
	case o.format == "binary":
	case o.delimiter == '\n' || o.delimiter == '\r':
		return sqlerr.New(sqlerr.InvalidParameterValue, "COPY delimiter cannot be newline or carriage return").At(at("delimiter"))
	case strings.ContainsAny(o.null, "\r\n"):
		return sqlerr.New(sqlerr.InvalidParameterValue, "COPY null representation cannot use newline or carriage return").At(at("null"))
	case strings.IndexByte(o.null, o.delimiter) >= 0:
		return sqlerr.New(sqlerr.FeatureNotSupported, "COPY delimiter must not appear in the NULL specification").At(at("null"))
	case o.format == "text" && strings.IndexByte(`\.abcdefghijklmnopqrstuvwxyz0123456789`, o.delimiter) >= 0:
		return sqlerr.New(sqlerr.InvalidParameterValue, "COPY delimiter cannot be \"%c\"", o.delimiter).At(at("delimiter"))
	case o.format == "csv" && o.delimiter == o.quote:
		return sqlerr.New(sqlerr.InvalidParameterValue, "COPY delimiter and quote must be different").At(at("quote"))
	case o.format == "csv" && strings.IndexByte(o.null, o.quote) >= 0:
		return sqlerr.New(sqlerr.FeatureNotSupported, "CSV quote character must not appear in the NULL specification").At(at("null"))
	}
	return nil
}
