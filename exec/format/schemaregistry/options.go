package schemaregistry

import (
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Specs declares the options of a registry, for a format whose options begin
// with prefix.
func Specs(prefix string) []catalog.OptionSpec {
	return []catalog.OptionSpec{
		{Key: prefix + ".url", Required: true, Doc: "addresses of the schema registry, separated by commas"},
		{Key: prefix + ".subject", Doc: "the subject under which a sink registers its schema; TOPIC-value or TOPIC-key by default"},
		{Key: prefix + ".basic-auth.credentials-source", Kind: catalog.OptEnum, Enum: []string{"USER_INFO"}, Doc: "where basic-auth credentials come from"},
		{Key: prefix + ".basic-auth.user-info", Secret: true, Doc: "user:password"},
		{Key: prefix + ".bearer-auth.token", Secret: true, Doc: "a token in place of user and password"},
		{Key: prefix + ".timeout", Kind: catalog.OptDuration, Default: DefaultTimeout.String(), Min: int64(100 * time.Millisecond), Max: int64(5 * time.Minute), Doc: "bounds a request, of which there are at most four in a row"},
	}
}

// Configure reads the options.
func Configure(prefix string, v *catalog.OptionValues) (Config, error) {
	c := Config{URL: v.String(prefix + ".url"), Token: v.String(prefix + ".bearer-auth.token"), Timeout: v.Duration(prefix + ".timeout")}
	if info := v.String(prefix + ".basic-auth.user-info"); info != "" {
		var ok bool
		if c.User, c.Password, ok = strings.Cut(info, ":"); !ok {
			return c, sqlerr.New(sqlerr.InvalidParameterValue, "option %q must be user:password", prefix+".basic-auth.user-info")
		}
	}
	return c, nil
}
