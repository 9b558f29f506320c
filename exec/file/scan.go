package file

import (
	"context"
	"errors"
	"io"

	"github.com/penstock/penstock/exec"
)

// Scan is the files that a query reads, as they are listed when it begins. Each
// is a split; those of a watched directory are one, for later ones join it.
type Scan struct {
	cfg     Config
	objects []Object
}

// OpenScan lists the files. A file that is followed, or standard input, is one
// of its own.
func OpenScan(ctx context.Context, cfg Config) (*Scan, error) {
	cfg.complete()
	objects, err := List(ctx, &cfg)
	if err != nil {
		return nil, err
	}
	if cfg.Follow && (len(objects) != 1 || objects[0].Path != cfg.Path) {
		return nil, openError(cfg.Path, "following", errNotAFile)
	}
	return &Scan{cfg, objects}, nil
}

var errNotAFile = errors.New("it is not a file")

// Splits is the number of parts that can be read side by side, at least 1.
func (s *Scan) Splits() int {
	if s.cfg.Watched() {
		return 1
	}
	return max(1, len(s.objects))
}

// Source reads the given splits, one after the other.
func (s *Scan) Source(splits []int) (*Source, error) {
	if s.cfg.Watched() {
		w := &watch{seen: make(map[string]bool)}
		for _, o := range s.objects {
			w.seen[o.Path] = true
		}
		parts := make([]part, len(s.objects))
		for i, o := range byTime(s.objects) {
			parts[i] = part{path: o.Path}
		}
		return newSource(s.cfg, parts, w)
	}
	var parts []part
	for _, i := range splits {
		if i < len(s.objects) {
			parts = append(parts, part{path: s.objects[i].Path, split: int32(i)})
		}
	}
	return newSource(s.cfg, parts, nil)
}

// Stats are the counters of all the scan's sources.
func (s *Scan) Stats() *Stats { return s.cfg.Stats }

// NewSource reads the one file that cfg.Path names.
func NewSource(cfg Config) (*Source, error) {
	cfg.complete()
	return newSource(cfg, []part{{path: cfg.Path}}, nil)
}

// ReadObject reads one file or object to its end and hands its rows over, batch
// by batch; a batch is valid until emit returns.
func ReadObject(ctx context.Context, obj Object, cfg Config, emit func(*exec.Batch) error) (err error) {
	cfg.complete()
	cfg.Follow, cfg.Monitor = false, 0
	s, err := newSource(cfg, []part{{path: obj.Path}}, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for {
		b, err := s.Read(ctx)
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case b == nil:
			continue
		}
		if err := emit(b); err != nil {
			return err
		}
	}
}
