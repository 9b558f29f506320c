package expr

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

var clockFunctions = []function{
	{name: "now", sigs: "-> tstz", stable: true, kernel: moment((*Env).now, nil), doc: "time when the query began", example: "now()"},
	{name: "localtimestamp", sigs: "-> ts", stable: true, kernel: moment((*Env).now, localTime), doc: "local time when the query began", example: "LOCALTIMESTAMP"},
	{name: "current_date", sigs: "-> date", stable: true, kernel: moment((*Env).now, localDate), doc: "local date when the query began", example: "CURRENT_DATE"},
	{name: "current_time", sigs: "-> time", stable: true, kernel: moment((*Env).now, localClock), doc: "local time of day when the query began", example: "CURRENT_TIME"},
	{name: "localtime", sigs: "-> time", stable: true, kernel: moment((*Env).now, localClock), doc: "local time of day when the query began", example: "LOCALTIME"},
	{name: "proctime", sigs: "-> tstz", volatile: true, kernel: ticking, doc: "time when the rows are processed", example: "PROCTIME()"},
	{name: "clock_timestamp", sigs: "-> tstz", volatile: true, kernel: ticking, doc: "the time", example: "clock_timestamp()"},
	{name: "unix_timestamp", sigs: "-> bigint; text -> bigint; text, text -> bigint", stable: true, kernel: unixTimestamp,
		doc: "seconds since 1970 of the time when the query began, or of a local time in a Java pattern (yyyy-MM-dd HH:mm:ss)", example: "unix_timestamp('1970-01-02 00:00:00') → 86400"},
	{name: "from_unixtime", sigs: "bigint -> text; bigint, text -> text", stable: true, kernel: fromUnixtime,
		doc: "local time of seconds since 1970 in a Java pattern (yyyy-MM-dd HH:mm:ss)", example: "from_unixtime(86400) → 1970-01-02 00:00:00"},
}

func localTime(e *Env, t int64) int64 {
	local, _ := datum.LocalMicros(t, e.Timezone)
	return local
}

func localDate(e *Env, t int64) int64 { return datum.DateFromTimestamp(localTime(e, t)) }

func localClock(e *Env, t int64) int64 {
	_, inDay := datum.SplitTimestamp(localTime(e, t))
	return inDay
}

// moment is a time that stays for the query.
func moment(get func(*Env) int64, conv func(*Env, int64) int64) kernel {
	return func(s *site) (exec.Eval, error) {
		t := get(s.env)
		if conv != nil {
			t = conv(s.env, t)
		}
		return constInt(t), nil
	}
}

// clockEval is the time of each batch.
type clockEval struct {
	env *Env
	out exec.Column
}

func ticking(s *site) (exec.Eval, error) {
	return &clockEval{env: s.env, out: exec.Column{Layout: exec.Ints}}, nil
}

func (e *clockEval) Eval(b *exec.Batch) (*exec.Column, error) {
	prepare(&e.out, b.N)
	now := e.env.clock()
	for i := range e.out.Int {
		e.out.Int[i] = now
	}
	return &e.out, nil
}

// defaultJava is Flink's pattern where none is given.
const defaultJava = "yyyy-MM-dd HH:mm:ss"

// javaOf compiles the pattern that stands in argument k, or the usual one.
func javaOf(s *site, k int) *patterns[timeFormat] {
	p := &patterns[timeFormat]{compile: javaFormat, fixed: s.allConst(k)}
	if k >= len(s.args) {
		p.last, _ = javaFormat([]byte(defaultJava), nil)
		p.ok = true
	}
	return p
}

func unixTimestamp(s *site) (exec.Eval, error) {
	if len(s.args) == 0 {
		return constInt(s.env.now() / datum.MicrosPerSecond), nil
	}
	p := javaOf(s, 1)
	return newCall(s, func(c *call, i int) error {
		f, err := p.get(c.argument(1, i), nil)
		if err != nil {
			return err
		}
		t, ok := c.instant(f, i)
		c.null = !ok
		days, inDay := datum.SplitTimestamp(t)
		c.out.Int[i] = days*86400 + inDay/datum.MicrosPerSecond
		return nil
	}, true), nil
}

// instant reads argument 0, in local time unless it names an offset.
func (c *call) instant(f timeFormat, i int) (int64, bool) {
	t, offset, hasOffset, ok := f.parse(c.str(0, i))
	if hasOffset {
		return t - int64(offset)*datum.MicrosPerSecond, ok
	}
	return datum.UTCMicros(t, c.env.Timezone), ok
}

func fromUnixtime(s *site) (exec.Eval, error) {
	p := javaOf(s, 1)
	return newCall(s, func(c *call, i int) error {
		f, err := p.get(c.argument(1, i), nil)
		if err != nil {
			return err
		}
		t, ok := mulInt(c.int(0, i), datum.MicrosPerSecond)
		if !ok || !datum.TimestampInRange(t) {
			return errTimestampRange()
		}
		c.putTime(f, t, true)
		return nil
	}, true), nil
}

// putTime writes a time by a format; an instant is shown in the session's zone.
func (c *call) putTime(f timeFormat, t int64, instant bool) {
	offset, zone := 0, ""
	if instant {
		t, offset = datum.LocalMicros(t, c.env.Timezone)
		zone = zoneName(c.env, t-int64(offset)*datum.MicrosPerSecond)
	}
	c.out.Data = f.append(c.out.Data, t, offset, zone)
}

// isInstant tells TIMESTAMP_LTZ.
func isInstant(t catalog.Type) bool { return t.Kind == catalog.TimestampLTZ }
