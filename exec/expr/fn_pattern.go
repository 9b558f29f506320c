package expr

import (
	"regexp"
	"strings"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	twoTexts   = "text, text -> bool"
	likeTexts  = "text, text -> bool; text, text, text -> bool"
	regexTexts = "text, text -> text[]; text, text, text -> text[]"
)

var patternFunctions = []function{
	{name: "like", sigs: likeTexts, kernel: newLikeKernel(false), doc: "as a pattern with % and _ says", example: "'abc' LIKE 'a%' → t"},
	{name: "ilike", sigs: likeTexts, kernel: newLikeKernel(true), doc: "LIKE without regard to case", example: "'ABC' ILIKE 'a%' → t"},
	{name: "similar", sigs: likeTexts, kernel: newSimilar, doc: "as an SQL regular expression says (SIMILAR TO)", example: "'abc' SIMILAR TO '(a|b)%' → t"},
	{name: "~", sigs: twoTexts, kernel: newMatch(regexFlags{}), doc: "a regular expression matches", example: "'thomas' ~ 't.*ma' → t"},
	{name: "~*", sigs: twoTexts, kernel: newMatch(regexFlags{fold: true}), doc: "a regular expression matches without regard to case",
		example: "'thomas' ~* 'T.*ma' → t"},
	{name: "regexp_like", sigs: likeTexts, kernel: newMatch(regexFlags{}), doc: "a regular expression matches", example: "regexp_like('Hello', 'l+') → t"},
	{name: "regexp_replace", sigs: "text, text, text -> text; text, text, text, text -> text; text, text, text, int -> text; text, text, text, int, int -> text; " +
		"text, text, text, int, int, text -> text",
		kernel: func(s *site) (exec.Eval, error) {
			if len(s.args) > 3 && s.types[3].IsInteger() {
				return newRegexAt(s, 5, regexReplaceFrom)
			}
			return newRegexAt(s, 3, regexReplace)
		},
		doc: "the first match (with flag g or number 0: all, else the n-th from a place on) replaced", example: "regexp_replace('Thomas', '.[mN]a.', 'M') → ThM"},
	{name: "regexp_match", sigs: regexTexts, kernel: func(s *site) (exec.Eval, error) { return newRegex(s, regexMatch) },
		doc: "the groups of the first match, or the match", example: "regexp_match('foobarbequebaz', '(bar)(beque)') → {bar,beque}"},
	{name: "regexp_count", sigs: "text, text -> int; text, text, int -> int; text, text, int, text -> int",
		kernel: func(s *site) (exec.Eval, error) { return newRegexAt(s, 3, noGlobal("regexp_count", regexCountFrom)) },
		doc:    "number of matches", example: "regexp_count('123456789012', '\\d\\d\\d') → 4"},
	{name: "regexp_extract", sigs: "text, text -> text; text, text, int -> text",
		kernel: func(s *site) (exec.Eval, error) { return newJavaRegex(s, regexExtract) },
		doc:    "the first match, or its n-th group; NULL without a match", example: "regexp_extract('foothebar', 'foo(.*?)(bar)', 2) → bar"},
	{name: "regexp_extract_all", sigs: "text, text -> text[]; text, text, int -> text[]",
		kernel: func(s *site) (exec.Eval, error) { return newJavaRegex(s, regexExtractAll) },
		doc:    "the n-th group (1 unless told) of all matches", example: "regexp_extract_all('100-200, 300-400', '(\\d+)-(\\d+)', 2) → {200,400}"},
}

// patterns keeps what patterns compile to: for a constant one thing, else those
// used last.
type patterns[T any] struct {
	compile func(pattern, flags []byte) (T, error)
	fixed   bool
	pattern []byte
	flags   []byte
	ok      bool
	last    T
	more    map[string]T
}

// maxPatterns bounds the compiled patterns that a call keeps.
const maxPatterns = 64

func (p *patterns[T]) get(pattern, flags []byte) (T, error) {
	if p.ok && (p.fixed || string(p.pattern) == string(pattern) && string(p.flags) == string(flags)) {
		return p.last, nil
	}
	key := string(pattern) + "\x00" + string(flags)
	v, found := p.more[key]
	if !found {
		var err error
		if v, err = p.compile(pattern, flags); err != nil {
			return v, err
		}
		if p.more == nil || len(p.more) >= maxPatterns {
			p.more = map[string]T{}
		}
		p.more[key] = v
	}
	p.pattern, p.flags = append(p.pattern[:0], pattern...), append(p.flags[:0], flags...)
	p.last, p.ok = v, true
	return v, nil
}

