package catalog

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// settingIndex finds a setting by its name or alias in lower case.
var settingIndex = func() map[string]*SettingSpec {
	m := make(map[string]*SettingSpec, len(settingSpecs)+4)
	for i := range settingSpecs {
		s := &settingSpecs[i]
		m[strings.ToLower(s.Name)] = s
		if s.Alias != "" {
			m[s.Alias] = s
		}
	}
	return m
}()

// settingValue is a value in canonical text, with the number it stands for.
type settingValue struct {
	text string
	n    int64 // number, 1 for on, nanoseconds
}

// SettingsConfig is what a server or session knows better than the registry.
type SettingsConfig struct {
	// Defaults take the place of the registry's, read-only settings included.
	Defaults map[string]string
	// Checks refuse values that only another package can judge. The error is
	// shown as a hint unless it has an SQLSTATE.
	Checks map[string]func(string) error
}

// Settings are the settings of one session. They may be used from any goroutine.
type Settings struct {
	mu       sync.RWMutex
	defaults map[*SettingSpec]settingValue
	values   map[*SettingSpec]settingValue // where they differ from the default
	checks   map[*SettingSpec]func(string) error
	onChange func(name, value string)
}

// NewSettings makes settings with their defaults; it fails if one of cfg's is
// unknown or wrong.
func NewSettings(cfg SettingsConfig) (*Settings, error) {
	s := &Settings{
		defaults: make(map[*SettingSpec]settingValue, len(settingSpecs)),
		values:   map[*SettingSpec]settingValue{},
		checks:   map[*SettingSpec]func(string) error{},
	}
	for name, f := range cfg.Checks {
		spec, err := findSetting(name)
		if err != nil {
			return nil, err
		}
		s.checks[spec] = f
	}
	for i := range settingSpecs {
		spec := &settingSpecs[i]
		v, err := s.parse(spec, spec.Default)
		if err != nil {
			return nil, err
		}
		s.defaults[spec] = v
	}
	for name, text := range cfg.Defaults {
		spec, err := findSetting(name)
		if err != nil {
			return nil, err
		}
		if s.defaults[spec], err = s.parse(spec, text); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// OnChange has f called with the name and new value, as SHOW has it, of every
// setting that changes. There is one f.
func (s *Settings) OnChange(f func(name, value string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange = f
}

// SettingSpecs lists all settings by name.
func SettingSpecs() []SettingSpec {
	out := slices.Clone(settingSpecs)
	slices.SortFunc(out, func(a, b SettingSpec) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return out
}

// LookupSetting finds a setting's declaration; names do not look at case.
func LookupSetting(name string) (SettingSpec, bool) {
	spec, ok := settingIndex[strings.ToLower(name)]
	if !ok {
		return SettingSpec{}, false
	}
	return *spec, true
}

func findSetting(name string) (*SettingSpec, error) {
	if spec := settingIndex[strings.ToLower(name)]; spec != nil {
		return spec, nil
	}
	e := sqlerr.New(sqlerr.UndefinedObject, `unrecognized configuration parameter "%s"`, name)
	if m, ok := Suggest(name, slices.Collect(maps.Keys(settingIndex))); ok {
		return nil, e.Hint(`Did you mean "%s"?`, settingIndex[m].Name)
	}
	return nil, e.Hint("SHOW ALL lists the parameters.")
}

// parse reads a value of the setting's kind.
func (s *Settings) parse(spec *SettingSpec, text string) (v settingValue, err error) {
	v.text = text
	var hint error
	switch spec.Kind {
	case SetString:
		if len(text) > maxSettingBytes {
			hint = advice("The value is too long.")
		}
	case SetInt:
		if v.n, err = strconv.ParseInt(strings.TrimSpace(text), 10, 64); err != nil {
			return v, errSettingValue(spec, text, nil)
		}
		v.text = strconv.FormatInt(v.n, 10)
	case SetBool:
		b, ok := parseBool(text)
		if !ok {
			return v, sqlerr.New(sqlerr.InvalidParameterValue, `parameter "%s" requires a Boolean value`, spec.Name)
		}
		v.text = "off"
		if b {
			v.n, v.text = 1, "on"
		}
	case SetEnum:
		i := slices.IndexFunc(spec.Enum, func(e string) bool { return strings.EqualFold(e, strings.TrimSpace(text)) })
		if i < 0 {
			return v, errSettingValue(spec, text, advice("Available values: "+strings.Join(spec.Enum, ", ")+"."))
		}
		v.text = spec.Enum[i]
	case SetDuration, SetMillis:
		if v, hint = parseSettingTime(spec, text); hint == nil && v.n < 0 && spec.Max == 0 {
			hint = errDuration
		}
	}
	if hint != nil {
		return v, errSettingValue(spec, text, hint)
	}
	if spec.Max != 0 && (v.n < spec.Min || v.n > spec.Max) {
		return v, errSettingBounds(spec, v.n)
	}
	if spec.check != nil {
		if v.text, err = spec.check(v.text); err != nil {
			return v, errSettingValue(spec, text, err)
		}
	}
	if f := s.checks[spec]; f != nil {
		if err := f(v.text); err != nil {
			return v, errSettingValue(spec, text, err)
		}
	}
	return v, nil
}

// parseBool takes PostgreSQL's spellings and their beginnings.
func parseBool(text string) (v, ok bool) {
	t := strings.ToLower(strings.TrimSpace(text))
	if v, ok = boolWords[t]; ok || t == "" {
		return v, ok
	}
	switch {
	case strings.HasPrefix("true", t), strings.HasPrefix("yes", t):
		return true, true
	case strings.HasPrefix("false", t), strings.HasPrefix("no", t), t == "of":
		return false, true
	}
	return false, false
}

func parseSettingTime(spec *SettingSpec, text string) (v settingValue, hint error) {
	t := strings.TrimSpace(text)
	if n, err := strconv.ParseInt(t, 10, 64); err == nil && spec.Kind == SetMillis {
		if n > maxMillis/int64(time.Millisecond) {
			n = maxMillis/int64(time.Millisecond) + 1 // out of bounds, not out of the number
		}
		v.n = max(n, -1) * int64(time.Millisecond)
	} else {
		d, err := ParseDuration(t)
		if err != nil {
			return v, err
		}
		v.n = int64(d)
	}
	if spec.Kind == SetMillis && v.n > 0 {
		v.n = (v.n + int64(time.Millisecond)/2) / int64(time.Millisecond) * int64(time.Millisecond)
	}
	v.text = FormatDuration(time.Duration(v.n))
	return v, nil
}

// errSettingValue is 22023, unless the reason has a code of its own.
func errSettingValue(spec *SettingSpec, text string, reason error) error {
	if e, ok := errors.AsType[*sqlerr.Error](reason); ok {
		return e
	}
	e := sqlerr.New(sqlerr.InvalidParameterValue, `invalid value for parameter "%s": "%s"`, spec.Name, text)
	if reason != nil {
		e.Hint("%s", reason)
	}
	return e
}

func errSettingBounds(spec *SettingSpec, n int64) error {
	show := func(n int64) string { return strconv.FormatInt(n, 10) }
	unit := ""
	switch spec.Kind {
	case SetDuration:
		show = func(n int64) string { return FormatDuration(time.Duration(n)) }
	case SetMillis:
		show = func(n int64) string { return strconv.FormatInt(n/int64(time.Millisecond), 10) }
		unit = " ms"
	}
	return sqlerr.New(sqlerr.InvalidParameterValue, `%s%s is outside the valid range for parameter "%s" (%s .. %s)`,
		show(n), unit, spec.Name, show(spec.Min), show(spec.Max))
}

// Get gives a setting's value as SHOW prints it; 42704 for an unknown name.
func (s *Settings) Get(name string) (string, error) {
	spec, err := findSetting(name)
	if err != nil {
		return "", err
	}
	return s.value(spec).text, nil
}

func (s *Settings) value(spec *SettingSpec) settingValue {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if v, ok := s.values[spec]; ok {
		return v
	}
	return s.defaults[spec]
}

// Set changes a setting; DEFAULT is for Reset.
func (s *Settings) Set(name, text string) error {
	spec, err := findSetting(name)
	if err != nil {
		return err
	}
	if spec.ReadOnly {
		return errReadOnly(spec)
	}
	v, err := s.parse(spec, text)
	if err != nil {
		return err
	}
	s.change(spec, func() { s.values[spec] = v })
	return nil
}

func errReadOnly(spec *SettingSpec) error {
	return sqlerr.New(sqlerr.CantChangeRuntimeParam, `parameter "%s" cannot be changed`, spec.Name)
}

// change does f and tells onChange, outside the lock, if that made a difference.
func (s *Settings) change(spec *SettingSpec, f func()) {
	before := s.value(spec)
	s.mu.Lock()
	f()
	tell := s.onChange
	s.mu.Unlock()
	if after := s.value(spec); tell != nil && after.text != before.text {
		tell(spec.Name, after.text)
	}
}

// Reset gives a setting its default again.
func (s *Settings) Reset(name string) error {
	spec, err := findSetting(name)
	if err != nil {
		return err
	}
	if spec.ReadOnly {
		return errReadOnly(spec)
	}
	s.change(spec, func() { delete(s.values, spec) })
	return nil
}

// ResetAll gives all settings their defaults.
func (s *Settings) ResetAll() {
	for i := range settingSpecs {
		s.change(&settingSpecs[i], func() { delete(s.values, &settingSpecs[i]) })
	}
}

// SettingValue is a line of SHOW ALL.
type SettingValue struct{ Name, Value, Default, Doc string }

// All lists all settings by name.
func (s *Settings) All() []SettingValue {
	specs := SettingSpecs()
	out := make([]SettingValue, len(specs))
	for i, spec := range specs {
		own := settingIndex[strings.ToLower(spec.Name)]
		s.mu.RLock()
		def := s.defaults[own].text
		s.mu.RUnlock()
		out[i] = SettingValue{spec.Name, s.value(own).text, def, spec.Doc}
	}
	return out
}

// Changed gives the settings that differ from the defaults, for a job that must
// run with them later. Restore takes it.
func (s *Settings) Changed() map[string]string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make(map[string]string, len(s.values))
	for spec, v := range s.values {
		if v.text != s.defaults[spec].text {
			out[spec.Name] = v.text
		}
	}
	return out
}

// Restore makes the settings what they were when Changed was called, as the end
// of a failed transaction does.
func (s *Settings) Restore(changed map[string]string) error {
	for i := range settingSpecs {
		spec := &settingSpecs[i]
		text, ok := changed[spec.Name]
		if !ok {
			s.change(spec, func() { delete(s.values, spec) })
			continue
		}
		if err := s.Set(spec.Name, text); err != nil {
			return err
		}
	}
	return nil
}

// mustFind is for the typed getters: a wrong name is a bug.
func (s *Settings) mustFind(name string) settingValue {
	spec, err := findSetting(name)
	if err != nil {
		panic(err) //nolint:forbidigo // a bug of ours
	}
	return s.value(spec)
}

// Int gives a number by a name that is known to exist.
func (s *Settings) Int(name string) int { return int(s.mustFind(name).n) }

// Bool gives a truth value likewise.
func (s *Settings) Bool(name string) bool { return s.mustFind(name).n != 0 }

// Duration gives a length of time likewise.
func (s *Settings) Duration(name string) time.Duration { return time.Duration(s.mustFind(name).n) }

// String gives the text likewise.
func (s *Settings) String(name string) string { return s.mustFind(name).text }
