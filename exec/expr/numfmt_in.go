package expr

import (
	"strings"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// toNumber is to_number.
func toNumber(s *site) (exec.Eval, error) {
	p := &patterns[*numFormat]{compile: compileNumber, fixed: s.allConst(1)}
	return newCall(s, func(c *call, i int) error {
		if len(c.str(1, i)) == 0 {
			c.null = true
			return nil
		}
		f, err := p.get(c.str(1, i), nil)
		if err != nil {
			return err
		}
		if f.roman || f.exponent {
			if f.exponent {
				return errTemplateInput()
			}
			return errRomanInput()
		}
		r := numReader{f: f, in: string(c.str(0, i)), sign: ' '}
		text := r.run()
		d, err := datum.ParseDecimal([]byte(text))
		if err != nil {
			return err
		}
		if d, err = d.Rescale(max(min(f.pre+f.multi+r.post, datum.MaxDigits), 1), min(r.post, datum.MaxScale)); err != nil {
			return err
		}
		if f.shift {
			by, err := datum.DecimalFromInt64(10).Pow(datum.DecimalFromInt64(int64(-f.multi)))
			if err != nil {
				return err
			}
			if d, err = d.Mul(by); err != nil {
				return err
			}
		}
		c.out.Dec[i] = d
		return nil
	}, true), nil
}

// numReader reads a number by a template.
type numReader struct {
	f         *numFormat
	in        string
	at        int
	sign      byte
	digits    []byte
	pre, post int
	point     bool
}

func (r *numReader) end() bool { return r.at >= len(r.in) }

func (r *numReader) run() string {
	for _, n := range r.f.nodes {
		if r.end() {
			break
		}
		switch n.key {
		case num9, num0, numPoint:
			r.digit(n.key)
			r.at++
		case numComma, numGroup:
			if len(r.digits) == 0 && r.f.fill || r.in[r.at] != ',' {
				continue
			}
			r.at++
		case numCurrency, numMinus, numPlus, numSigned:
			r.skip(1)
		case numOrdinal:
			r.skip(2)
		case numText:
			r.at++
			for !r.end() && r.in[r.at]&0xc0 == 0x80 {
				r.at++
			}
		}
	}
	return string(r.sign) + strings.TrimSuffix(string(r.digits), ".")
}

// skip passes over characters that no number has.
func (r *numReader) skip(n int) {
	for ; n > 0 && !r.end() && !strings.ContainsRune("0123456789.,+-", rune(r.in[r.at])); n-- {
		r.at++
		for !r.end() && r.in[r.at]&0xc0 == 0x80 {
			r.at++
		}
	}
}

func isDigit(ch byte) bool { return ch >= '0' && ch <= '9' }

func (r *numReader) digit(k numKey) {
	if r.in[r.at] == ' ' {
		r.at++
	}
	if r.end() {
		return
	}
	if r.sign == ' ' && k != numPoint && r.pre+r.post == 0 {
		ch := r.in[r.at]
		switch {
		case r.f.locSign && r.f.sign != signBefore:
		case ch == '-' || !r.f.locSign && r.f.angle && ch == '<':
			r.sign = '-'
			r.at++
		case ch == '+':
			r.sign = '+'
			r.at++
		}
	}
	if r.end() {
		return
	}
	read := false
	switch {
	case isDigit(r.in[r.at]):
		if r.point && r.post == r.f.post {
			return
		}
		r.digits = append(r.digits, r.in[r.at])
		if r.point {
			r.post++
		} else {
			r.pre++
		}
		read = true
	case r.f.decimal && !r.point && r.in[r.at] == '.':
		r.digits = append(r.digits, '.')
		r.point, read = true, true
	}
	if r.sign != ' ' || r.pre+r.post == 0 {
		return
	}
	switch {
	case r.f.locSign && read && r.at+1 < len(r.in) && !isDigit(r.in[r.at+1]):
		if ch := r.in[r.at+1]; ch == '-' || ch == '+' {
			r.sign = ch
			r.at++
		}
	case !read && !r.f.locSign && !r.f.plus && !r.f.minus:
		if ch := r.in[r.at]; ch == '-' || ch == '+' {
			r.sign = ch
		}
	}
}

func errTemplateInput() error {
	return errTemplateUnsupported(`"EEEE" not supported for input`)
}
