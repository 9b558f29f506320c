package expr

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// likeSlowly is LIKE by its definition.
func likeSlowly(s, p []rune) (is, dangling bool) {
	switch {
	case len(p) == 0:
		return len(s) == 0, false
	case p[0] == '%':
		for k := 0; k <= len(s); k++ {
			if is, d := likeSlowly(s[k:], p[1:]); is || d {
				return is, d
			}
		}
		return false, false
	case len(s) == 0:
		return false, false
	case p[0] == '\\':
		if len(p) == 1 {
			return false, true
		}
		p = p[1:]
	case p[0] == '_':
		return likeSlowly(s[1:], p[1:])
	}
	if s[0] != p[0] {
		return false, false
	}
	return likeSlowly(s[1:], p[1:])
}

func FuzzLike(f *testing.F) {
	for _, s := range []string{"abc|a%", "mississippi|m%iss_%pi", "a%b|a\\%b", "é€x|_€%", "aab|%a_b%", "|%", "a|a\\", "aaa|%a%a%_a"} {
		a, b, _ := strings.Cut(s, "|")
		f.Add(a, b)
	}
	f.Fuzz(func(t *testing.T, s, pattern string) {
		if !utf8.ValidString(s) || len(s) > 40 || len(pattern) > 12 {
			return
		}
		p, err := newLike([]byte(pattern), '\\', false)
		if err != nil {
			if utf8.ValidString(pattern) || sqlerr.CodeOf(err) != sqlerr.BadByteSequence {
				t.Fatalf("%q: %v", pattern, err)
			}
			return
		}
		got := p.match([]byte(s))
		is, dangling := likeSlowly([]rune(s), []rune(pattern))
		if p.dangling {
			if got && !dangling && !is || is {
				t.Errorf("%q like %q: reached the end is %v, want %v", s, pattern, got, dangling)
			}
		} else if got != is {
			t.Errorf("%q like %q: %v, want %v", s, pattern, got, is)
		}
	})
}

