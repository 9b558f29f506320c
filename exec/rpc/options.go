package rpc

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// The bounds of options.
const (
	// maxBatchRows bounds batch.max-rows, maxInFlight max-in-flight.
	maxBatchRows = 1 << 20
	maxInFlight  = 10_000
	// maxAttempts bounds retry.max-attempts.
	maxAttempts = 100
	// maxMessageBytes bounds max-message-bytes.
	maxMessageBytes = 1 << 30
	// maxTimeout bounds timeouts and back-off.
	maxTimeout = int64(time.Hour)
	// maxCacheBytes bounds cache.max-bytes.
	maxCacheBytes = 1 << 40
)

// callOptions say how questions are gathered and calls repeated.
var callOptions = []catalog.OptionSpec{
	{Key: "endpoint", Required: true, Doc: "name of an ENDPOINT, or address (gRPC: host:port; HTTP: URL); several with commas are asked in turn"},
	{Key: "batch.max-rows", Kind: catalog.OptInt, Default: "100", Min: 1, Max: maxBatchRows, Doc: "most questions in a batch"},
	{Key: "batch.max-bytes", Kind: catalog.OptBytes, Min: 1, Max: maxMessageBytes, Doc: "most bytes of arguments in a batch"},
	{Key: "batch.max-wait", Kind: catalog.OptDuration, Default: "0", Min: 0, Max: maxTimeout, Doc: "how old the first question of a batch may get before it is sent; 0: sent at the end of the input at hand"},
	{Key: "batch.deduplicate", Kind: catalog.OptBool, Default: "true", Doc: "ask equal questions of a batch once"},
	{Key: "batch.partition-by", Doc: "arguments, separated by ;, that are equal within a batch"},
	{Key: "max-in-flight", Kind: catalog.OptInt, Default: "4", Min: 1, Max: maxInFlight, Doc: "calls under way at once, for each query"},
	{Key: "output", Kind: catalog.OptEnum, Default: "ordered", Enum: []string{"ordered", "unordered"}, Doc: "whether rows keep their order"},
	{Key: "timeout", Kind: catalog.OptDuration, Default: "5s", Min: int64(time.Millisecond), Max: maxTimeout, Doc: "how long one attempt may take"},
	{Key: "retry.max-attempts", Kind: catalog.OptInt, Default: "3", Min: 1, Max: maxAttempts, Doc: "attempts at a call, the first included"},
	{Key: "retry.initial-backoff", Kind: catalog.OptDuration, Default: "100ms", Min: int64(time.Millisecond), Max: maxTimeout, Doc: "wait before the second attempt; doubled for each further one, with jitter"},
	{Key: "retry.max-backoff", Kind: catalog.OptDuration, Default: "5s", Min: int64(time.Millisecond), Max: maxTimeout, Doc: "longest wait between attempts"},
	{Key: "retry.budget", Default: "20%", Doc: "share of calls that may be repetitions, beyond ten a second"},
	{Key: "on-error", Kind: catalog.OptEnum, Default: "fail", Enum: []string{"fail", "null", "skip", "reject"}, Doc: "what becomes of a row whose question got no answer"},
	{Key: "max-message-bytes", Kind: catalog.OptBytes, Default: "4MiB", Min: 64, Max: maxMessageBytes, Doc: "largest request and response"},
	{Key: "cache.ttl", Kind: catalog.OptDuration, Default: "0", Min: 0, Max: int64(365 * 24 * time.Hour), Doc: "how long answers are kept; 0: not at all"},
	{Key: "cache.max-bytes", Kind: catalog.OptBytes, Default: "64MiB", Min: 1024, Max: maxCacheBytes, Doc: "memory of the kept answers; the least recently used go first"},
	{Key: "request.rows", Doc: "path of the repeated field of the request that takes the questions"},
	{Key: "request.columns", Doc: "'field=argument;…'; by default each argument goes into the field of its name"},
	{Key: "request.const.", Prefix: true, Doc: "a constant for the request field of that path"},
	{Key: "response.rows", Doc: "path of the repeated field of the response that has the answers"},
	{Key: "response.columns", Doc: "'column=field;…'; by default each column comes from the field of its name"},
	{Key: "response.index", Doc: "path, within an answer, of the number of its question, from 0"},
}

