package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/internal/sqlerr"
)

var testSpecs = []OptionSpec{
	{Key: "connector", Required: true, Doc: "what reads and writes the table"},
	{Key: "topic"},
	{Key: "scan.startup.mode", Kind: OptEnum, Default: "earliest-offset", Enum: []string{"earliest-offset", "latest-offset", "timestamp"}},
	{Key: "sink.parallelism", Kind: OptInt, Min: 1, Max: 64},
	{Key: "scan.idle-timeout", Kind: OptDuration, Default: "10s", Min: 0, Max: int64(time.Hour)},
	{Key: "fetch.max-bytes", Kind: OptBytes, Default: "1MB"},
	{Key: "json.strict", Kind: OptBool, Default: "false"},
	{Key: "url"},
	{Key: "pin", Kind: OptInt, Secret: true},
	{Key: "properties.", Prefix: true},
	{Key: "properties.group.id", Default: "penstock"},
}

// parseOptions reads "key = value" lines; positions are line numbers times ten,
// plus one for the value.
func parseOptions(input string) Options {
	var out Options
	for i, line := range strings.Split(input, "\n") {
		if line == "" {
			continue
		}
		k, v, _ := strings.Cut(line, "=")
		at := sqlerr.Pos(10 * (i + 1))
		out = append(out, Option{Key: strings.TrimSpace(k), Value: strings.TrimSpace(v), KeyPos: at, ValuePos: at + 1})
	}
	return out
}

func TestOptions(t *testing.T) {
	datadriven.RunTest(t, "testdata/options", func(t *testing.T, d *datadriven.TestData) string {
		switch d.Cmd {
		case "validate":
			v, err := Validate(testSpecs, parseOptions(d.Input))
			if err != nil {
				return explain(err)
			}
			out := fmt.Sprintf("mode=%s idle=%v bytes=%d strict=%t parallelism=%d group=%s topic=%q set=%t\n",
				v.Enum("scan.startup.mode"), v.Duration("scan.idle-timeout"), v.Bytes("fetch.max-bytes"), v.Bool("json.strict"),
				v.Int("sink.parallelism"), v.String("properties.group.id"), v.String("topic"), v.IsSet("topic"))
			for _, o := range v.Prefixed("properties.") {
				out += fmt.Sprintf("property %s = %s\n", o.Key, o.Value)
			}
			return out
		case "show":
			return parseOptions(d.Input).String() + "\n"
		case "mask":
			return MaskSQL(d.Input) + "\n"
		case "duration":
			return eachLine(d.Input, func(s string) string {
				v, err := ParseDuration(s)
				return fmt.Sprint(v, " ", FormatDuration(v), " ", err)
			})
		case "bytes":
			return eachLine(d.Input, func(s string) string { v, err := ParseBytes(s); return fmt.Sprint(v, " ", err) })
		}
		return "no such command"
	})
}

func eachLine(input string, f func(string) string) string {
	var b strings.Builder
	for _, line := range strings.Split(input, "\n") {
		fmt.Fprintf(&b, "%s: %s\n", line, f(line))
	}
	return b.String()
}

func TestSettings(t *testing.T) {
	var s *Settings
	var told []string
	reset := func() {
		var err error
		s, err = NewSettings(SettingsConfig{
			Defaults: map[string]string{"parallelism": "2", "server_version": "15.8 (Penstock 1.0)"},
			Checks: map[string]func(string) error{"optimizer.rules": func(v string) error {
				if strings.Contains(v, "nosuch") {
					return advice("There is no rule nosuch.")
				}
				return nil
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
		s.OnChange(func(name, value string) { told = append(told, name+"="+value) })
	}
	reset()
	datadriven.RunTest(t, "testdata/settings", func(t *testing.T, d *datadriven.TestData) string {
		var out strings.Builder
		for _, line := range strings.Split(d.Input, "\n") {
			if line == "" {
				continue
			}
			verb, rest, _ := strings.Cut(line, " ")
			name, value, _ := strings.Cut(rest, " = ")
			told = nil
			var err error
			switch verb {
			case "set":
				err = s.Set(name, value)
			case "reset":
				err = s.Reset(name)
			case "resetall":
				s.ResetAll()
			case "show":
				var v string
				if v, err = s.Get(name); err == nil {
					fmt.Fprintf(&out, "%s = %s\n", name, v)
				}
			case "all":
				for _, v := range s.All() {
					fmt.Fprintf(&out, "%s = %s\n", v.Name, v.Value)
					if v.Doc == "" {
						t.Errorf("%s is not explained", v.Name)
					}
				}
			case "changed":
				c := s.Changed()
				for _, k := range slices.Sorted(maps.Keys(c)) {
					fmt.Fprintf(&out, "%s = %s\n", k, c[k])
				}
			case "typed":
				fmt.Fprintln(&out, s.Int("parallelism"), s.Duration("watermark.default-delay"), s.Duration("statement_timeout"),
					s.Bool("row_security"), s.String("expression.on-error"))
			case "new":
				reset()
			}
			if err != nil {
				out.WriteString(explain(err))
			}
			if len(told) > 0 {
				fmt.Fprintf(&out, "told %s\n", strings.Join(told, ", "))
			}
		}
		return out.String()
	})
}

// TestSettingsRestore brings back what a transaction had changed.
func TestSettingsRestore(t *testing.T) {
	s, err := NewSettings(SettingsConfig{Defaults: map[string]string{"parallelism": "2"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Set("application_name", "a"); err != nil {
		t.Fatal(err)
	}
	before := s.Changed()
	for name, v := range map[string]string{"application_name": "b", "parallelism": "7", "statement_timeout": "5s"} {
		if err := s.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Restore(before); err != nil {
		t.Fatal(err)
	}
	if s.String("application_name") != "a" || s.Int("parallelism") != 2 || s.Duration("statement_timeout") != 0 {
		t.Errorf("restored to %v", s.Changed())
	}
	if _, err := NewSettings(SettingsConfig{Defaults: map[string]string{"paralelism": "2"}}); err == nil {
		t.Error("unknown default accepted")
	}
	if _, err := NewSettings(SettingsConfig{Defaults: map[string]string{"parallelism": "0"}}); err == nil {
		t.Error("bad default accepted")
	}
}

// FuzzMaskSQL: no secret gets through, and nothing panics.
func FuzzMaskSQL(f *testing.F) {
	f.Add("CREATE TABLE t (a INT) WITH ('properties.sasl.password' = ", " 'x''y', 'b' = 'c')")
	f.Add("E'\\'' /* ' */ -- '\n", "\"'\"")
	f.Fuzz(func(t *testing.T, before, after string) {
		MaskSQL(before + after)
		if strings.ContainsAny(before+after, "'\"`-/*\\$") {
			return
		}
		out := MaskSQL(before + " 'db.password' = 'hunter2'" + after)
		if strings.Contains(out, "hunter2") {
			t.Errorf("shown: %s", out)
		}
	})
}
