package rows

import (
	"strings"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/formattest"
	"github.com/penstock/penstock/exec/format/json"
)

// Show gives a row as JSON.
func Show(t testing.TB, fields []catalog.Column, cols []*exec.Column, row int) string {
	t.Helper()
	e, err := json.NewEncoder(fields, json.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := e.Encode(nil, &exec.Batch{Cols: cols, N: row + 1}, row)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Batch makes a batch of rows given as JSON lines.
func Batch(t testing.TB, fields []catalog.Column, lines string) *exec.Batch {
	t.Helper()
	d, err := json.NewDecoder(fields, json.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := &exec.Batch{Cols: formattest.Columns(fields)}
	for line := range strings.Lines(lines) {
		if err := d.Append([]byte(strings.TrimSpace(line)), b.Cols); err != nil {
			t.Fatal(err)
		}
		b.N++
	}
	return b
}