// argument gives argument k, or nothing if there is none.
func (c *call) argument(k, i int) []byte {
	if k < len(c.args) {
		return c.str(k, i)
	}
	return nil
}

// allConst tells whether the arguments from k on are constant.
func (s *site) allConst(ks ...int) bool {
	for _, k := range ks {
		if k < len(s.args) && s.constant(k) == nil {
			return false
		}
	}
	return true
}

func newLikeKernel(fold bool) kernel {
	return func(s *site) (exec.Eval, error) {
		p := &patterns[*likePattern]{fixed: s.allConst(1, 2)}
		withEscape := len(s.args) == 3
		p.compile = func(pattern, escape []byte) (*likePattern, error) {
			r := '\\'
			if withEscape {
				var err error
				if r, err = escapeOf(escape); err != nil {
					return nil, err
				}
			}
			return newLike(pattern, r, fold)
		}
		return newCall(s, func(c *call, i int) error {
			like, err := p.get(c.str(1, i), c.argument(2, i))
			if err != nil {
				return err
			}
			text := c.str(0, i)
			if fold {
				c.buf = appendFolded(c.buf[:0], text)
				text = c.buf
			}
			is := like.match(text)
			if like.dangling && is {
				return sqlerr.New(sqlerr.InvalidEscape, "LIKE pattern must not end with escape character")
			}
			c.out.Bool[i] = is && !like.dangling
			return nil
		}, true), nil
	}
}

func newSimilar(s *site) (exec.Eval, error) {
	p := &patterns[*regexp.Regexp]{fixed: s.allConst(1, 2)}
	withEscape := len(s.args) == 3
	p.compile = func(pattern, escape []byte) (*regexp.Regexp, error) {
		r := '\\'
		if withEscape {
			var err error
			if r, err = escapeOf(escape); err != nil {
				return nil, err
			}
		}
		re, err := similarToRegex(string(pattern), r)
		if err != nil {
			return nil, err
		}
		return compileRegex([]byte(re), regexFlags{})
	}
	return newCall(s, func(c *call, i int) error {
		re, err := p.get(c.str(1, i), c.argument(2, i))
		if err == nil {
			c.out.Bool[i] = re.Match(c.str(0, i))
		}
		return err
	}, true), nil
}

func newMatch(flags regexFlags) kernel {
	return func(s *site) (exec.Eval, error) {
		p := regexCache(s, 2, flags)
		return newCall(s, func(c *call, i int) error {
			re, err := p.get(c.str(1, i), c.argument(2, i))
			if err == nil {
				c.out.Bool[i] = re.Match(c.str(0, i))
			}
			return err
		}, true), nil
	}
}

// regexCache compiles argument 1 with the flags of another argument.
func regexCache(s *site, flagsAt int, base regexFlags) *patterns[*regexp.Regexp] {
	p := &patterns[*regexp.Regexp]{fixed: s.allConst(1, flagsAt)}
	p.compile = func(pattern, flags []byte) (*regexp.Regexp, error) {
		f := base
		if err := parseRegexFlags(flags, &f); err != nil {
			return nil, err
		}
		return compileRegex(pattern, f)
	}
	return p
}

// regexRow is a function of a row that uses a compiled regular expression.
type regexRow func(c *call, i int, re *regexp.Regexp) error

func newRegex(s *site, fn regexRow) (exec.Eval, error) { return newRegexAt(s, 2, fn) }

func newRegexAt(s *site, flagsAt int, fn regexRow) (exec.Eval, error) {
	p := regexCache(s, flagsAt, regexFlags{})
	return newCall(s, func(c *call, i int) error {
		re, err := p.get(c.str(1, i), c.argument(flagsAt, i))
		if err != nil {
			return err
		}
		return fn(c, i, re)
	}, true), nil
}

