package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

// partSink writes files as a whole: a single one, or one after the other into a
// directory or beneath a key of a store. A file appears under its name when it
// is complete; until then a local one is hidden, and is left behind so when the
// process dies. Rows are durable once their file is complete. It is used by one
// goroutine.
type partSink struct {
	cfg     Config
	fields  []format.Field
	encoder format.Encoder // of formats that consist of records
	single  bool
	run     string // tells the files of this run from those of others
	next    int
	out     *outFile
	buf     []byte
}

// newPartSink sees that the path can be written.
func newPartSink(cfg Config, fields []format.Field) (*partSink, error) {
	s := &partSink{cfg: cfg, fields: fields, run: strconv.FormatInt(time.Now().UnixMilli(), 36)}
	s.single = !isDir(cfg.Path)
	var err error
	if cfg.Format.CreateFile == nil {
		if s.encoder, err = cfg.Format.NewEncoder(fields, cfg.FormatOptions); err != nil {
			return nil, err
		}
	}
	if !s.single {
		if !isURL(cfg.Path) {
			if err := os.MkdirAll(cfg.Path, 0o755); err != nil {
				return nil, openError(cfg.Path, "writing", err)
			}
		}
		return s, nil
	}
	if !cfg.Truncate {
		if err := s.refuseExisting(); err != nil {
			return nil, err
		}
	}
	// The one file is there even if no row comes.
	return s, s.create()
}

// refuseExisting keeps a single file that cannot be added to.
func (s *partSink) refuseExisting() error {
	src, obj, err := Open(context.Background(), &s.cfg, s.cfg.Path)
	if sqlerr.CodeOf(err) == sqlerr.UndefinedFile {
		return nil
	}
	if err != nil {
		return err
	}
	if err := src.Close(); err != nil {
		return ioError(s.cfg.Path, "close", err)
	}
	if obj.Size == 0 {
		return nil
	}
	return sqlerr.New(sqlerr.DuplicateObject, "%q exists, and rows cannot be added to it", s.cfg.Path).
		Hint("set %q to false to replace it, or let the path end with / to write files into a directory", optAppend)
}

// outFile is a file under way.
type outFile struct {
	path, hidden string // hidden: where a local file grows
	f            *os.File
	obj          *blob.Writer
	bucket       *blob.Bucket
	cancel       context.CancelFunc
	pack         packer
	whole        format.FileWriter
	written      int64 // packed bytes
	rows         int64
	opened       time.Time
}

// Write counts and passes on packed bytes.
func (o *outFile) Write(p []byte) (n int, err error) {
	if o.obj != nil {
		n, err = o.obj.Write(p)
	} else {
		n, err = o.f.Write(p)
	}
	o.written += int64(n)
	return n, err
}

// extension is what the names of part files end with.
func (s *partSink) extension() string {
	ext := "." + strings.TrimSuffix(s.cfg.Format.Name, "-confluent")
	switch s.cfg.compression {
	case gzipped:
		ext += ".gz"
	case zstandard:
		ext += ".zst"
	}
	return ext
}

// create begins a file.
func (s *partSink) create() (err error) {
	o := &outFile{path: s.cfg.Path, opened: time.Now()}
	if !s.single {
		o.path = fmt.Sprintf("%s/part-%s-%d-%06d%s", strings.TrimSuffix(s.cfg.Path, "/"), s.run, s.cfg.Task, s.next, s.extension())
		s.next++
	}
	if isURL(o.path) {
		err = s.createObject(o)
	} else {
		o.path = strings.TrimPrefix(o.path, "file://")
		o.hidden = filepath.Join(filepath.Dir(o.path), "."+filepath.Base(o.path)+".inprogress")
		o.f, err = os.OpenFile(o.hidden, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		if err != nil {
			return openError(o.path, "writing", err)
		}
	}
	if err != nil {
		return err
	}
	if o.pack, err = s.cfg.compression.of(o.path).writer(o); err == nil {
		if s.encoder == nil {
			o.whole, err = s.cfg.Format.CreateFile(o.pack, s.fields, s.cfg.FormatOptions)
		} else {
			s.buf, err = header(s.buf[:0], &s.cfg, s.encoder)
		}
	}
	if err != nil {
		return errors.Join(err, o.abandon())
	}
	s.out = o
	return nil
}

func (s *partSink) createObject(o *outFile) error {
	ctx, cancel := context.WithCancel(context.Background())
	o.cancel = cancel
	var key string
	var err error
	if o.bucket, key, err = bucketOf(ctx, &s.cfg, o.path); err != nil {
		cancel()
		return err
	}
	if o.obj, err = o.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: "application/octet-stream"}); err != nil {
		cancel()
		return errors.Join(storeError(o.path, "write", err), o.bucket.Close())
	}
	return nil
}