// FuzzRegex: any pattern is compiled or refused with 2201B; of plain ones the
// meaning is that of Go's.
func FuzzRegex(f *testing.F) {
	for _, s := range []string{"a(b|c)*d", `\yfoo\y`, "[[:alpha:]]+", "[]a]", "[^]]", "(?i)x", "***=a.b", `\u00e9\x41`, "a{2,3}?", "(?=x)", `(a)\1`, "[a-", `\`, "[[.a.]]"} {
		f.Add(s, "abcd foo")
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		re, err := compileRegex([]byte(pattern), regexFlags{})
		if err != nil {
			if sqlerr.CodeOf(err) != sqlerr.InvalidRegularExpression {
				t.Fatalf("%q: %v", pattern, err)
			}
			return
		}
		got := re.MatchString(s)
		if strings.ContainsAny(pattern, `\[{(*?+^$|.`) {
			return
		}
		if want := strings.Contains(s, pattern); got != want {
			t.Errorf("%q ~ %q: %v, want %v", s, pattern, got, want)
		}
	})
}

// FuzzSimilar: the translation of SIMILAR TO always compiles or is refused.
func FuzzSimilar(f *testing.F) {
	f.Add("a%(b|c)_[d-f]{2}")
	f.Add(`a\%b"^$.`)
	f.Fuzz(func(t *testing.T, pattern string) {
		p, err := similarToRegex(pattern, '\\')
		if err == nil {
			_, err = compileRegex([]byte(p), regexFlags{})
		}
		if code := sqlerr.CodeOf(err); err != nil && code != sqlerr.InvalidRegularExpression && code != sqlerr.InvalidEscape {
			t.Fatalf("%q: %v", pattern, err)
		}
		if plain := regexp.MustCompile(`^[a-z ]*$`); err == nil && plain.MatchString(pattern) {
			re, _ := compileRegex([]byte(p), regexFlags{})
			if !re.MatchString(pattern) || re.MatchString(pattern+"x") {
				t.Errorf("%q is not itself", pattern)
			}
		}
	})
}

// FuzzJSON: access to members agrees with encoding/json, and nothing panics on
// what is no JSON.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `{"a" : [1,{"b":"x\"y"}] , "b":null}`, `[1,2`, `{"a`, `{"a":}`, `{"\u0061":2}`, `[[[`, `"a"`, `{"a":1,"a":2}`} {
		f.Add(s, "a")
	}
	f.Fuzz(func(t *testing.T, s, name string) {
		v, _ := jsonMember([]byte(s), []byte(name), nil)
		_ = jsonIndex([]byte(s), 1)
		_ = jsonIndex([]byte(s), -1)
		_ = jsonKind([]byte(s))
		var m map[string]json.RawMessage
		if json.Unmarshal([]byte(s), &m) != nil || m == nil || !utf8.ValidString(s) || !utf8.ValidString(name) {
			return
		}
		if want, ok := m[name]; ok != (v != nil) || ok && string(want) != string(v) {
			t.Errorf("%s -> %q: %s, want %s", s, name, v, want)
		}
	})
}

var inputTypes = []catalog.Type{
	catalog.ArrayOf(catalog.Of(catalog.Int)), catalog.ArrayOf(catalog.ArrayOf(catalog.Of(catalog.Varchar))),
	{Kind: catalog.Row, Fields: []catalog.Field{{Name: "a", Type: catalog.Of(catalog.Varchar)}, {Name: "b", Type: catalog.ArrayOf(catalog.Of(catalog.Varchar))}}},
	catalog.MapOf(catalog.Of(catalog.Varchar), catalog.ArrayOf(catalog.Of(catalog.Varchar))),
	catalog.Of(catalog.Bytes), catalog.Of(catalog.Decimal), catalog.Of(catalog.Interval), catalog.Of(catalog.TimestampLTZ), catalog.Of(catalog.Boolean),
}

// FuzzInput: what is read is written so that it reads back the same; what is
// refused leaves the column as it was.
func FuzzInput(f *testing.F) {
	for _, s := range []string{`{1,NULL,3}`, `{{a,"b c"},{},{"\"",NULL}}`, `("a,b","{x,""y""}")`, `(,)`, `{"k": ["v", null]}`, `\x00ff`, "1.50", "1 day 2:03", "2024-01-01 00:00+02", "t"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, typ := range inputTypes {
			c := exec.NewColumnOf(typ)
			if err := AppendConst(c, typ, s); err != nil {
				if c.Len() != 0 || len(c.Kids) > 0 && c.Kids[0].Len() != 0 || len(c.Data) != 0 {
					t.Errorf("%s of %q: refused, but something stays", typ, s)
				}
				continue
			}
			text := AppendText(nil, typ, c, 0)
			d := exec.NewColumnOf(typ)
			if err := AppendConstIn(d, typ, text, time.UTC); err != nil {
				t.Errorf("%s of %q writes %q: %v", typ, s, text, err)
				continue
			}
			if again := AppendText(nil, typ, d, 0); string(again) != string(text) {
				t.Errorf("%s of %q: %q then %q", typ, s, text, again)
			}
		}
	})
}

// FuzzTimeFormat: patterns compile or are refused, and what is written by a full
// pattern reads back.
func FuzzTimeFormat(f *testing.F) {
	for _, s := range []string{"yyyy-MM-dd HH:mm:ss.SSSSSS", "dd MMM yyyy hh:mm:ss a SSSSSS", "'x'yyyyMMdd''HHmmss", "EEEE"} {
		f.Add(s, int64(1577934245678901), "2020-01-02 03:04:05")
	}
	f.Fuzz(func(t *testing.T, pattern string, micros int64, text string) {
		form, err := javaFormat([]byte(pattern), nil)
		if err != nil && sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Fatal(err)
		}
		micros = ((micros%253370764800000000)+253370764800000000)%253370764800000000 + 86400000000*366
		if err == nil {
			_ = form.append(nil, micros, 3600, "CET")
			_, _, _, _ = form.parse([]byte(text))
		}
		full, err := javaFormat([]byte("yyyy-MM-dd HH:mm:ss.SSSSSS"), nil)
		if err != nil {
			t.Fatal(err)
		}
		out := full.append(nil, micros, 0, "")
		if back, _, _, ok := full.parse(out); ok && back != micros {
			t.Errorf("%s reads as %d, not %d", out, back, micros)
		}
	})
}

// FuzzTemplates: any template of PostgreSQL writes and reads without a panic.
func FuzzTemplates(f *testing.F) {
	for _, s := range []string{"YYYY-MM-DD HH24:MI:SS.US TZH:TZM", "FMDay, DDth Mon Y,YYY BC", "IYYY-IW-ID", "S9G999D99", "FM0009.990PR", "RN", "9.99EEEE", "99V9 L MI"} {
		f.Add(s, int64(1577934245678901), "2020-01-02 03:04:05")
	}
	f.Fuzz(func(t *testing.T, template string, v int64, text string) {
		if form, err := compilePGTime([]byte(template), nil); err == nil {
			var fields pgFields
			fields.of(((v%253370764800000000)+253370764800000000)%253370764800000000 + 86400000000*366)
			for i := range form {
				_, _ = form[i].append(nil, &fields)
			}
			r := pgReader{f: form, in: text, s: text}
			if r.run() == nil {
				_, _, _ = r.time()
			}
		}
		if form, err := compileNumber([]byte(template), nil); err == nil && !form.roman && !form.exponent {
			w := numWriter{f: form, number: strconv.FormatFloat(math.Abs(float64(v)/1000), 'f', min(form.post, 20), 64), sign: '+', lsign: form.sign, angle: form.angle}
			w.fit(form.pre + form.multi)
			w.run()
			r := numReader{f: form, in: text, sign: ' '}
			r.run()
		}
	})
}