// linkOptions are those of the connection and of its limits: they stand at the
// ENDPOINT where there is one.
var linkOptions = []catalog.OptionSpec{
	{Key: "rate-limit", Doc: "most calls in a time: '100/s', '10/min'"},
	{Key: "breaker.failures", Kind: catalog.OptInt, Default: "0", Min: 0, Max: 1_000_000, Doc: "failures in a row that open the circuit breaker; 0: none"},
	{Key: "breaker.open-for", Kind: catalog.OptDuration, Default: "10s", Min: int64(time.Millisecond), Max: maxTimeout, Doc: "how long an open breaker refuses calls before one is tried"},
	{Key: "tls.ca", Doc: "PEM of the authorities trusted, or the file that holds it; the system's by default"},
	{Key: "tls.cert", Doc: "PEM of the client's certificate, or its file"},
	{Key: "tls.key", Secret: true, Doc: "PEM of the client's private key, or its file"},
	{Key: "tls.server-name", Doc: "name that the server's certificate must have"},
}

var grpcLink = []catalog.OptionSpec{
	{Key: "tls", Kind: catalog.OptBool, Default: "false", Doc: "speak TLS"},
	{Key: "authority", Doc: "the :authority header; the first address by default"},
	{Key: "keepalive.time", Kind: catalog.OptDuration, Min: int64(10 * time.Second), Max: maxTimeout, Doc: "ping an idle connection that often"},
	{Key: "keepalive.timeout", Kind: catalog.OptDuration, Default: "20s", Min: int64(time.Second), Max: maxTimeout, Doc: "close it when no answer to a ping comes for that long"},
	{Key: "metadata.", Prefix: true, Doc: "a header of each call"},
}

var httpLink = []catalog.OptionSpec{
	{Key: "header.", Prefix: true, Doc: "a header of each request"},
}

var grpcOnly = []catalog.OptionSpec{
	{Key: "method", Required: true, Doc: "[package.]Service/Method"},
	{Key: "proto", Doc: "the .proto, a file or its text"},
	{Key: "proto.path", Doc: "folders of imported .proto files, separated by ;"},
	{Key: "reflection", Kind: catalog.OptBool, Default: "false", Doc: "ask the server for its descriptors"},
	{Key: "retry.codes", Default: "UNAVAILABLE;RESOURCE_EXHAUSTED;ABORTED", Doc: "status codes after which a call is repeated"},
}

var httpOnly = []catalog.OptionSpec{
	{Key: "retry.codes", Default: "429;502;503;504", Doc: "statuses after which a request is repeated"},
}

// endpointOptions are those of CREATE ENDPOINT beside linkOptions.
var endpointOptions = []catalog.OptionSpec{
	{Key: "url", Required: true, Doc: "address (gRPC: host:port; HTTP: URL); several with commas are asked in turn"},
	{Key: "max-in-flight", Kind: catalog.OptInt, Default: "0", Min: 0, Max: maxInFlight, Doc: "calls under way at once, of all users together; 0: no limit of its own"},
}

// FunctionOptions lists the options of CREATE FUNCTION in a language, for the
// reference.
func FunctionOptions(language string) []catalog.OptionSpec { return functionSpecs(language) }

// EndpointOptions lists those of CREATE ENDPOINT.
func EndpointOptions() []catalog.OptionSpec { return endpointSpecs() }

// functionSpecs lists the options of a function in a language.
func functionSpecs(language string) []catalog.OptionSpec {
	if language == catalog.LanguageHTTP {
		return join(callOptions, linkOptions, httpLink, httpOnly)
	}
	return join(callOptions, linkOptions, grpcLink, grpcOnly)
}

// endpointSpecs lists the options of an endpoint, whoever uses it.
func endpointSpecs() []catalog.OptionSpec {
	return join(endpointOptions, linkOptions, grpcLink, httpLink)
}

