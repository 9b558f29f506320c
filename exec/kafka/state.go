package kafka

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// stateVersion is the first byte of a saved source.
const stateVersion = 2

// Positions gives the offset of the next record for each partition: those
// before it have been returned by Read.
func (s *Source) Positions() map[int32]int64 {
	m := make(map[int32]int64, len(s.parts))
	for i := range s.parts {
		m[s.parts[i].id] = s.parts[i].pos
	}
	return m
}

// Save writes the positions: a version, then topic, partition, position and end
// of each part.
func (s *Source) Save(_ exec.Epoch, w io.Writer) error {
	b := []byte{stateVersion}
	b = binary.AppendUvarint(b, uint64(len(s.parts)))
	for i := range s.parts {
		b = binary.AppendUvarint(b, uint64(len(s.parts[i].topic)))
		b = append(b, s.parts[i].topic...)
		b = binary.AppendVarint(b, int64(s.parts[i].id))
		b = binary.AppendVarint(b, s.parts[i].pos)
		b = binary.AppendVarint(b, s.parts[i].end)
	}
	_, err := w.Write(b)
	return err
}

// Restore sets the positions of the parts that it finds, before the first
// Read. Partitions that this source does not read are passed over, so that a
// state may be given to another share.
func (s *Source) Restore(r io.Reader) error {
	if s.begun {
		return errors.New("kafka: restore after the first read")
	}
	br := bufio.NewReader(r)
	v, err := br.ReadByte()
	if err != nil {
		return badState(err)
	}
	if v != stateVersion {
		return sqlerr.New(sqlerr.DataCorrupted, "kafka: positions saved in format %d cannot be read", v)
	}
	n, err := binary.ReadUvarint(br)
	if err != nil {
		return badState(err)
	}
	for ; n > 0; n-- {
		topic, err := readName(br)
		if err != nil {
			return err
		}
		var f [3]int64
		for i := range f {
			if f[i], err = binary.ReadVarint(br); err != nil {
				return badState(err)
			}
		}
		for i := range s.parts {
			if int64(s.parts[i].id) == f[0] && s.parts[i].topic == topic {
				s.parts[i].pos, s.parts[i].end = f[1], f[2]
				s.parts[i].stats.Position.Store(f[1])
			}
		}
	}
	return nil
}

// readName reads a topic's name.
func readName(br *bufio.Reader) (string, error) {
	n, err := binary.ReadUvarint(br)
	if err != nil || n > 1<<16 {
		return "", badState(err)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(br, b); err != nil {
		return "", badState(err)
	}
	return string(b), nil
}

func badState(err error) error {
	return sqlerr.Wrap(err, sqlerr.DataCorrupted, "kafka: the saved positions are broken: %s", fmt.Sprint(err))
}
