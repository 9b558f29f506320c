package pgwire

import (
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// transaction is the state of the transaction block. Statements take effect at
// once; the block matters for cursors and for what drivers expect to see.
type transaction struct {
	block    bool // in BEGIN … COMMIT
	failed   bool
	implicit bool // several statements in one Query
	// savepoints are their names, the oldest first. A portal's level is how
	// many there were when it was made.
	savepoints []string
}

func (t *transaction) byte() byte {
	switch {
	case t.failed:
		return 'E'
	case t.block:
		return 'T'
	}
	return 'I'
}

var errAborted = sqlerr.New(sqlerr.InFailedTransaction,
	"current transaction is aborted, commands ignored until end of transaction block")

// allowed refuses all but the end of a failed block.
func (t *transaction) allowed(ast parser.Statement) error {
	if !t.failed {
		return nil
	}
	if tx, ok := ast.(*parser.Transaction); ok {
		switch tx.Kind {
		case "COMMIT", "ROLLBACK", "ROLLBACK TO":
			return nil
		}
	}
	return errAborted
}

// abort is what an error does: the block fails, and portals made since the last
// savepoint are gone.
func (c *conn) abort() {
	if !c.tx.block {
		c.closePortals(func(p *portal) bool { return !p.kept })
		return
	}
	c.tx.failed = true
	depth := len(c.tx.savepoints)
	c.closePortals(func(p *portal) bool { return !p.kept && p.level >= depth })
}

// transaction runs BEGIN and the like; text tells START TRANSACTION from BEGIN.
func (c *conn) transaction(s *parser.Transaction, text string) (tag string, err error) {
	switch s.Kind {
	case "BEGIN":
		tag = "BEGIN"
		if len(text) >= 5 && strings.EqualFold(text[:5], "START") {
			tag = "START TRANSACTION"
		}
		if c.tx.block {
			c.notice(sqlerr.New(sqlerr.ActiveTransaction, "there is already a transaction in progress"))
		}
		c.tx.block, c.tx.implicit = true, false
		return tag, nil
	case "COMMIT", "ROLLBACK":
		tag = s.Kind
		if c.tx.failed {
			tag = "ROLLBACK"
		}
		if !c.tx.block {
			c.notice(sqlerr.New(sqlerr.NoActiveTransaction, "there is no transaction in progress"))
		}
		c.endTransaction(tag == "COMMIT")
		return tag, nil
	case "SAVEPOINT":
		if !c.tx.block {
			return "", outside("SAVEPOINT")
		}
		c.tx.savepoints = append(c.tx.savepoints, s.Name.Text)
		return "SAVEPOINT", nil
	case "RELEASE":
		i, err := c.savepoint("RELEASE SAVEPOINT", s.Name.Text)
		if err != nil {
			return "", err
		}
		c.tx.savepoints = c.tx.savepoints[:i]
		for _, p := range c.portals {
			p.level = min(p.level, i)
		}
		return "RELEASE", nil
	case "ROLLBACK TO":
		i, err := c.savepoint("ROLLBACK TO SAVEPOINT", s.Name.Text)
		if err != nil {
			return "", err
		}
		c.tx.savepoints = c.tx.savepoints[:i+1]
		c.tx.failed = false
		c.closePortals(func(p *portal) bool { return !p.kept && p.level > i })
		return "ROLLBACK", nil
	}
	return "", sqlerr.New(sqlerr.FeatureNotSupported, "%s is not supported", s.Kind)
}

func outside(what string) error {
	return sqlerr.New(sqlerr.NoActiveTransaction, "%s can only be used in transaction blocks", what)
}

func (c *conn) savepoint(what, name string) (int, error) {
	if !c.tx.block {
		return 0, outside(what)
	}
	for i := len(c.tx.savepoints) - 1; i >= 0; i-- {
		if c.tx.savepoints[i] == name {
			return i, nil
		}
	}
	return 0, sqlerr.New(sqlerr.InvalidSavepoint, "savepoint \"%s\" does not exist", name)
}

// endTransaction closes the portals of the block; cursors WITH HOLD live on
// after COMMIT.
func (c *conn) endTransaction(commit bool) {
	c.closePortals(func(p *portal) bool { return !p.running && !p.kept && !(commit && p.hold) })
	for _, p := range c.portals {
		p.kept = p.kept || p.hold && !p.running
		p.level = 0
	}
	c.tx = transaction{}
}

// closePortals closes those that a rule picks.
func (c *conn) closePortals(which func(*portal) bool) {
	for name, p := range c.portals {
		if which(p) {
			delete(c.portals, name)
			p.close()
		}
	}
}

func (c *conn) closeAll() {
	c.closePortals(func(*portal) bool { return true })
}
