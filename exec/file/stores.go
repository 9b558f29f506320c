package file

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/penstock/penstock/exec/file/gcs"
	"github.com/penstock/penstock/internal/sqlerr"
)

// readAtLeast is the size of a store's requests when a file is read here and
// there: what a Parquet page is, about.
const readAtLeast = 256 << 10

// isURL tells the addresses of object stores.
func isURL(path string) bool {
	scheme, _, ok := strings.Cut(path, "://")
	return ok && scheme != "file"
}

// bucketOf opens the bucket that a URL names, and gives the key within.
func bucketOf(ctx context.Context, cfg *Config, raw string) (*blob.Bucket, string, error) {
	u, err := url.Parse(strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(raw)) // keys and patterns may hold them
	if err != nil || u.Host == "" {
		return nil, "", sqlerr.New(sqlerr.InvalidParameterValue, "option %q is no address of a store: %q", optPath, raw).
			Hint("s3://bucket/key, gs://bucket/key or azblob://container/key")
	}
	if cfg.Allow != nil {
		if err := cfg.Allow(raw); err != nil {
			return nil, "", err
		}
	}
	var b *blob.Bucket
	switch u.Scheme {
	case "s3", "s3a":
		b, err = openS3(ctx, cfg, u.Host)
	case "azblob":
		b, err = openAzure(ctx, cfg, u.Host)
	case "gs":
		b, err = openGCS(cfg, u.Host)
	default:
		return nil, "", sqlerr.New(sqlerr.InvalidParameterValue, "option %q: there is no store %q", optPath, u.Scheme+"://").
			Hint("s3://, gs://, azblob://, file:// or a plain path")
	}
	if err != nil {
		return nil, "", storeError(raw, "open", err)
	}
	return b, strings.TrimPrefix(u.Path, "/"), nil
}

// storeError describes what a store has answered.
func storeError(raw, verb string, err error) error {
	if e, ok := errors.AsType[*sqlerr.Error](err); ok {
		return e
	}
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		return sqlerr.Wrap(err, sqlerr.UndefinedFile, "could not %s %q: no such object or bucket", verb, raw)
	case gcerrors.PermissionDenied:
		return sqlerr.Wrap(err, sqlerr.InsufficientPrivilege, "could not %s %q: permission denied", verb, raw)
	}
	return sqlerr.Wrap(err, sqlerr.IOError, "could not %s %q: %s", verb, raw, err)
}

// listStore gives the objects that a URL stands for: the one of this key, those
// beneath it, or those that its pattern fits.
func listStore(ctx context.Context, cfg *Config) ([]Object, error) {
	b, key, err := bucketOf(ctx, cfg, cfg.Path)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	root := strings.TrimSuffix(cfg.Path, key)
	prefix, pattern := key, ""
	if isPattern(key) {
		pattern = key
		prefix = key[:strings.IndexAny(key, "*?[")]
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "wrong pattern in option %q: %q", optPath, cfg.Path)
		}
	}
	var out []Object
	for it := b.List(&blob.ListOptions{Prefix: prefix}); ; {
		o, err := it.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, storeError(cfg.Path, "list", err)
		}
		if pattern != "" {
			if ok, _ := path.Match(pattern, o.Key); !ok {
				continue
			}
		} else if o.Key != key && (!beneath(key, o.Key) || hiddenBeneath(o.Key[len(key):])) {
			continue
		}
		if o.IsDir || strings.HasSuffix(o.Key, "/") {
			continue
		}
		if len(out) == maxFiles {
			return nil, tooMany(cfg.Path)
		}
		out = append(out, Object{Path: root + o.Key, Size: o.Size, ModTime: o.ModTime, ETag: tagOf(o.MD5, o.As)})
	}
	if len(out) == 0 && !cfg.Watched() {
		return nil, sqlerr.New(sqlerr.UndefinedFile, "could not read %q: no such object", cfg.Path)
	}
	slices.SortFunc(out, func(a, b Object) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}

// tagOf gives what changes with an object's content: Google's number of it, which
// composed objects have too, or its MD5.
func tagOf(md5 []byte, as func(any) bool) string {
	var g gcs.Generation
	if as(&g) {
		return strconv.FormatInt(int64(g), 10)
	}
	return hex.EncodeToString(md5)
}

// beneath tells whether an object lies in the directory that key names.
func beneath(key, object string) bool {
	return strings.HasPrefix(object, key) && (key == "" || strings.HasSuffix(key, "/") || object[len(key)] == '/')
}

func hiddenBeneath(rest string) bool {
	for part := range strings.SplitSeq(rest, "/") {
		if part != "" && hidden(part) {
			return true
		}
	}
	return false
}

// openStore opens one object.
func openStore(ctx context.Context, cfg *Config, raw string) (Handle, Object, error) {
	b, key, err := bucketOf(ctx, cfg, raw)
	if err != nil {
		return nil, Object{}, err
	}
	a, err := b.Attributes(ctx, key)
	if err != nil {
		return nil, Object{}, errors.Join(storeError(raw, "read", err), b.Close())
	}
	obj := Object{Path: raw, Size: a.Size, ModTime: a.ModTime, ETag: tagOf(a.MD5, a.As)}
	return &storeObject{ctx: ctx, bucket: b, key: key, obj: obj}, obj, nil
}

// storeObject reads an object: from its beginning by one request, or by
// requests of pieces.
type storeObject struct {
	ctx    context.Context
	bucket *blob.Bucket
	key    string
	obj    Object
	r      *blob.Reader
	piece  []byte // what the last request of a piece has brought
	at     int64
}

func (o *storeObject) Read(p []byte) (int, error) {
	if o.r == nil {
		r, err := o.bucket.NewReader(o.ctx, o.key, nil)
		if err != nil {
			return 0, storeError(o.obj.Path, "read", err)
		}
		o.r = r
	}
	n, err := o.r.Read(p)
	if err != nil && err != io.EOF {
		err = storeError(o.obj.Path, "read", err)
	}
	return n, err
}

func (o *storeObject) ReadAt(p []byte, at int64) (int, error) {
	if at >= o.obj.Size {
		return 0, io.EOF
	}
	want := min(int64(len(p)), o.obj.Size-at)
	if at < o.at || at+want > o.at+int64(len(o.piece)) {
		size := min(max(want, readAtLeast), o.obj.Size-at)
		r, err := o.bucket.NewRangeReader(o.ctx, o.key, at, size, nil)
		if err != nil {
			return 0, storeError(o.obj.Path, "read", err)
		}
		if int64(cap(o.piece)) < size {
			o.piece = make([]byte, size)
		}
		o.piece = o.piece[:size]
		_, err = io.ReadFull(r, o.piece)
		if e := r.Close(); err == nil {
			err = e
		}
		if err != nil {
			o.piece = o.piece[:0]
			return 0, storeError(o.obj.Path, "read", err)
		}
		o.at = at
	}
	n := copy(p, o.piece[at-o.at:][:want])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (o *storeObject) Close() error {
	var err error
	if o.r != nil {
		err = o.r.Close()
	}
	return errors.Join(err, o.bucket.Close())
}