// Write adds rows to the file under way; a row that cannot be written is the
// sink's error.
func (s *partSink) Write(ctx context.Context, b *exec.Batch) error {
	if b.Rows() == 0 {
		return nil
	}
	if s.out == nil {
		if err := s.create(); err != nil {
			return err
		}
	}
	o := s.out
	if o.whole != nil {
		if err := o.whole.Write(b); err != nil {
			return s.fault(err)
		}
	} else {
		for i := range b.Rows() {
			var err error
			if s.buf, err = s.encoder.Encode(s.buf, b, b.Row(i)); err != nil {
				return err
			}
			s.buf = append(s.buf, '\n')
		}
		if err := s.drain(); err != nil {
			return err
		}
	}
	o.rows += int64(b.Rows())
	size := o.written
	if o.whole != nil {
		size += o.whole.Held()
	}
	if !s.single && (size >= s.cfg.RollBytes || time.Since(o.opened) >= s.cfg.RollEvery) {
		return s.complete()
	}
	return nil
}

// drain hands encoded records on.
func (s *partSink) drain() error {
	_, err := s.out.pack.Write(s.buf)
	s.buf = s.buf[:0]
	return s.fault(err)
}

// fault describes an error of writing.
func (s *partSink) fault(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*sqlerr.Error](err); ok {
		return err
	}
	if s.out.obj != nil {
		return storeError(s.out.path, "write", err)
	}
	return ioError(s.out.path, "write", err)
}

// complete ends the file under way and gives it its name.
func (s *partSink) complete() error {
	o := s.out
	if o == nil {
		return nil
	}
	var err error
	if len(s.buf) > 0 {
		err = s.drain()
	}
	if o.whole != nil && err == nil {
		err = s.fault(o.whole.Close())
	}
	if err == nil {
		err = s.fault(o.pack.Close())
	}
	if err != nil {
		s.out = nil
		return errors.Join(err, o.abandon())
	}
	if o.obj != nil {
		err = s.fault(o.obj.Close())
		o.cancel()
		if e := o.bucket.Close(); err == nil && e != nil {
			err = storeError(o.path, "write", e)
		}
	} else if err = syncClose(o.f, o.path); err == nil {
		if e := os.Rename(o.hidden, o.path); e != nil {
			err = ioError(o.path, "rename", e)
		}
	}
	s.out = nil
	s.cfg.Stats.Rows.Add(o.rows)
	s.cfg.Stats.Bytes.Add(o.written)
	return err
}

// abandon throws the file away.
func (o *outFile) abandon() error {
	if o.obj != nil {
		o.cancel() // before Close, so that the object does not come to be
		_ = o.obj.Close()
		return o.bucket.Close()
	}
	return errors.Join(o.f.Close(), os.Remove(o.hidden))
}

// Flush hands on what is encoded; the rows are durable when their file is
// complete.
func (s *partSink) Flush(context.Context) error {
	if s.out == nil || len(s.buf) == 0 {
		return nil
	}
	return s.drain()
}

// Close completes the file under way.
func (s *partSink) Close() error { return s.complete() }

var _ io.Writer = (*outFile)(nil)
