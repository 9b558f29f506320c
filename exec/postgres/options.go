package postgres

import (
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

// The options' keys in WITH (…).
const (
	optURL      = "url"
	optTable    = "table-name"
	optSchema   = "schema-name"
	optQuery    = "query"
	optRootCert = "ssl.root-cert"
	optCert     = "ssl.cert"
	optKey      = "ssl.key"
	optPool     = "pool.max-size"
	optTimeout  = "statement-timeout"
	optConnect  = "connect.timeout"
)

const maxTimeout = int64(24 * time.Hour)

var specs = []catalog.OptionSpec{
	{Key: optURL, Required: true, Doc: "the server and database: postgresql://user:password@host:5432/database?sslmode=verify-full; several hosts with commas; of the parameters: " + strings.Join(urlKeys, ", ")},
	{Key: optTable, Doc: "the table or view to read; this or 'query' is required"},
	{Key: optSchema, Doc: "the schema of 'table-name'; by default the server's search_path finds it"},
	{Key: optQuery, Doc: "a SELECT whose columns have the names of the table's columns"},
	{Key: optRootCert, Doc: "a file of certificates (PEM) to trust; without a sslmode in the URL it means sslmode=verify-full"},
	{Key: optCert, Doc: "a file with the client's certificate (PEM)"},
	{Key: optKey, Doc: "a file with the client's key (PEM)"},
	{Key: optPool, Kind: catalog.OptInt, Default: "4", Min: 1, Max: 1000, Doc: "the most connections at a time; more questions wait"},
	{Key: optTimeout, Kind: catalog.OptDuration, Default: "5min", Min: int64(time.Millisecond), Max: maxTimeout, Doc: "for one statement: that of a load, or of a batch of keys"},
	{Key: optConnect, Kind: catalog.OptDuration, Default: "10s", Min: int64(time.Millisecond), Max: maxTimeout, Doc: "for making a connection"},
}

// urlKeys are the parameters that a URL may have. Those that name files are
// options, so that they can be judged.
var urlKeys = []string{"application_name", "channel_binding", "dbname", "host", "password", "port", "search_path", "sslmode", "sslnegotiation",
	"target_session_attrs", "user"}

// maxMessageBytes bounds a message of the server, and so a row.
const maxMessageBytes = records.MaxRecordBytes

// config is the options, read.
type config struct {
	conn           *pgconn.Config
	server         string // as errors have it
	from           string // what stands behind FROM
	poolSize       int
	timeout        time.Duration
	connectTimeout time.Duration
}

func configure(t *catalog.Table, list *allow.List) (c *config, hide func(error) error, err error) {
	v, hide, err := records.Options(t, specs)
	if err != nil {
		return nil, nil, err
	}
	c = &config{poolSize: int(v.Int(optPool)), timeout: v.Duration(optTimeout), connectTimeout: v.Duration(optConnect)}
	if err := c.read(v, list); err != nil {
		return nil, nil, hide(err)
	}
	return c, hide, nil
}

func (c *config) read(v *catalog.OptionValues, list *allow.List) error {
	if v.IsSet(optTable) == v.IsSet(optQuery) {
		return sqlerr.New(sqlerr.InvalidParameterValue, "one of the options '%s' and '%s' is needed", optTable, optQuery)
	}
	if v.IsSet(optSchema) && v.IsSet(optQuery) {
		return records.Invalid(optSchema, "it does not go with '%s'", optQuery)
	}
	switch {
	case v.IsSet(optQuery):
		// On lines of its own: a comment at its end must not hide the rest.
		c.from = "(\n" + strings.TrimRight(strings.TrimSpace(v.String(optQuery)), ";") + "\n)"
	case v.IsSet(optSchema):
		c.from = quote(v.String(optSchema)) + "." + quote(v.String(optTable))
	default:
		c.from = quote(v.String(optTable))
	}
	return c.connection(v, list)
}

// quote writes a name.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// connection reads the URL. What the library says of a bad one is not shown: it
// may quote the password.
func (c *config) connection(v *catalog.OptionValues, list *allow.List) error {
	u, err := url.Parse(v.String(optURL))
	bad := records.Invalid(optURL, "it is not a PostgreSQL URL").Hint("postgresql://user:password@host:5432/database")
	if err != nil {
		if u, err = hostless(v.String(optURL)); err != nil {
			return bad
		}
	}
	if u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return bad
	}
	q := u.Query()
	if u.Host == "" && q.Get("host") == "" {
		return records.Invalid(optURL, "it names no host")
	}
	for _, f := range []struct{ option, key string }{{optRootCert, "sslrootcert"}, {optCert, "sslcert"}, {optKey, "sslkey"}} {
		if q.Has(f.key) {
			return records.Invalid(optURL, "%s is given by the option '%s'", f.key, f.option)
		}
		if !v.IsSet(f.option) {
			continue
		}
		if err := list.Path(v.String(f.option)); err != nil {
			return err
		}
		q.Set(f.key, v.String(f.option))
	}
	if q.Has("sslrootcert") && !q.Has("sslmode") {
		q.Set("sslmode", "verify-full")
	}
	u.RawQuery = q.Encode()
	c.conn, err = pgconn.ParseConfigWithOptions(u.String(), pgconn.ParseConfigOptions{
		ConnStringAllowedKeys: append([]string{"sslrootcert", "sslcert", "sslkey"}, urlKeys...)})
	if err != nil {
		return bad.WithDetail("%s", "The parameters may be: "+strings.Join(urlKeys, ", ")+"; files of certificates must exist.")
	}
	if _, has := u.User.Password(); !has && !q.Has("password") {
		c.conn.Password = "" // what the environment has is not for any server
	}
	return c.finish(list)
}

