package op

import (
	"context"

	"github.com/penstock/penstock/exec"
)

// Delay gives op watermarks that lie by (microseconds) behind those that it is
// told; MaxTime stays MaxTime. An operator that goes by event time and stands anywhere behind a Join with
// time bounds wants Join.Delay, for that emits rows which lie so far behind the watermark.
func Delay(op exec.Operator, by int64) exec.Operator {
	if by <= 0 {
		return op
	}
	d := delayed{op, by}
	if s, ok := op.(exec.Stateful); ok {
		return struct {
			delayed
			exec.Stateful
		}{d, s}
	}
	return d
}

type delayed struct {
	exec.Operator
	by int64
}

// Advance passes an earlier watermark on.
func (d delayed) Advance(ctx context.Context, to exec.Time, emit exec.Emit) error {
	if to != exec.MaxTime {
		to = addTime(to, -d.by)
	}
	return d.Operator.Advance(ctx, to, emit)
}