// newJavaRegex is for the functions of Flink, whose expressions are Java's:
// the first alternative wins, \b is a word's boundary.
func newJavaRegex(s *site, fn regexRow) (exec.Eval, error) {
	p := &patterns[*regexp.Regexp]{fixed: s.allConst(1)}
	p.compile = func(pattern, _ []byte) (*regexp.Regexp, error) {
		if len(pattern) > maxPattern {
			return nil, errRegex("regular expression is too complex")
		}
		re, err := regexp.Compile(string(pattern))
		if err != nil {
			return nil, regexFault(err)
		}
		return re, nil
	}
	return newCall(s, func(c *call, i int) error {
		re, err := p.get(c.str(1, i), nil)
		if err != nil {
			return err
		}
		return fn(c, i, re)
	}, true), nil
}

// group puts what the n-th pair of m has matched, or makes the row NULL.
func (c *call) group(s []byte, m []int, n int) {
	if 2*n+1 >= len(m) || m[2*n] < 0 {
		c.null = true
		return
	}
	c.put(s[m[2*n]:m[2*n+1]])
}

func regexSubstring(c *call, i int, re *regexp.Regexp) error {
	s := c.str(0, i)
	m := re.FindSubmatchIndex(s)
	if len(m) > 2 {
		m = m[2:]
	}
	c.group(s, m, 0)
	return nil
}

func regexMatch(c *call, i int, re *regexp.Regexp) error {
	if strings.Contains(string(c.argument(2, i)), "g") {
		return sqlerr.New(sqlerr.InvalidParameterValue, `regexp_match() does not support the "global" option`).
			Hint("Use the regexp_extract_all function instead.")
	}
	s := c.str(0, i)
	m := re.FindSubmatchIndex(s)
	if m == nil {
		c.null = true
		return nil
	}
	if len(m) > 2 {
		m = m[2:]
	}
	for ; len(m) > 0; m = m[2:] {
		if m[0] < 0 {
			c.out.Kids[0].AppendNull()
		} else {
			c.out.Kids[0].AppendBytes(s[m[0]:m[1]])
		}
	}
	return nil
}

// groupNumber gives the third argument, or a default.
func (c *call) groupNumber(i, otherwise int) int {
	if len(c.args) == 3 {
		return int(c.int(2, i))
	}
	return otherwise
}

func regexExtract(c *call, i int, re *regexp.Regexp) error {
	s, n := c.str(0, i), c.groupNumber(i, 0)
	if n < 0 {
		c.null = true
		return nil
	}
	c.group(s, re.FindSubmatchIndex(s), n)
	return nil
}

func regexExtractAll(c *call, i int, re *regexp.Regexp) error {
	s, n := c.str(0, i), c.groupNumber(i, min(1, re.NumSubexp()))
	if n < 0 || n > re.NumSubexp() {
		c.null = true
		return nil
	}
	for _, m := range re.FindAllSubmatchIndex(s, -1) {
		if m[2*n] >= 0 {
			c.out.Kids[0].AppendBytes(s[m[2*n]:m[2*n+1]])
		} else {
			c.out.Kids[0].AppendNull()
		}
	}
	return nil
}

func regexReplace(c *call, i int, re *regexp.Regexp) error {
	s, with := c.str(0, i), c.str(2, i)
	n := 1
	if strings.Contains(string(c.argument(3, i)), "g") {
		n = -1
	}
	from := 0
	for _, m := range re.FindAllSubmatchIndex(s, n) {
		c.put(s[from:m[0]])
		c.putReplacement(s, with, m)
		from = m[1]
	}
	c.put(s[from:])
	return nil
}

// putReplacement writes the replacement: \1 is a group, \& the match.
func (c *call) putReplacement(s, with []byte, m []int) {
	for k := 0; k < len(with); k++ {
		if with[k] != '\\' || k+1 == len(with) {
			c.out.Data = append(c.out.Data, with[k])
			continue
		}
		k++
		switch ch := with[k]; {
		case ch == '&':
			c.put(s[m[0]:m[1]])
		case ch >= '1' && ch <= '9':
			if n := 2 * int(ch-'0'); n < len(m) && m[n] >= 0 {
				c.put(s[m[n]:m[n+1]])
			}
		case ch == '\\':
			c.out.Data = append(c.out.Data, '\\')
		default:
			c.out.Data = append(c.out.Data, '\\', ch)
		}
	}
}
