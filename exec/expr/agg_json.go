package expr

import (
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// jsonAgg is JSON_AGG and JSON_OBJECT_AGG: the text of each group.
type jsonAgg struct {
	types  []catalog.Type
	object bool
	binary bool // in JSONB's text
	zone   *time.Location
	texts  [][]byte
	bytes  int64
}

func (a *jsonAgg) Resize(n int) { a.texts = grow(a.texts, n) }
func (a *jsonAgg) Reset()       { a.texts, a.bytes = a.texts[:0], 0 }
func (a *jsonAgg) Bytes() int64 { return a.bytes + int64(cap(a.texts))*24 }

func (a *jsonAgg) Update(groups []int32, args []*exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if a.object && args[0].IsNull(i) {
			return rowFault(i, sqlerr.New(sqlerr.InvalidParameterValue, "field name must not be null"))
		}
		t := a.texts[g]
		old := cap(t)
		first := len(t) == 0
		switch {
		case !first:
			t = append(t, ", "...)
		case a.object:
			t = append(t, "{ "...)
		default:
			t = append(t, '[')
		}
		if a.object {
			t = append(appendJSONString(t, AppendTextIn(nil, a.types[0], args[0], i, a.zone)), " : "...)
		} else if kind := a.types[0].Kind; !first && !args[0].IsNull(i) && (kind == catalog.Array || kind == catalog.Row) {
			t = append(t, "\n "...)
		}
		last := len(args) - 1
		if a.object {
			last = 1
		}
		t = AppendJSON(t, a.types[last], args[last], i, a.zone)
		a.texts[g] = t
		a.bytes += int64(cap(t) - old)
	}
	return nil
}

func (a *jsonAgg) State() []exec.Layout                         { return nil }
func (a *jsonAgg) AppendState([]*exec.Column, int)              {}
func (a *jsonAgg) Merge([]int32, []*exec.Column, []int32) error { return errOnePhase("json_agg") }

func (a *jsonAgg) AppendResult(dst *exec.Column, g int) error {
	t := a.texts[g]
	if len(t) == 0 {
		dst.AppendNull()
		return nil
	}
	from := len(dst.Data)
	dst.Data = append(dst.Data, t...)
	if a.object {
		dst.Data = append(dst.Data, " }"...)
	} else {
		dst.Data = append(dst.Data, ']')
	}
	if a.binary {
		n := parseJSONTree(append([]byte(nil), dst.Data[from:]...))
		dst.Data = n.append(dst.Data[:from], -1)
	}
	dst.EndString()
	return nil
}
