package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// maxFiles bounds the files of one table; a listing beyond it is refused.
const maxFiles = 100_000

// Object is a file, or an object of a store.
type Object struct {
	// Path is what the column METADATA FROM 'path' has: a path, or a URL.
	Path string
	// Size in bytes; -1 for what has none, such as a pipe.
	Size    int64
	ModTime time.Time
	// ETag changes with the content, where the store says so.
	ETag string
}

// Handle is an open Object. Its bytes are read in order by Read or anywhere by
// ReadAt, not both.
type Handle interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// List gives the files that cfg.Path stands for, by path: one file, those in and
// beneath a directory, those that a pattern (*, ?, [a-z]) fits, or objects of a
// store. Names that begin with a dot or an underscore are passed over in
// directories. A directory may be empty; a file or pattern that finds nothing is
// an error.
func List(ctx context.Context, cfg *Config) ([]Object, error) {
	if isURL(cfg.Path) {
		return listStore(ctx, cfg)
	}
	path := strings.TrimPrefix(cfg.Path, "file://")
	if isStandard(path) {
		return []Object{{Path: path, Size: -1}}, nil
	}
	if err := allowed(cfg, path); err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return listDir(cfg, path)
	case err == nil:
		return []Object{localObject(path, info)}, nil
	case errors.Is(err, fs.ErrNotExist) && isPattern(path):
		return listPattern(cfg, path)
	}
	return nil, openError(path, "reading", err)
}

// allowed asks the list of allowed paths, if there is one.
func allowed(cfg *Config, path string) error {
	if cfg.Allow == nil || isStandard(path) {
		return nil
	}
	return cfg.Allow(path)
}

func isStandard(path string) bool { return path == "-" || path == "/dev/stdin" }

func isPattern(path string) bool { return strings.ContainsAny(path, "*?[") }

// hidden tells names of files that are not data, or not yet.
func hidden(name string) bool { return name[0] == '.' || name[0] == '_' }

func localObject(path string, info fs.FileInfo) Object {
	o := Object{Path: path, Size: info.Size(), ModTime: info.ModTime()}
	if !info.Mode().IsRegular() {
		o.Size = -1
	}
	return o
}

func tooMany(path string) error {
	return sqlerr.New(sqlerr.ProgramLimitExceeded, "%q stands for more than %d files", path, maxFiles)
}

// listDir gives the regular files in and beneath a directory.
func listDir(cfg *Config, root string) ([]Object, error) {
	var out []Object
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) && path != root {
				return nil // gone since its name was read
			}
			return openError(path, "reading", err)
		}
		if path != root && hidden(d.Name()) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		info, err := os.Stat(path) // through a link, which must be allowed too
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		if d.Type()&fs.ModeSymlink != 0 {
			if err := allowed(cfg, path); err != nil {
				return err
			}
		}
		if len(out) == maxFiles {
			return tooMany(root)
		}
		out = append(out, localObject(path, info))
		return nil
	})
	return out, err // WalkDir goes by name
}

// listPattern gives the files that a pattern fits.
func listPattern(cfg *Config, pattern string) ([]Object, error) {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "wrong pattern in option %q: %q", optPath, pattern)
	}
	slices.Sort(names)
	var out []Object
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil || hidden(filepath.Base(name)) && !strings.HasPrefix(filepath.Base(pattern), filepath.Base(name)[:1]) {
			continue
		}
		if err := allowed(cfg, name); err != nil {
			return nil, err
		}
		if info.IsDir() {
			inside, err := listDir(cfg, name)
			if err != nil {
				return nil, err
			}
			out = append(out, inside...)
			continue
		}
		out = append(out, localObject(name, info))
		if len(out) > maxFiles {
			return nil, tooMany(pattern)
		}
	}
	if len(out) == 0 && !cfg.Watched() {
		return nil, openError(pattern, "reading", fs.ErrNotExist)
	}
	return out, nil
}

// Open opens a file or object for reading; ctx governs the reading too.
func Open(ctx context.Context, cfg *Config, path string) (Handle, Object, error) {
	if isURL(path) {
		return openStore(ctx, cfg, path)
	}
	path = strings.TrimPrefix(path, "file://")
	if err := allowed(cfg, path); err != nil {
		return nil, Object{}, err
	}
	name := path
	if isStandard(path) {
		name = "/dev/stdin"
	}
	// Opening a named pipe does not wait for a writer.
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, Object{}, openError(path, "reading", err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = syscall.EISDIR
	}
	if err != nil {
		_ = f.Close() // nothing was read
		return nil, Object{}, openError(path, "reading", err)
	}
	return f, localObject(path, info), nil
}
