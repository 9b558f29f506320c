package session

import "github.com/penstock/penstock/catalog"

// Job is how the catalog has a job.
func (l *Local) Job(id string) (*catalog.Job, bool) {
	j, err := l.catalog.Current().Job(id)
	return j, err == nil
}
