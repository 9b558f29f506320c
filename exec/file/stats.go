package file

import (
	"log/slog"
	"sync/atomic"
	"time"
)

// Stats are counters that may be read at any time.
type Stats struct {
	// Rows and Bytes count lines read or written as rows.
	Rows, Bytes atomic.Int64
	// Rejects counts lines that the format refused or that were too long.
	Rejects atomic.Int64
}

// logEvery bounds how often refused lines are logged.
const logEvery = 5 * time.Second

// limitedLog logs a repeated fault at most once in logEvery.
type limitedLog struct {
	log  *slog.Logger
	last time.Time
	kept int64
}

func (l *limitedLog) warn(msg string, args ...any) {
	now := time.Now()
	if !l.last.IsZero() && now.Sub(l.last) < logEvery {
		l.kept++
		return
	}
	if l.kept > 0 {
		args = append(args, slog.Int64("suppressed", l.kept))
	}
	l.last, l.kept = now, 0
	l.log.Warn(msg, args...)
}
