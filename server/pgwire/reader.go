package pgwire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/penstock/penstock/internal/sqlerr"
)

// protocolFault stands in the queue for a message that could not be read, so
// that what came before it is answered first.
type protocolFault struct{ err error }

// Frontend, Decode and Encode make it a message of the queue.
func (*protocolFault) Frontend() {}

// Decode is never called.
func (*protocolFault) Decode([]byte) error { return nil }

// Encode is never called.
func (*protocolFault) Encode(dst []byte) ([]byte, error) { return dst, nil }

// read queues the client's messages until it goes; then the connection's
// context ends, and with it any running statement.
func (c *conn) read() {
	be := pgproto3.NewBackend(c.nc, io.Discard)
	be.SetMaxBodyLen(maxMessageBytes)
	for {
		msg, err := c.receive(be)
		if err != nil {
			if !isGone(err) {
				fault := &protocolFault{sqlerr.Wrap(err, sqlerr.ProtocolViolation, "%s", err.Error())}
				if c.in.push(c.ctx, queued{fault, 0}) == nil {
					<-c.ctx.Done() // the loop says why, and then goes
				}
			}
			c.cancel(errClientGone)
			return
		}
		if c.in.push(c.ctx, msg) != nil {
			return
		}
		c.arrived(msg.msg)
	}
}

// receive reads a message and copies it: the backend uses its own again.
func (c *conn) receive(be *pgproto3.Backend) (q queued, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("invalid message: %v", r)
		}
	}()
	msg, err := be.Receive()
	if err != nil {
		return queued{}, err
	}
	switch m := msg.(type) {
	case *pgproto3.Query:
		n := *m
		return queued{&n, len(m.String)}, nil
	case *pgproto3.Parse:
		n := *m
		return queued{&n, len(m.Query) + 4*len(m.ParameterOIDs)}, nil
	case *pgproto3.Bind:
		n := *m
		size := 2 * (len(m.ParameterFormatCodes) + len(m.ResultFormatCodes))
		for i, p := range m.Parameters {
			n.Parameters[i] = bytes.Clone(p)
			size += len(p) + 24
		}
		return queued{&n, size}, nil
	case *pgproto3.Describe:
		n := *m
		return queued{&n, len(m.Name)}, nil
	case *pgproto3.Execute:
		n := *m
		return queued{&n, len(m.Portal)}, nil
	case *pgproto3.Close:
		n := *m
		return queued{&n, len(m.Name)}, nil
	case *pgproto3.CopyData:
		return queued{&pgproto3.CopyData{}, 0}, nil
	}
	return queued{msg, 0}, nil // without content
}

// isGone tells the end of a connection from a fault in what came over it.
func isGone(err error) bool {
	_, isNet := errors.AsType[net.Error](err)
	return isNet || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed)
}
