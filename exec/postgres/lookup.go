package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/sqlerr"
)

// asking is the statement that keys are asked with.
type asking struct {
	shape *shape
	sql   string
	// numbered: the first column of an answer is the number of its question,
	// from 1; otherwise the key in it tells.
	numbered bool
}

// errReshaped says that PostgreSQL's columns have other types than before.
var errReshaped = errors.New("the columns have changed")

// Lookup answers all questions with one statement.
func (s *source) Lookup(ctx context.Context, keys *exec.Batch, out *exec.Matches) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.timeout)
	defer cancel()
	x := records.NewKeyIndex(keys)
	questions := x.Questions()
	if len(questions) == 0 {
		return nil
	}
	var faults []exec.Fault
	err := s.pool.do(ctx, func(c *conn) error {
		var err error
		faults, err = s.ask(ctx, c, keys, questions, x)
		return err
	})
	if err != nil {
		return s.hide(err)
	}
	for i := range faults {
		faults[i].Err = s.hide(faults[i].Err)
	}
	x.Fill(out)
	out.Faults = append(out.Faults, x.Spread(faults)...)
	return nil
}

// ask asks, and where PostgreSQL cannot read a question, halves the batch until
// that one stands alone.
func (s *source) ask(ctx context.Context, c *conn, keys *exec.Batch, questions []int32, x *records.KeyIndex) ([]exec.Fault, error) {
	err := s.askOnce(ctx, c, keys, questions, x)
	if errors.Is(err, errReshaped) {
		s.asks.Store(nil)
		err = s.askOnce(ctx, c, keys, questions, x)
	}
	pg, ok := errors.AsType[*pgconn.PgError](err)
	switch {
	case err == nil:
		return nil, nil
	case !ok || !strings.HasPrefix(pg.Code, "22"):
		s.asks.Store(nil) // the table may have been made anew
		return nil, err
	case len(questions) == 1:
		return []exec.Fault{{Question: questions[0], Err: pgFault("PostgreSQL at "+s.cfg.server, pg)}}, nil
	}
	half := len(questions) / 2
	first, err := s.ask(ctx, c, keys, questions[:half], x)
	if err != nil {
		return nil, err
	}
	second, err := s.ask(ctx, c, keys, questions[half:], x)
	return append(first, second...), err
}

func (s *source) askOnce(ctx context.Context, c *conn, keys *exec.Batch, questions []int32, x *records.KeyIndex) error {
	a := s.asks.Load()
	if a == nil {
		var err error
		if a, err = s.asking(ctx, c); err != nil {
			return err
		}
		s.asks.Store(a)
	}
	args := make([][]byte, len(s.keys))
	for i, k := range s.keys {
		args[i] = appendArray(nil, s.table.Columns[k].Type, keys.Cols[i], questions)
	}
	r := c.ExecParams(ctx, a.sql, args, nil, nil, []int16{1})
	err := s.answers(a, r, questions, x)
	if _, cerr := r.Close(); cerr != nil {
		return cerr
	}
	return err
}

// answers reads rows. Nothing is added to x unless all are good: the questions
// may be asked again.
func (s *source) answers(a *asking, r *pgconn.ResultReader, questions []int32, x *records.KeyIndex) error {
	skip := 0
	if a.numbered {
		skip = 1
	}
	f := s.filler(a.shape)
	var numbers []int32
	for r.NextRow() {
		if len(numbers) == 0 && f.batch.N == 0 {
			for i, d := range r.FieldDescriptions()[skip:] {
				if d.DataTypeOID != a.shape.sent[i] {
					return errReshaped
				}
			}
		}
		v := r.Values()
		if a.numbered {
			n := int64(-1)
			if len(v[0]) == 8 {
				n = int64(binary.BigEndian.Uint64(v[0]))
			}
			if n < 1 || n > int64(len(questions)) {
				return errFormat()
			}
			numbers = append(numbers, questions[n-1])
		}
		for i := range a.shape.decoders {
			if err := f.value(i, v[skip+i]); err != nil {
				return err
			}
		}
		if f.batch.N++; f.bytes > maxAnswerBytes {
			return sqlerr.New(sqlerr.ProgramLimitExceeded, "the answer to %d keys is longer than %d bytes", len(questions), maxAnswerBytes)
		}
	}
	if a.numbered {
		x.AddTo(f.batch, numbers)
		return nil
	}
	x.Add(f.batch, s.keys)
	return nil
}

// maxAnswerBytes bounds the answer to one batch of questions.
const maxAnswerBytes = 256 << 20

// asking makes the statement.
func (s *source) asking(ctx context.Context, c *conn) (*asking, error) {
	sh, err := s.describe(ctx, c)
	if err != nil {
		return nil, err
	}
	a := &asking{shape: sh}
	list := strings.Join(sh.list, ", ")
	types := make([]string, len(s.keys))
	for i, k := range s.keys {
		if err := keyKind(s.table.Columns[k]); err != nil {
			return nil, err
		}
		if types[i], err = keyType(ctx, c, sh.oids[k]); err != nil {
			return nil, err
		}
	}
	if len(s.keys) == 1 && slices.Contains(byValue, sh.oids[s.keys[0]]) {
		a.sql = fmt.Sprintf("SELECT %s FROM %s AS q WHERE q.%s = ANY($1::%s[])", list, s.cfg.from, quote(s.table.Columns[s.keys[0]].Name), types[0])
		return a, nil
	}
	var arrays, names, on []string
	for i, k := range s.keys {
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", i+1, types[i]))
		names = append(names, fmt.Sprintf("k%d", i+1))
		on = append(on, fmt.Sprintf("q.%s = k.k%d", quote(s.table.Columns[k].Name), i+1))
	}
	a.numbered = true
	a.sql = fmt.Sprintf("SELECT k.n, %s FROM unnest(%s) WITH ORDINALITY AS k(%s, n) JOIN %s AS q ON %s",
		list, strings.Join(arrays, ", "), strings.Join(names, ", "), s.cfg.from, strings.Join(on, " AND "))
	return a, nil
}

// keyKind refuses keys that cannot be asked for.
func keyKind(c catalog.TableColumn) error {
	switch c.Type.Kind {
	case catalog.Array, catalog.Row, catalog.Map, catalog.JSON:
		return sqlerr.New(sqlerr.FeatureNotSupported, "column %q of type %s cannot be a key", c.Name, c.Type)
	}
	return nil
}
