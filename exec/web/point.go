package web

import (
	"bytes"
	"context"
	"net/http"
	"sync"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/sqlerr"
)

// point is a source that also answers single keys.
type point struct {
	*source
	keys   []int
	fields []format.Field
	free   sync.Pool // of *asker
}

var _ lookup.PointSource = (*point)(nil)

// asker is what one request at a time needs.
type asker struct {
	enc  format.Encoder
	rows *records.Reader
	body []byte
}

func newPoint(s *source, keys []int) (*point, error) {
	p := &point{source: s, keys: keys}
	all := records.Fields(s.table)
	for _, k := range keys {
		p.fields = append(p.fields, all[k])
	}
	a, err := p.asker()
	if err != nil {
		return nil, err
	}
	p.free.Put(a)
	return p, nil
}

func (p *point) asker() (*asker, error) {
	if a, ok := p.free.Get().(*asker); ok {
		return a, nil
	}
	f, err := format.Lookup("json")
	if err != nil {
		return nil, err
	}
	var opts map[string]string
	if p.cfg.format.Name == "json" {
		opts = p.cfg.formatOptions
	}
	a := &asker{}
	if a.enc, err = f.NewEncoder(p.fields, opts); err != nil {
		return nil, err
	}
	a.rows, err = p.cfg.reader(p.table)
	return a, err
}

// Lookup asks for all keys in one request, or several of at most lookup.max-keys
// keys.
func (p *point) Lookup(ctx context.Context, keys *exec.Batch, out *exec.Matches) error {
	a, err := p.asker()
	if err != nil {
		return p.hide(err)
	}
	x := records.NewKeyIndex(keys)
	questions := x.Questions()
	for len(questions) > 0 {
		n := min(len(questions), p.cfg.lookupKeys)
		if err := p.ask(ctx, a, keys, questions[:n], x); err != nil {
			return p.hide(err)
		}
		questions = questions[n:]
	}
	p.free.Put(a)
	x.Fill(out)
	return nil
}

func (p *point) ask(ctx context.Context, a *asker, keys *exec.Batch, questions []int32, x *records.KeyIndex) error {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.timeout)
	defer cancel()
	a.body = append(a.body[:0], '[')
	for i, q := range questions {
		if i > 0 {
			a.body = append(a.body, ',')
		}
		var err error
		if a.body, err = a.enc.Encode(a.body, keys, keys.Row(int(q))); err != nil {
			return err
		}
	}
	a.body = append(a.body, ']')
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.cfg.lookupURL.String(), bytes.NewReader(a.body))
	if err != nil {
		return sqlerr.New(sqlerr.InvalidParameterValue, "option %q: it is not a URL", optLookupURL)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.client.send(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	left := p.cfg.maxBytes
	b, err := p.client.open(resp, &left)
	if err != nil {
		return err
	}
	_, _, err = a.rows.Read(req.Method+" "+shown(req.URL), b, func(rows *exec.Batch) error {
		x.Add(rows, p.keys)
		return nil
	})
	return err
}
