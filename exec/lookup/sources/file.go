package sources

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/file"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

// settled is the age from which a file's time tells whether it has changed: two
// writes within one step of the file system's clock have the same.
const settled = 2 * time.Second

// File is 'connector' = 'file': files of a directory or of an object store.
type File struct {
	// Allow says which paths and stores may be read; nil: all.
	Allow *allow.List
}

var _ lookup.Connector = File{}

// Options declares the options: those of the connector of tables that speak of
// reading whole files.
func (File) Options() []catalog.OptionSpec {
	all, err := file.Specs(nil)
	if err != nil {
		return nil // without a format there is none to be wrong
	}
	all = without(all, "connector", "on-error", "reject.table", "path", "scan.", "sink.", "source.")
	all = append([]catalog.OptionSpec{
		{Key: "path", Required: true, Doc: "a file, a directory, a pattern (customers/*.json), s3://bucket/key, gs://bucket/key or azblob://container/key; all files together are the table"},
	}, all...)
	return merge(all, records.FormatSpecs(format.Names()...)...)
}

// Check looks at the options that a table is declared with.
func (k File) Check(t *catalog.Table) error {
	if err := loadsOnly(t, "file"); err != nil {
		return err
	}
	s, err := k.open(t)
	if err != nil {
		return err
	}
	path := strings.TrimPrefix(s.cfg.Path, "file://")
	if path == "-" || path == "/dev/stdin" {
		return s.hide(records.Invalid("path", "a lookup table is read more than once, standard input is not"))
	}
	return s.hide(s.cfg.Allow(s.cfg.Path))
}

// Open prepares a source.
func (k File) Open(_ context.Context, r lookup.OpenRequest) (lookup.Source, error) {
	s, err := k.open(r.Table)
	if err != nil {
		return nil, err
	}
	s.cfg.Log = r.Log
	if s.cfg.Log == nil {
		s.cfg.Log = slog.New(slog.DiscardHandler)
	}
	return s, nil
}

func (k File) open(t *catalog.Table) (*files, error) {
	v, hide, err := records.Options(t, k.Options())
	if err != nil {
		return nil, err
	}
	if _, _, err := records.FormatOf(v, "format", format.Names()...); err != nil {
		return nil, hide(err)
	}
	all, err := catalog.ResolveSecrets(t.Options)
	if err != nil {
		return nil, err
	}
	s := &files{hide: hide}
	if s.cfg, err = file.Configure(append(own(all, k.Options()), catalog.Option{Key: "connector", Value: "file"})); err != nil {
		return nil, hide(err)
	}
	s.cfg.OnError, s.cfg.BatchRows = file.OnErrorFail, records.MaxRows
	s.cfg.Allow, s.cfg.Dial = s.allowed(k.Allow), k.Allow.Dialer()
	s.cfg.Fields = records.Fields(t)
	for _, f := range s.cfg.Fields {
		s.cfg.Columns = append(s.cfg.Columns, file.Column{Name: f.Name, Type: f.Type})
	}
	if s.cfg.Format.Name == "json" {
		s.json, err = records.New(records.Config{Format: s.cfg.Format, Options: s.cfg.FormatOptions, Columns: s.cfg.Fields})
	} else if !s.cfg.Format.FilesOnly { // whose columns the file tells
		_, err = s.cfg.Format.Decoder(format.Table{Columns: s.cfg.Fields, Want: s.cfg.Fields}, s.cfg.FormatOptions)
	}
	if err != nil {
		return nil, hide(err)
	}
	return s, nil
}

// files is a set of files.
type files struct {
	cfg  file.Config
	json *records.Reader
	hide func(error) error
}

// allowed judges paths here; the hosts of stores are judged where the connection
// is made.
func (*files) allowed(list *allow.List) func(string) error {
	return func(path string) error {
		if scheme, rest, ok := strings.Cut(path, "://"); ok {
			if scheme != "file" {
				return nil
			}
			path = rest
		}
		return list.Path(path)
	}
}

// Close has nothing to let go of.
func (*files) Close() error { return nil }

// Load reads all files, unless none has changed since. What changes while it is
// read may be half of one thing and half of another, and is refused.
func (s *files) Load(ctx context.Context, since string, emit func(*exec.Batch) error) (string, error) {
	var emitted error // goes back as it is
	token, err := s.load(ctx, since, func(b *exec.Batch) error {
		emitted = emit(b)
		return emitted
	})
	if emitted != nil {
		return "", emitted
	}
	if errors.Is(err, lookup.ErrUnchanged) {
		return since, lookup.ErrUnchanged
	}
	return token, s.hide(err)
}

func (s *files) load(ctx context.Context, since string, emit func(*exec.Batch) error) (string, error) {
	list, err := file.List(ctx, &s.cfg)
	if err != nil {
		return "", err
	}
	token, err := tokenOf(list)
	if err != nil {
		return "", err
	}
	if since != "" && token == since {
		return "", lookup.ErrUnchanged
	}
	for _, o := range list {
		if o.Size < 0 {
			return "", sqlerr.New(sqlerr.WrongObjectType, "%q is not a regular file", o.Path)
		}
		if err := s.read(ctx, o, emit); err != nil {
			return "", err
		}
	}
	again, err := file.List(ctx, &s.cfg)
	if err != nil {
		return "", err
	}
	if after, err := tokenOf(again); err != nil {
		return "", err
	} else if after != token {
		return "", sqlerr.New(sqlerr.IOError, "%q has changed while it was read", s.cfg.Path).
			Hint("Write a new file beside the old one and rename it.")
	}
	if fresh(list) {
		return "", nil
	}
	return token, nil
}

// tokenOf stands for the state of files.
func tokenOf(list []file.Object) (string, error) {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, o := range list {
		if err := enc.Encode([]any{o.Path, o.Size, o.ModTime.UnixNano(), o.ETag}); err != nil {
			return "", sqlerr.Wrap(err, sqlerr.InternalError, "%v", err)
		}
	}
	return fmt.Sprintf("%d:%s", len(list), hex.EncodeToString(h.Sum(nil))), nil
}

// fresh tells files that are so new that another write might not show.
func fresh(list []file.Object) bool {
	now := time.Now() // the clock of files, whatever the engine's is
	for _, o := range list {
		if age := now.Sub(o.ModTime); o.ETag == "" && age >= 0 && age < settled {
			return true
		}
	}
	return false
}

// read reads one file. JSON may be an array, which is no lines.
func (s *files) read(ctx context.Context, o file.Object, emit func(*exec.Batch) error) (err error) {
	if s.json == nil {
		return file.ReadObject(ctx, o, s.cfg, emit)
	}
	h, _, err := file.Open(ctx, &s.cfg, o.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	in, err := s.cfg.Unpack(o.Path, h)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	_, _, err = s.json.Read(fmt.Sprintf("file %q", o.Path), in, func(b *exec.Batch) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return emit(b)
	})
	return err
}
