package sources

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/records"
)

const optValues = "rows"

// Values is 'connector' = 'values': the rows stand in the statement.
type Values struct{}

var _ lookup.Connector = Values{}

// Options declares the options.
func (Values) Options() []catalog.OptionSpec {
	return append([]catalog.OptionSpec{
		{Key: optValues, Required: true, Doc: "the rows: a JSON array of objects, or objects one after another"},
	}, records.FormatSpecs("json")...)
}

// Check reads the rows.
func (k Values) Check(t *catalog.Table) error {
	if err := loadsOnly(t, "values"); err != nil {
		return err
	}
	s, err := k.open(t)
	if err != nil {
		return err
	}
	_, err = s.Load(context.Background(), "", func(*exec.Batch) error { return nil })
	return err
}

// Open prepares the source.
func (k Values) Open(_ context.Context, r lookup.OpenRequest) (lookup.Source, error) {
	return k.open(r.Table)
}

func (k Values) open(t *catalog.Table) (*values, error) {
	v, hide, err := records.Options(t, k.Options())
	if err != nil {
		return nil, err
	}
	s := &values{text: v.String(optValues), hide: hide}
	f, opts, err := records.FormatNamed(v, "json")
	if err == nil {
		s.rows, err = records.New(records.Config{Format: f, Options: opts, Columns: records.Fields(t)})
	}
	if err != nil {
		return nil, hide(err)
	}
	return s, nil
}

type values struct {
	text string
	rows *records.Reader
	hide func(error) error
}

// Load gives the rows once; they do not change.
func (s *values) Load(_ context.Context, since string, emit func(*exec.Batch) error) (string, error) {
	sum := sha256.Sum256([]byte(s.text))
	token := hex.EncodeToString(sum[:])
	if since == token {
		return token, lookup.ErrUnchanged
	}
	var emitted error // goes back as it is
	_, _, err := s.rows.Read(`option "rows"`, strings.NewReader(s.text), func(b *exec.Batch) error {
		emitted = emit(b)
		return emitted
	})
	if emitted != nil {
		return "", emitted
	}
	if err != nil {
		return "", s.hide(err)
	}
	return token, nil
}

// Close has nothing to let go of.
func (*values) Close() error { return nil }
