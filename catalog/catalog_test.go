package catalog

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/internal/sqlerr"
)

// explain prints an error with all that a user is told.
func explain(err error) string {
	e := sqlerr.From(err)
	var b strings.Builder
	fmt.Fprintf(&b, "ERROR %s", e.Code)
	if e.Pos > 0 {
		fmt.Fprintf(&b, " at %d", e.Pos)
	}
	fmt.Fprintf(&b, ": %s\n", e.Message)
	for _, line := range strings.Split(e.Detail, "\n") {
		if line != "" {
			fmt.Fprintf(&b, "DETAIL: %s\n", line)
		}
	}
	if e.HintMsg != "" {
		fmt.Fprintf(&b, "HINT: %s\n", e.HintMsg)
	}
	return b.String()
}

// world is what the commands of testdata/catalog work on.
type world struct {
	dir  string
	cat  *Catalog
	temp *Overlay
}

func (w *world) update(temp bool, f func(*Tx) error) error {
	if temp {
		return w.temp.Update(f)
	}
	return w.cat.Update(f)
}

// TestCatalog runs scripts: each line of a block is a command.
func TestCatalog(t *testing.T) {
	datadriven.Walk(t, "testdata/catalog", func(t *testing.T, path string) {
		w := &world{dir: t.TempDir(), temp: NewOverlay()}
		var err error
		if w.cat, err = Open(w.dir); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := w.cat.Close(); err != nil {
				t.Error(err)
			}
		}()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var out strings.Builder
			for _, line := range strings.Split(d.Input, "\n") {
				out.WriteString(w.command(t, strings.Fields(line)))
			}
			return out.String()
		})
	})
}

// command runs one line; "uses a,b" at its end names what a view or job uses.
func (w *world) command(t *testing.T, f []string) string {
	var uses []string
	if n := len(f); n > 2 && f[n-2] == "uses" {
		uses, f = strings.Split(f[n-1], ","), f[:n-2]
	}
	temp := len(f) > 1 && f[1] == "temp"
	if temp {
		f = append(f[:1:1], f[2:]...)
	}
	cascade := f[len(f)-1] == "cascade"
	verb := f[0]
	var name string
	if len(f) > 1 {
		name = f[1]
	}
	var dropped Dropped
	var err error
	switch verb {
	case "table":
		err = w.update(temp, func(tx *Tx) error { return tx.CreateTable(Table{Name: name, Temporary: temp}) })
	case "retable":
		err = w.update(temp, func(tx *Tx) error { return tx.ReplaceTable(Table{Name: name, Comment: "new"}) })
	case "view", "review":
		err = w.update(temp, func(tx *Tx) error { return tx.CreateView(View{Name: name, Uses: uses}, verb == "review") })
	case "job":
		err = w.cat.Update(func(tx *Tx) error {
			return tx.PutJob(Job{ID: name, State: JobState(f[2]), Uses: uses})
		})
	case "dropjob":
		err = w.cat.Update(func(tx *Tx) error { return tx.DropJob(name) })
	case "drop":
		err = w.update(temp, func(tx *Tx) (err error) { dropped, err = tx.DropTable(name, cascade); return err })
	case "dropview":
		err = w.update(temp, func(tx *Tx) (err error) { dropped, err = tx.DropView(name, cascade); return err })
	case "fail": // a change of which the second half fails
		err = w.cat.Update(func(tx *Tx) error {
			if err := tx.CreateTable(Table{Name: name}); err != nil {
				return err
			}
			return tx.CreateTable(Table{Name: name})
		})
	case "clear":
		w.temp.Clear()
	case "reopen":
		if err := w.cat.Close(); err != nil {
			t.Fatal(err)
		}
		if w.cat, err = Open(w.dir); err != nil {
			t.Fatal(err)
		}
	default:
		return w.look(f)
	}
	if err != nil {
		return explain(err)
	}
	if len(dropped.Views)+len(dropped.Jobs) > 0 {
		return fmt.Sprintf("dropped views %v, stopped queries %v\n", dropped.Views, dropped.Jobs)
	}
	return ""
}

// look runs the commands that only read.
func (w *world) look(f []string) string {
	v := w.temp.On(w.cat.Current())
	name := func() Name {
		n := ParseName(f[1])
		if n.Quoted = strings.Contains(f[1], `"`); n.Quoted {
			n.Name = strings.Trim(n.Name, `"`)
		}
		return n
	}
	var got any
	var err error
	switch f[0] {
	case "get":
		var r Relation
		if r, err = v.Relation(name()); err == nil {
			kind := "view"
			if r.Table != nil {
				kind = fmt.Sprintf("table temporary=%t %s", r.Table.Temporary, r.Table.Comment)
			}
			got = r.Name() + " " + kind
		}
	case "get-table":
		_, err = v.Table(name())
		got = "ok"
	case "get-view":
		_, err = v.View(name())
		got = "ok"
	case "new":
		var plain string
		var temp bool
		plain, temp, err = ResolveNew(name())
		got = fmt.Sprintf("%s temp=%t", plain, temp)
	case "list":
		var parts []string
		for _, x := range v.Tables() {
			parts = append(parts, x.Name)
		}
		for _, x := range v.Views() {
			parts = append(parts, x.Name+"(view)")
		}
		for _, x := range v.Jobs() {
			parts = append(parts, x.ID+"("+string(x.State)+")")
		}
		got = strings.Join(parts, " ")
	case "num":
		got = v.Num()
	case "dependents":
		got = v.Dependents(f[1])
	case "get-job":
		_, err = v.Job(f[1])
		got = "ok"
	default:
		return "no such command: " + f[0] + "\n"
	}
	if err != nil {
		return explain(err)
	}
	return fmt.Sprintln(got)
}

