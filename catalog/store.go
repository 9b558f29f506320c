package catalog

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/penstock/penstock/internal/sqlerr"
)

// lockTimeout is how long Open waits for another process to let go of the
// data directory.
const lockTimeout = 2 * time.Second

// storeFormat is the version of the file's layout, recordFormat that of one
// object's JSON. A file or object from a later version is refused, not guessed.
const (
	storeFormat  = "1"
	recordFormat = 1
)

var (
	metaBucket = []byte("meta")
	formatKey  = []byte("format")
	buckets    = map[ObjectKind][]byte{TableObject: []byte("tables"), ViewObject: []byte("views"), JobObject: []byte("jobs"),
		FunctionObject: []byte("functions"), EndpointObject: []byte("endpoints")}
)

// record is how an object is kept.
type record struct {
	Format int             `json:"format"`
	Object json.RawMessage `json:"object"`
}

// store is the file in the data directory.
type store struct {
	db   *bbolt.DB
	path string
}

// openStore waits that long, at most, for the file's lock.
func openStore(dir string, wait time.Duration) (*store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, sqlerr.Wrap(err, sqlerr.IOError, "data directory %q: %v", dir, err)
	}
	path := filepath.Join(dir, "catalog.db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: wait})
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return nil, sqlerr.Wrap(err, sqlerr.ObjectInUse, "data directory %q is in use by another process", dir).
			Hint("Stop that process, or choose another directory with --data-dir.")
	}
	if err != nil {
		return nil, sqlerr.Wrap(err, sqlerr.IOError, "catalog file %q: %v", path, err)
	}
	s := &store{db, path}
	if err := s.prepare(); err != nil {
		return nil, errors2(err, db.Close())
	}
	return s, nil
}

// errors2 joins a second error only where there is one, so that the first
// keeps its type.
func errors2(err, second error) error {
	if second == nil {
		return err
	}
	return errors.Join(err, second)
}

// prepare makes the buckets of a new file and checks the format of an old one.
func (s *store) prepare() error {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucketIfNotExists(metaBucket)
		if err != nil {
			return err
		}
		for _, b := range buckets {
			if _, err := tx.CreateBucketIfNotExists(b); err != nil {
				return err
			}
		}
		switch format := meta.Get(formatKey); {
		case format == nil:
			return meta.Put(formatKey, []byte(storeFormat))
		case string(format) != storeFormat:
			return sqlerr.New(sqlerr.DataCorrupted, "catalog file %q has format %q, this server reads %q", s.path, format, storeFormat)
		}
		return nil
	})
	return s.wrap(err)
}

// wrap gives an error of the file a code and the file's name.
func (s *store) wrap(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*sqlerr.Error](err); ok {
		return err
	}
	return sqlerr.Wrap(err, sqlerr.IOError, "catalog file %q: %v", s.path, err)
}

// load reads all objects.
func (s *store) load() (*objects, error) {
	o := newObjects()
	err := s.db.View(func(tx *bbolt.Tx) error {
		if err := loadBucket(s, tx, TableObject, o.tables); err != nil {
			return err
		}
		if err := loadBucket(s, tx, ViewObject, o.views); err != nil {
			return err
		}
		if err := loadBucket(s, tx, FunctionObject, o.functions); err != nil {
			return err
		}
		if err := loadBucket(s, tx, EndpointObject, o.endpoints); err != nil {
			return err
		}
		return loadBucket(s, tx, JobObject, o.jobs)
	})
	o.index()
	return o, s.wrap(err)
}

func loadBucket[T any](s *store, tx *bbolt.Tx, kind ObjectKind, into map[string]*T) error {
	return tx.Bucket(buckets[kind]).ForEach(func(k, v []byte) error {
		var r record
		var object T
		err := json.Unmarshal(v, &r)
		if err == nil && r.Format != recordFormat {
			return sqlerr.New(sqlerr.DataCorrupted, "catalog file %q: %s %q has format %d, this server reads %d",
				s.path, kind, k, r.Format, recordFormat)
		}
		if err == nil {
			err = json.Unmarshal(r.Object, &object)
		}
		if err != nil {
			return sqlerr.Wrap(err, sqlerr.DataCorrupted, "catalog file %q: %s %q: %v", s.path, kind, k, err)
		}
		into[string(k)] = &object
		return nil
	})
}

// apply writes changes, all or none.
func (s *store) apply(changes []change) error {
	return s.wrap(s.db.Update(func(tx *bbolt.Tx) error {
		for _, c := range changes {
			b := tx.Bucket(buckets[c.kind])
			if c.value == nil {
				if err := b.Delete([]byte(c.key)); err != nil {
					return err
				}
				continue
			}
			object, err := json.Marshal(c.value)
			if err != nil {
				return err
			}
			data, err := json.Marshal(record{recordFormat, object})
			if err != nil {
				return err
			}
			if err := b.Put([]byte(c.key), data); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (s *store) close() error { return s.wrap(s.db.Close()) }
