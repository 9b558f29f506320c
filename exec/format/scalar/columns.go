package scalar

import (
	"errors"
	"math"
	"strconv"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// LongRecord is the length from which a record is looked at before it goes into
// a column (see Room): so many of them make a batch that its text outgrows the
// offsets.
const LongRecord = 64 << 10

// Room tells whether n more bytes can stand in each column.
func Room(cols []*exec.Column, n int) error {
	if n > math.MaxInt32 {
		return sqlerr.New(sqlerr.ProgramLimitExceeded, "a record of %d bytes is too long", n)
	}
	for _, c := range cols {
		if len(c.Data) > math.MaxInt32-n {
			return sqlerr.New(sqlerr.ProgramLimitExceeded, "a batch with a record of %d bytes is too long", n).
				Hint("SET \"batch.max-rows\" to fewer rows")
		}
		if err := Room(c.Kids, n); err != nil {
			return err
		}
	}
	return nil
}

// Rollback drops the rows from n on, and what a value broken off in the middle
// has left beneath.
func Rollback(c *exec.Column, n int) {
	c.Truncate(n)
	switch c.Layout {
	case exec.Strings:
		c.Data = c.Data[:c.Offs[n]]
	case exec.List, exec.MapOf:
		for _, k := range c.Kids {
			Rollback(k, int(c.Offs[n]))
		}
	case exec.Struct:
		for _, k := range c.Kids {
			Rollback(k, n)
		}
	}
}

// RollbackAll is Rollback of all of cols.
func RollbackAll(cols []*exec.Column, n int) {
	for _, c := range cols {
		Rollback(c, n)
	}
}

// Within says where in the record an error lies: "field", "element" or "key",
// and its name or number.
func Within(what, name string, err error) error {
	e, ok := errors.AsType[*sqlerr.Error](err)
	if !ok {
		return err
	}
	c := *e
	if what == "element" {
		c.Message = "element " + name + ": " + c.Message
	} else {
		c.Message = what + " " + strconv.Quote(name) + ": " + c.Message
	}
	return &c
}