func join(lists ...[]catalog.OptionSpec) []catalog.OptionSpec {
	var all []catalog.OptionSpec
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// settings are a function's options in the form that calls use.
type settings struct {
	language    string
	timeout     time.Duration
	attempts    int
	backoff     time.Duration
	maxBackoff  time.Duration
	budget      float64
	onError     string
	maxBytes    int64
	cacheTTL    time.Duration
	cacheBytes  int64
	codes       map[string]bool
	async       exec.AsyncConfig
	unary       bool // known once the method is
	maxInFlight int
}

// newSettings translates checked options; args are the function's.
func newSettings(language string, v *catalog.OptionValues, args catalog.Schema, pos func(key string) sqlerr.Pos) (*settings, error) {
	s := &settings{language: language, timeout: v.Duration("timeout"), attempts: int(v.Int("retry.max-attempts")),
		backoff: v.Duration("retry.initial-backoff"), maxBackoff: v.Duration("retry.max-backoff"), onError: v.Enum("on-error"),
		maxBytes: v.Bytes("max-message-bytes"), cacheTTL: v.Duration("cache.ttl"), cacheBytes: v.Bytes("cache.max-bytes"),
		maxInFlight: int(v.Int("max-in-flight"))}
	var err error
	if s.budget, err = parseShare(v.String("retry.budget")); err != nil {
		return nil, badValue("retry.budget", v, pos, "A share of calls is expected, such as '20%%'.")
	}
	if s.codes, err = parseCodes(language, v.String("retry.codes")); err != nil {
		return nil, badValue("retry.codes", v, pos, "%v", err)
	}
	s.async = exec.AsyncConfig{MaxRows: int(v.Int("batch.max-rows")), MaxBytes: v.Bytes("batch.max-bytes"), MaxWait: v.Duration("batch.max-wait"),
		MaxInFlight: s.maxInFlight, Unordered: v.Enum("output") == "unordered", Deduplicate: v.Bool("batch.deduplicate"), Gather: true}
	if v.IsSet("batch.partition-by") {
		for _, name := range splitList(v.String("batch.partition-by")) {
			i := columnIndex(args, name)
			if i < 0 {
				return nil, badValue("batch.partition-by", v, pos, "%s is no argument of the function.", catalog.QuoteIdent(name))
			}
			s.async.PartitionBy = append(s.async.PartitionBy, i)
		}
	}
	return s, nil
}

func badValue(key string, v *catalog.OptionValues, pos func(string) sqlerr.Pos, hint string, args ...any) error {
	return sqlerr.New(sqlerr.InvalidParameterValue, "invalid value for option '%s': '%s'", key, catalog.MaskOption(key, v.String(key))).
		Hint(hint, args...).At(pos(key))
}

// splitList cuts 'a;b' apart; blanks around the parts do not count.
func splitList(s string) []string {
	var out []string
	for p := range strings.SplitSeq(s, ";") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func columnIndex(cols catalog.Schema, name string) int {
	for i, c := range cols {
		if strings.EqualFold(c.Name, name) {
			return i
		}
	}
	return -1
}

// parseShare reads '20%' or '0.2'.
func parseShare(s string) (float64, error) {
	num, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(num), 64)
	if percent {
		f /= 100
	}
	if err == nil && !(f >= 0 && f <= maxAttempts) {
		err = strconv.ErrRange
	}
	return f, err
}

// parseRate reads '100/s'; 0 is no limit.
func parseRate(s string) (perSecond float64, ok bool) {
	if s == "" {
		return 0, true
	}
	num, per, ok := strings.Cut(strings.TrimSpace(s), "/")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(num), 64)
	d, err2 := catalog.ParseDuration("1 " + strings.TrimSpace(per))
	if err != nil || err2 != nil || !(n > 0) || math.IsInf(n, 0) || d <= 0 {
		return 0, false
	}
	return n / d.Seconds(), true
}

// position gives the place of an option's value in the statement.
func position(o catalog.Options) func(string) sqlerr.Pos {
	return func(key string) sqlerr.Pos {
		for _, x := range o {
			if x.Key == key {
				return x.ValuePos
			}
		}
		return 0
	}
}
