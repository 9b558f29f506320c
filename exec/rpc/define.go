package rpc

import (
	"context"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// definition is a function as read from its options, secrets resolved.
type definition struct {
	fn       *catalog.Function
	options  catalog.Options // resolved
	values   *catalog.OptionValues
	settings *settings

	endpoint *catalog.Endpoint // nil: the option is an address
	link     *catalog.OptionValues
	linkOpts catalog.Options // resolved, those that link was made of
	// rawKey identifies endpoint and options as written, shown is the endpoint for
	// people.
	rawKey, shown string
	addrs         []string
	reflection    bool
}

// hide takes secrets out of an error.
func (d *definition) hide(err error) error {
	return catalog.HideSecrets(d.linkOpts, catalog.HideSecrets(d.options, err))
}

// define reads a function's options.
func (fs *Functions) define(f *catalog.Function) (*definition, error) {
	if f.Language != catalog.LanguageGRPC && f.Language != catalog.LanguageHTTP {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "language %s is not supported for remote functions", f.Language)
	}
	opts, err := catalog.ResolveSecrets(f.Options)
	if err != nil {
		return nil, err
	}
	v, err := catalog.Validate(functionSpecs(f.Language), opts)
	if err != nil {
		return nil, err
	}
	d := &definition{fn: f, options: opts, values: v, rawKey: f.Options.String()}
	if err := d.hide(d.read(fs)); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *definition) read(fs *Functions) error {
	pos := position(d.options)
	var err error
	if d.settings, err = newSettings(d.fn.Language, d.values, d.fn.Args, pos); err != nil {
		return err
	}
	name := d.values.String("endpoint")
	if d.endpoint = fs.cfg.Endpoint(name); d.endpoint != nil {
		if err := d.fromEndpoint(fs); err != nil {
			return err
		}
	} else {
		d.link, d.linkOpts, d.shown = d.values, d.options, catalog.MaskOption("endpoint", name)
		d.addrs = splitAddresses(name)
	}
	if err := checkAddresses(fs, d.fn.Language, d.addrs, pos("endpoint")); err != nil {
		return err
	}
	if _, ok := parseRate(d.link.String("rate-limit")); !ok {
		return badValue("rate-limit", d.link, position(d.linkOpts), "A number of calls in a time is expected, such as '100/s' or '10/min'.")
	}
	if d.fn.Language == catalog.LanguageGRPC {
		d.reflection = d.values.Bool("reflection")
		switch given := d.values.IsSet("proto"); {
		case given && d.reflection:
			return sqlerr.New(sqlerr.InvalidParameterValue, "options 'proto' and 'reflection' exclude each other").At(pos("reflection"))
		case !given && !d.reflection:
			return sqlerr.New(sqlerr.InvalidParameterValue, "option 'proto' is missing").Hint("give the .proto, or 'reflection' = 'true' where the server describes itself")
		}
	}
	return nil
}

// fromEndpoint takes address and limits from an ENDPOINT.
func (d *definition) fromEndpoint(fs *Functions) error {
	for _, o := range d.options {
		if ownedByEndpoint(o.Key) {
			return sqlerr.New(sqlerr.InvalidParameterValue, "option '%s' belongs to endpoint %s", o.Key, catalog.QuoteIdent(d.endpoint.Name)).
				Hint("set it with CREATE OR REPLACE ENDPOINT").At(o.KeyPos)
		}
	}
	var err error
	if d.linkOpts, err = catalog.ResolveSecrets(d.endpoint.Options); err != nil {
		return err
	}
	if d.link, err = fs.endpointOptions(&catalog.Endpoint{Name: d.endpoint.Name, Options: d.linkOpts}); err != nil {
		return err
	}
	d.shown = d.endpoint.Name
	d.addrs = splitAddresses(d.link.String("url"))
	d.rawKey += "\x00" + d.endpoint.SQL + d.endpoint.Options.String()
	return nil
}

// ownedByEndpoint tells the options that a function does not set where an ENDPOINT
// object does. Headers may be added by both.
func ownedByEndpoint(key string) bool {
	for _, l := range [][]catalog.OptionSpec{linkOptions, grpcLink, httpLink} {
		for _, s := range l {
			if !s.Prefix && s.Key == key {
				return true
			}
		}
	}
	return false
}

// endpointOptions checks the options of an endpoint.
func (fs *Functions) endpointOptions(e *catalog.Endpoint) (*catalog.OptionValues, error) {
	opts, err := catalog.ResolveSecrets(e.Options)
	if err != nil {
		return nil, err
	}
	v, err := catalog.Validate(endpointSpecs(), opts)
	if err != nil {
		return nil, err
	}
	if _, ok := parseRate(v.String("rate-limit")); !ok {
		return nil, badValue("rate-limit", v, position(opts), "A number of calls in a time is expected, such as '100/s' or '10/min'.")
	}
	return v, nil
}

func splitAddresses(s string) []string {
	var out []string
	for p := range strings.SplitSeq(s, ",") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// headers are those of calls: the endpoint's, then the function's.
func (d *definition) headers(prefix string) []catalog.Option {
	if d.endpoint == nil {
		return d.values.Prefixed(prefix)
	}
	return slices.Concat(d.link.Prefixed(prefix), d.values.Prefixed(prefix))
}

// plan is a function ready to be called: the method, and how questions and
// answers look on the wire.
type plan interface {
	// unary tells a method that takes one question a call.
	unary() bool
	// codec makes a reader and writer for one goroutine; columns index Returns.
	codec(columns []int) (codec, error)
	transport(l *link, d *definition) transport
}

func (d *definition) compile(ctx context.Context, fs *Functions, l *link) (plan, error) {
	if d.fn.Language == catalog.LanguageHTTP {
		return compileJSON(d)
	}
	return compileProto(ctx, fs, d, l)
}
