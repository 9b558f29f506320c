package kafka

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

// TestOptions reads "key = value" lines, to which the required ones are added.
func TestOptions(t *testing.T) {
	datadriven.RunTest(t, "testdata/options", func(t *testing.T, d *datadriven.TestData) string {
		var o []catalog.Option
		connector := "connector = kafka\n"
		if strings.Contains(d.Input, "connector = ") {
			connector = ""
		}
		for i, line := range strings.Split(connector+d.Input, "\n") {
			if k, v, ok := strings.Cut(line, " = "); ok {
				o = append(o, catalog.Option{Key: k, Value: v, KeyPos: sqlerr.Pos(10 * i), ValuePos: sqlerr.Pos(10*i + 1)})
			}
		}
		for _, dflt := range [][2]string{{"topic", "t"}, {"format", "json"}, {"properties.bootstrap.servers", "127.0.0.1:9092"}} {
			_, pattern := catalog.Options(o).Get("topic-pattern")
			if _, ok := catalog.Options(o).Get(dflt[0]); !ok && d.Cmd != "bare" && (connector != "" || dflt[0] != "format") && (!pattern || dflt[0] != "topic") {
				o = append(o, catalog.Option{Key: dflt[0], Value: dflt[1]})
			}
		}
		c, err := Configure(o)
		if err != nil {
			e := sqlerr.From(err)
			hint := ""
			if e.HintMsg != "" && len(e.HintMsg) < 120 {
				hint = "\nHINT: " + strings.ReplaceAll(e.HintMsg, strings.Join(format.Names(), ", "), "…")
			}
			return fmt.Sprintf("%d: %s (%s)%s\n", e.Pos, e.Message, e.Code, hint)
		}
		out := fmt.Sprintf("client %+v\n", c.Scan.Client)
		c.Scan.Client, c.Sink.Client = ClientConfig{}, ClientConfig{}
		key := "none"
		if c.Key != nil {
			key = c.Key.Name
		}
		if d.Cmd == "sink" {
			return out + fmt.Sprintf("sink %+v\nkey %s %v except=%t %v\n", c.Sink, key, c.KeyFields, c.KeyExcluded, c.KeyOptions)
		}
		s := c.Scan
		out += fmt.Sprintf("topics %q %q %v discovery=%v commit=%v\n", s.Topic, s.Topics, s.Pattern, s.Discovery, s.CommitEvery)
		return out + fmt.Sprintf("start %s %d %v group %q %s\nend %s %d %v\nuncommitted=%t out-of-range=%s on-error=%s fetch=%d\n",
			startNames[s.Start], s.StartTime.UnixMilli(), s.StartOffsets, s.GroupID, resetNames[s.GroupReset],
			endNames[s.End], s.EndTime.UnixMilli(), s.EndOffsets, s.ReadUncommitted, outOfRange[s.OutOfRange], onErrorNames[s.OnError], s.FetchMaxBytes)
	})
}
