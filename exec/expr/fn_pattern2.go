package expr

import (
	"regexp"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

var regexFunctions2 = []function{
	{name: "regexp_split_to_array", sigs: regexTexts, kernel: func(s *site) (exec.Eval, error) {
		return newRegexAt(s, 2, noGlobal("regexp_split_to_array", regexSplit))
	},
		doc: "the parts between matches", example: `regexp_split_to_array('hello world', '\s+') → {hello,world}`},
	{name: "regexp_matches", sigs: "text, text -> any[]; text, text, text -> any[]", kernel: func(s *site) (exec.Eval, error) { return newRegex(s, regexMatches) },
		ret: func([]catalog.Type) (catalog.Type, error) {
			return catalog.ArrayOf(catalog.ArrayOf(catalog.Of(catalog.Varchar))), nil
		}, doc: "in FROM: the groups of the first match (with flag g: of each)", example: "(SELECT MAX(m[1]) FROM regexp_matches('a1b2', '[a-z]([0-9])', 'g') m) → 2"},
	{name: "regexp_instr", sigs: "text, text -> int; text, text, int -> int; text, text, int, int -> int; text, text, int, int, int -> int; " +
		"text, text, int, int, int, text -> int; text, text, int, int, int, text, int -> int",
		kernel: func(s *site) (exec.Eval, error) { return newRegexAt(s, 5, noGlobal("regexp_instr", regexInstr)) },
		doc:    "place of the n-th match, or behind it, or of a group", example: "regexp_instr('foobarbequebaz', 'b', 1, 2) → 7"},
	{name: "regexp_substr", sigs: "text, text -> text; text, text, int -> text; text, text, int, int -> text; text, text, int, int, text -> text; " +
		"text, text, int, int, text, int -> text",
		kernel: func(s *site) (exec.Eval, error) { return newRegexAt(s, 4, noGlobal("regexp_substr", regexSubstr)) },
		doc:    "the n-th match from a place on, or a group of it", example: "regexp_substr('foobarbequebaz', '(bar)(beque)', 1, 1, 'i', 2) → beque"},
}

func noGlobal(name string, fn regexRow) regexRow {
	return func(c *call, i int, re *regexp.Regexp) error {
		for k, t := range c.args {
			if k >= 2 && t.Layout == exec.Strings {
				for _, ch := range c.str(k, i) {
					if ch == 'g' {
						return sqlerr.New(sqlerr.InvalidParameterValue, `%s() does not support the "global" option`, name)
					}
				}
			}
		}
		return fn(c, i, re)
	}
}

// numberAt gives argument k, or a default; what is less than least is an error.
func (c *call) numberAt(k, i int, otherwise, least int64, name string) (int64, error) {
	if k >= len(c.args) {
		return otherwise, nil
	}
	if v := c.int(k, i); v >= least {
		return v, nil
	}
	return 0, sqlerr.New(sqlerr.InvalidParameterValue, `invalid value for parameter "%s": %d`, name, c.int(k, i))
}

// nth finds the n-th match (from 1) from a character on.
func nth(s []byte, re *regexp.Regexp, start, n int64) (m []int) {
	from := skipChars(s, int(min(start-1, int64(len(s)+1))))
	all := re.FindAllSubmatchIndex(s[from:], int(min(n, int64(len(s)+2))))
	if int64(len(all)) < n {
		return nil
	}
	m = all[n-1]
	for k := range m {
		if m[k] >= 0 {
			m[k] += from
		}
	}
	return m
}

func regexInstr(c *call, i int, re *regexp.Regexp) error {
	start, err := c.numberAt(2, i, 1, 1, "start")
	if err != nil {
		return err
	}
	n, err := c.numberAt(3, i, 1, 1, "n")
	if err != nil {
		return err
	}
	end, err := c.numberAt(4, i, 0, 0, "endoption")
	if err != nil {
		return err
	}
	if end > 1 {
		return sqlerr.New(sqlerr.InvalidParameterValue, `invalid value for parameter "endoption": %d`, end)
	}
	group, err := c.numberAt(6, i, 0, 0, "subexpr")
	if err != nil {
		return err
	}
	c.out.Int[i] = 0
	s := c.str(0, i)
	m := nth(s, re, start, n)
	if at := 2*group + end; at < int64(len(m)) && m[at] >= 0 {
		c.out.Int[i] = int64(utf8.RuneCount(s[:m[at]])) + 1
	}
	return nil
}

func regexSubstr(c *call, i int, re *regexp.Regexp) error {
	start, err := c.numberAt(2, i, 1, 1, "start")
	if err != nil {
		return err
	}
	n, err := c.numberAt(3, i, 1, 1, "n")
	if err != nil {
		return err
	}
	group, err := c.numberAt(5, i, 0, 0, "subexpr")
	if err != nil {
		return err
	}
	s := c.str(0, i)
	c.group(s, nth(s, re, start, n), int(min(group, 1<<20)))
	return nil
}

func regexMatches(c *call, i int, re *regexp.Regexp) error {
	n := 1
	for _, ch := range c.argument(2, i) {
		if ch == 'g' {
			n = -1
		}
	}
	s, groups := c.str(0, i), c.out.Kids[0]
	for _, m := range re.FindAllSubmatchIndex(s, n) {
		if len(m) > 2 {
			m = m[2:]
		}
		for ; len(m) > 0; m = m[2:] {
			if m[0] < 0 {
				groups.Kids[0].AppendNull()
			} else {
				groups.Kids[0].AppendBytes(s[m[0]:m[1]])
			}
		}
		groups.EndList()
	}
	return nil
}

func regexSplit(c *call, i int, re *regexp.Regexp) error {
	s, from := c.str(0, i), 0
	for _, m := range re.FindAllIndex(s, -1) {
		if m[0] == len(s) || m[1] <= from {
			continue
		}
		c.out.Kids[0].AppendBytes(s[from:m[0]])
		from = m[1]
	}
	c.out.Kids[0].AppendBytes(s[from:])
	return nil
}

// regexCountFrom is regexp_count with a place to start at.
func regexCountFrom(c *call, i int, re *regexp.Regexp) error {
	start, err := c.numberAt(2, i, 1, 1, "start")
	if err != nil {
		return err
	}
	s := c.str(0, i)
	c.out.Int[i] = 0
	if start-1 <= int64(len(s)) {
		c.out.Int[i] = int64(len(re.FindAllIndex(s[skipChars(s, int(start-1)):], -1)))
	}
	return nil
}

// regexReplaceFrom is regexp_replace with a place to start at, and which match.
func regexReplaceFrom(c *call, i int, re *regexp.Regexp) error {
	start, err := c.numberAt(3, i, 1, 1, "start")
	if err != nil {
		return err
	}
	n, err := c.numberAt(4, i, 1, 0, "n")
	if err != nil {
		return err
	}
	s, with := c.str(0, i), c.str(2, i)
	from := skipChars(s, int(min(start-1, int64(len(s)))))
	c.put(s[:from])
	s = s[from:]
	done := 0
	for k, m := range re.FindAllSubmatchIndex(s, -1) {
		if n != 0 && int64(k)+1 != n {
			continue
		}
		c.put(s[done:m[0]])
		c.putReplacement(s, with, m)
		done = m[1]
	}
	c.put(s[done:])
	return nil
}
