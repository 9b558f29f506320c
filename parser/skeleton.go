package parser

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"

	tidb "github.com/pingcap/tidb/pkg/parser"
	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/penstock/penstock/internal/sqlerr"
)

// skeleton is a query as the TiDB parser sees it: SQL's own words, and `$n`
// wherever something of the user's stands. No user's text is in it, so none
// can be misread; slot n holds what was there.
type skeleton struct {
	text  []byte
	frags []frag
	slots []any
}

// frag says that the text from off on stands for token number tok.
type frag struct{ off, tok int }

// maxPooled bounds what a skeleton in the pool keeps.
const maxPooled = 64 << 10

var skeletons = sync.Pool{New: func() any { return new(skeleton) }}

func (s *skeleton) release() {
	if cap(s.text) > maxPooled {
		return
	}
	clear(s.slots)
	s.text, s.frags, s.slots = s.text[:0], s.frags[:0], s.slots[:0]
	skeletons.Put(s)
}

func (s *skeleton) word(tok int, w string) {
	s.text = append(s.text, ' ')
	s.frags = append(s.frags, frag{len(s.text), tok})
	s.text = append(s.text, w...)
}

func (s *skeleton) slot(tok int, v any) {
	s.text = append(s.text, ' ')
	s.frags = append(s.frags, frag{len(s.text), tok})
	s.text = append(s.text, "`$"...)
	s.text = strconv.AppendInt(s.text, int64(len(s.slots)), 10)
	s.text = append(s.text, '`')
	s.slots = append(s.slots, v)
}

// limit writes LIMIT and OFFSET: their operands must be numbers for the
// grammar, so these are the numbers of slots; slot -1 is written 0, which is
// always a block and never a limit.
func (s *skeleton) limit(tok int, limit, offset Expr) {
	add := func(x Expr) int {
		if x == nil {
			return 0
		}
		s.slots = append(s.slots, x)
		return len(s.slots) - 1
	}
	s.word(tok, fmt.Sprintf("LIMIT %d OFFSET %d", add(limit), add(offset)))
}

var parsers = sync.Pool{New: func() any { return tidb.New() }}

// parse runs the TiDB parser. A fault of its text comes as the offset of the
// token it stopped at.
func (s *skeleton) parse() (node ast.StmtNode, at int, err error) {
	text := string(s.text)
	t := parsers.Get().(*tidb.Parser)
	defer func() {
		if r := recover(); r != nil { // t may be in any state: it is left to the collector
			node, at, err = nil, 0, fmt.Errorf("query grammar: %v", r)
			return
		}
		t.Reset()
		parsers.Put(t)
	}()
	list, _, err := t.ParseSQL(text)
	if err != nil {
		return nil, nearOffset(text, err.Error()), err
	}
	if len(list) != 1 {
		return nil, len(text), fmt.Errorf("query grammar: %d statements", len(list))
	}
	return list[0], 0, nil
}

// nearOffset finds where a message of the TiDB parser points. It ends in
// near "…", the rest of the text from the unexpected token on, which is cut
// with its full length added when it is long.
func nearOffset(text, message string) int {
	_, near, ok := strings.Cut(message, ` near "`)
	if !ok {
		return len(text)
	}
	if _, total, ok := strings.Cut(near, "(total length "); ok {
		digits, _, _ := strings.Cut(total, ")")
		if n, err := strconv.Atoi(digits); err == nil {
			return max(0, len(text)-n)
		}
	}
	return max(0, len(text)-max(0, strings.LastIndexByte(near, '"')))
}

// token is the source token that the text at off stands for, or -1 behind the
// end.
func (s *skeleton) token(off int) int {
	if off >= len(s.text) {
		return -1
	}
	i := sort.Search(len(s.frags), func(i int) bool { return s.frags[i].off > off }) - 1
	return s.frags[max(i, 0)].tok
}

// build turns a complete skeleton into a query.
func (p *parser) build(sk *skeleton) *Query {
	node, at, err := sk.parse()
	if err != nil {
		tok := sk.token(at)
		if tok < 0 {
			tok = p.i
		}
		p.fail(p.syntaxError(&p.toks[tok]))
		return nil
	}
	c := converter{slots: sk.slots}
	q := c.query(node)
	if c.err != nil {
		p.fail(sqlerr.Wrap(c.err, sqlerr.InternalError, "query grammar: %v", c.err))
		return nil
	}
	return q
}

// earlier looks whether the grammar minds something before the place where
// reading the tokens failed: the first fault is the one to report.
func (p *parser) earlier(sk *skeleton) {
	if p.err.Code != sqlerr.SyntaxError && p.err.Code != sqlerr.FeatureNotSupported || len(sk.frags) == 0 {
		return
	}
	_, at, err := sk.parse()
	if err == nil {
		return
	}
	if tok := sk.token(at); tok >= 0 && p.toks[tok].p() < p.err.Pos {
		p.err = p.syntaxError(&p.toks[tok])
	}
}
