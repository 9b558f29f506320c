package file

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// watch looks for files that have come into a directory.
type watch struct {
	seen     map[string]bool // of the last listing, so as many as there are files
	nextLook time.Time
}

// byTime orders files as they came: by the time of their last change, then by
// path.
func byTime(objects []Object) []Object {
	out := slices.Clone(objects)
	slices.SortStableFunc(out, func(a, b Object) int {
		return cmp.Or(a.ModTime.Compare(b.ModTime), cmp.Compare(a.Path, b.Path))
	})
	return out
}

// look gives the files that have come since the last look. A file that has
// gone and comes again counts as new.
func (w *watch) look(ctx context.Context, cfg *Config) ([]part, error) {
	objects, err := List(ctx, cfg)
	if err != nil {
		return nil, err
	}
	now := make(map[string]bool, len(objects))
	var fresh []part
	for _, o := range byTime(objects) {
		now[o.Path] = true
		if !w.seen[o.Path] {
			fresh = append(fresh, part{path: o.Path})
		}
	}
	w.seen = now
	return fresh, nil
}