// hostless reads URLs with several hosts and ports, which net/url does not take.
func hostless(s string) (*url.URL, error) {
	scheme, rest, _ := strings.Cut(s, "://")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	user, hosts, ok := strings.Cut(rest[:end], "@")
	if !ok {
		user, hosts = "", rest[:end]
	}
	var names, ports []string
	for _, h := range strings.Split(hosts, ",") {
		name, port, err := net.SplitHostPort(h)
		if err != nil {
			name, port = h, "5432"
		}
		names, ports = append(names, name), append(ports, port)
	}
	if user != "" {
		user += "@"
	}
	u, err := url.Parse(scheme + "://" + user + rest[end:])
	if err != nil {
		return nil, err
	}
	q := u.Query()
	q.Set("host", strings.Join(names, ","))
	q.Set("port", strings.Join(ports, ","))
	u.RawQuery = q.Encode()
	return u, nil
}

// finish sets what does not come from the URL.
func (c *config) finish(list *allow.List) error {
	hosts := []*pgconn.FallbackConfig{{Host: c.conn.Host, Port: c.conn.Port}}
	for _, h := range append(hosts, c.conn.Fallbacks...) {
		if strings.HasPrefix(h.Host, "/") {
			if err := list.Path(h.Host); err != nil {
				return err
			}
		} else if err := list.Host(net.JoinHostPort(h.Host, strconv.Itoa(int(h.Port)))); err != nil {
			return err
		}
	}
	c.server = net.JoinHostPort(c.conn.Host, strconv.Itoa(int(c.conn.Port)))
	if strings.HasPrefix(c.conn.Host, "/") {
		c.server = c.conn.Host
	}
	c.conn.ConnectTimeout = c.connectTimeout
	c.conn.DialFunc = list.Dialer()
	// Names are resolved where the connection is made, so that the addresses are judged.
	c.conn.LookupFunc = unresolved
	c.conn.MaxProtocolMessageBodyLen = maxMessageBytes
	for k, v := range map[string]string{"client_encoding": "UTF8", "DateStyle": "ISO", "TimeZone": "UTC"} {
		c.conn.RuntimeParams[k] = v
	}
	if c.conn.RuntimeParams["application_name"] == "" {
		c.conn.RuntimeParams["application_name"] = "penstock"
	}
	c.conn.BuildContextWatcherHandler = watchContext
	return nil
}
