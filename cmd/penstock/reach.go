package main

import (
	"github.com/spf13/pflag"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/allow"
)

// reach holds the flags that say which files and hosts statements may name.
type reach struct{ paths, hosts []string }

func (r *reach) flags(f *pflag.FlagSet) {
	f.StringSliceVar(&r.paths, "allow-paths", nil, "`folders` that SQL may read and write, and take secrets from; all without it")
	f.StringSliceVar(&r.hosts, "allow-hosts", nil, "`hosts` that lookup tables, functions and object stores may reach: names, *.domain, addresses, 10.0.0.0/8;\nall without it but link-local and metadata addresses, which must be listed")
}

// list makes the judge of both.
func (r *reach) list() *allow.List {
	if len(r.paths) > 0 {
		catalog.SetSecretPolicy(catalog.SecretPolicy{File: catalog.SecretDirs(r.paths...)})
	}
	return allow.New(r.paths, r.hosts)
}