// TestReopen looks at whole definitions, with everything filled in.
func TestReopen(t *testing.T) {
	at := time.Date(2024, 4, 28, 23, 12, 50, 0, time.UTC)
	table := Table{
		Name: "visits",
		Columns: []TableColumn{
			{Name: "id", Type: Of(BigInt), NotNull: true, Comment: "it's a key"},
			{Name: "ts", Type: Of(Timestamp).WithFrac(3), Computed: "CAST(t AS TIMESTAMP(3))"},
			{Name: "o", Type: Of(BigInt), Metadata: "offset", Virtual: true},
			{Name: "nested", Type: ArrayOf(Type{Kind: Row, Fields: []Field{{"a", Of(Varchar)}, {"b", MapOf(Of(Varchar), Type{Kind: Decimal, P: 10, S: 2})}}})},
		},
		PrimaryKey: []string{"id"},
		Watermark:  &Watermark{Column: "ts", ExprText: "ts - INTERVAL '5' SECOND"},
		Options:    Options{{Key: "connector", Value: "kafka"}, {Key: "properties.sasl.password", Value: "hunter2"}},
		SQL:        "CREATE TABLE visits …", Created: at,
	}
	view := View{Name: "v", Columns: Schema{{"n", Of(Int)}}, QueryText: "SELECT 1 AS n", SQL: "CREATE VIEW v …", Uses: []string{"visits"}, Created: at}
	job := Job{ID: "1", SQL: "INSERT INTO …", State: JobFailed, Error: "boom", Code: "XX000", Settings: map[string]string{"parallelism": "4"}, Created: at, Changed: at}

	dir := t.TempDir()
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	err = c.Update(func(tx *Tx) error {
		if err := tx.CreateTable(table); err != nil {
			return err
		}
		if err := tx.CreateView(view, false); err != nil {
			return err
		}
		return tx.PutJob(job)
	})
	if err != nil {
		t.Fatal(err)
	}

	_, err = openStore(dir, time.Millisecond)
	if sqlerr.CodeOf(err) != sqlerr.ObjectInUse || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("second open: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if c, err = Open(dir); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	v := c.Current()
	got, err := v.Table(NameOf("visits"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(table, *got); d != "" {
		t.Errorf("table: %s", d)
	}
	if d := cmp.Diff([]*View{&view}, v.Views()); d != "" {
		t.Errorf("views: %s", d)
	}
	if d := cmp.Diff([]*Job{&job}, v.Jobs()); d != "" {
		t.Errorf("jobs: %s", d)
	}
	if s := got.Options.String(); strings.Contains(s, "hunter2") {
		t.Errorf("secret shown: %s", s)
	}
	if o, ok := got.Option("connector"); !ok || o != "kafka" {
		t.Errorf("option: %q, %v", o, ok)
	}
}

// TestStoreDamage opens files that are not ours.
func TestStoreDamage(t *testing.T) {
	dir := t.TempDir()
	s, err := openStore(dir, lockTimeout)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.apply([]change{{TableObject, "t", json.RawMessage(`{"name": 1}`)}}); err != nil {
		t.Fatal(err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if _, err = Open(dir); sqlerr.CodeOf(err) != sqlerr.DataCorrupted {
		t.Errorf("damaged object: %v", err)
	}
	// The failed open must have let go of the file.
	if s, err = openStore(dir, lockTimeout); err != nil {
		t.Fatal(err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open("/dev/null/x"); sqlerr.CodeOf(err) != sqlerr.IOError {
		t.Errorf("directory that cannot be: %v", err)
	}
}

// TestConcurrent reads while one writer works; the race detector is the judge,
// and each version must be whole.
func TestConcurrent(t *testing.T) {
	c := New()
	o := NewOverlay()
	done := make(chan struct{})
	results := make(chan error, 4)
	for range 4 {
		go func() {
			for {
				select {
				case <-done:
					results <- nil
					return
				default:
				}
				v := o.On(c.Current())
				for _, n := range v.Names() {
					if _, err := v.Relation(NameOf(n)); err != nil {
						results <- err
						return
					}
				}
				// Tables come and go in pairs.
				_, a, _ := v.Find(NameOf("a"))
				if _, b, _ := v.Find(NameOf("b")); a != b {
					results <- fmt.Errorf("a=%t b=%t in one version", a, b)
					return
				}
			}
		}()
	}
	for i := range 300 {
		err := c.Update(func(tx *Tx) error {
			if i%2 == 0 {
				if err := tx.CreateTable(Table{Name: "a"}); err != nil {
					return err
				}
				return tx.CreateTable(Table{Name: "b"})
			}
			if _, err := tx.DropTable("a", false); err != nil {
				return err
			}
			_, err := tx.DropTable("b", false)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if i%50 == 0 {
			if err := o.Update(func(tx *Tx) error { return tx.CreateTable(Table{Name: fmt.Sprint("t", i)}) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(done)
	for range 4 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if n := c.Current().Num(); n != 301 {
		t.Errorf("version %d after 300 changes", n)
	}
}
