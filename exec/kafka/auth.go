package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/saslauthenticate"
	"github.com/segmentio/kafka-go/protocol/saslhandshake"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Bounds of getting tokens.
const (
	// tokenTimeout bounds one request for a token.
	tokenTimeout = 10 * time.Second
	// tokenAttempts is how often a token is asked for before a connection fails.
	tokenAttempts = 3
	// tokenBytes bounds the endpoint's answer.
	tokenBytes = 1 << 20
	// tokenShare of a token's life, in percent, is used; then a new one is got.
	tokenShare = 80
	// tokenLife is assumed of a token whose endpoint does not tell it.
	tokenLife = 5 * time.Minute
	// maxTokens bounds the tokens that are kept for further connections.
	maxTokens = 64
)

// TokenConfig says how to get tokens by client credentials (RFC 6749 §4.4).
type TokenConfig struct {
	Endpoint               string
	ClientID, ClientSecret string
	Scope                  string
	// Extensions go to the broker with the token (RFC 7628).
	Extensions map[string]string
	// Roots are trusted for the endpoint; nil: the system's.
	Roots *x509.CertPool
}

// mechanism makes kafka-go's; nil without authentication.
func (s *Security) mechanism() (sasl.Mechanism, error) {
	if s == nil {
		return nil, nil
	}
	switch s.Mechanism {
	case "":
		return nil, nil
	case mechPlain:
		return plain.Mechanism{Username: s.Username, Password: s.Password}, nil
	case mechSCRAM256, mechSCRAM512:
		algo := scram.SHA256
		if s.Mechanism == mechSCRAM512 {
			algo = scram.SHA512
		}
		m, err := scram.Mechanism(algo, s.Username, s.Password)
		if err != nil { // SASLprep refuses some characters
			return nil, sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "user or password cannot be used with %s: %v", s.Mechanism, err)
		}
		return m, nil
	case mechOAuth:
		return &oauth{s.Token, tokensOf(s.Token)}, nil
	}
	return nil, sqlerr.New(sqlerr.FeatureNotSupported, "SASL mechanism %q is not supported", s.Mechanism)
}

// errLogin says that the broker hung up while we logged in: so some say no; but
// it may also be going down.
var errLogin = errors.New("the connection was closed during the login")

// login authenticates a connection before the Transport gets it.
func (c *client) login(ctx context.Context, nc net.Conn, m sasl.Mechanism) (net.Conn, error) {
	_ = nc.SetDeadline(time.Now().Add(c.cfg.ConnectTimeout)) // a connection that is gone fails below
	err := authenticate(ctx, protocol.NewConn(nc, c.cfg.ClientID), m)
	if err != nil {
		_ = nc.Close() // it was of no use
		return nil, err
	}
	return nc, nc.SetDeadline(time.Time{})
}

// authenticate goes through the messages of a mechanism.
func authenticate(ctx context.Context, pc *protocol.Conn, m sasl.Mechanism) error {
	pc.SetVersions(map[protocol.ApiKey]int16{protocol.SaslHandshake: 1, protocol.SaslAuthenticate: 0})
	res, err := pc.RoundTrip(&saslhandshake.Request{Mechanism: m.Name()})
	if err != nil {
		return err
	}
	if code := res.(*saslhandshake.Response).ErrorCode; code != 0 {
		return kafkago.Error(code)
	}
	session, out, err := m.Start(ctx)
	for done := false; err == nil && !done; {
		if res, err = pc.RoundTrip(&saslauthenticate.Request{AuthBytes: out}); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) {
				return errLogin
			}
			return err
		}
		a := res.(*saslauthenticate.Response)
		if a.ErrorCode != 0 {
			return kafkago.Error(a.ErrorCode)
		}
		done, out, err = session.Next(ctx, a.AuthBytes)
	}
	return err
}

// oauth is SASL/OAUTHBEARER (RFC 7628).
type oauth struct {
	cfg    TokenConfig
	tokens *tokenSource
}

func (o *oauth) Name() string { return mechOAuth }

// Start gets a token and makes the first message of it.
func (o *oauth) Start(ctx context.Context) (sasl.StateMachine, []byte, error) {
	token, err := o.tokens.get(ctx)
	if err != nil {
		return nil, nil, err
	}
	var b strings.Builder
	b.WriteString("n,,\x01auth=Bearer " + token + "\x01")
	for _, k := range slices.Sorted(maps.Keys(o.cfg.Extensions)) {
		b.WriteString(k + "=" + o.cfg.Extensions[k] + "\x01")
	}
	b.WriteString("\x01")
	return &oauthSession{o.tokens, token}, []byte(b.String()), nil
}

type oauthSession struct {
	tokens *tokenSource
	token  string
}

// Next reads the broker's answer: nothing says yes, anything why not.
func (s *oauthSession) Next(_ context.Context, challenge []byte) (bool, []byte, error) {
	if len(challenge) == 0 {
		return true, nil, nil
	}
	s.tokens.drop(s.token)
	var no struct {
		Status string `json:"status"`
	}
	if json.Unmarshal(challenge, &no) != nil || no.Status == "" || len(no.Status) > 100 {
		no.Status = "refused"
	}
	return false, nil, sqlerr.New(sqlerr.InvalidAuthorization, "the Kafka broker did not accept the token: %s", no.Status).
		Hint("check the scope and audience that the broker wants")
}

// tokenSource gets tokens and keeps the last.
type tokenSource struct {
	cfg    TokenConfig
	client *http.Client

	mu    sync.Mutex // held while a token is got, so that one request does for all
	token string
	until time.Time
}

// tokens are kept for all connections of the same client: each sink and scan
// has connections of its own.
var tokens = struct {
	sync.Mutex
	m map[string]*tokenSource
}{m: map[string]*tokenSource{}}

func tokensOf(c TokenConfig) *tokenSource {
	key := strings.Join([]string{c.Endpoint, c.ClientID, c.ClientSecret, c.Scope}, "\x00")
	tokens.Lock()
	defer tokens.Unlock()
	if s := tokens.m[key]; s != nil && (c.Roots == nil) == (s.cfg.Roots == nil) && (c.Roots == nil || c.Roots.Equal(s.cfg.Roots)) {
		return s
	}
	if len(tokens.m) >= maxTokens {
		clear(tokens.m)
	}
	tr := http.DefaultTransport.(*http.Transport).Clone()
	tr.TLSClientConfig = &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12}
	tr.DisableKeepAlives = true // one request in minutes
	s := &tokenSource{cfg: c, client: &http.Client{Transport: tr, Timeout: tokenTimeout,
		// A secret goes where the user said and nowhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	tokens.m[key] = s
	return s
}

// drop forgets a token that a broker refused.
func (s *tokenSource) drop(token string) {
	s.mu.Lock()
	if s.token == token {
		s.token = ""
	}
	s.mu.Unlock()
}

// get gives a token that has a good part of its life before it.
func (s *tokenSource) get(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != "" && time.Now().Before(s.until) {
		return s.token, nil
	}
	var b backoff
	for n := 1; ; n++ {
		again, err := s.fetch(ctx)
		if err == nil {
			return s.token, nil
		}
		if !again || n == tokenAttempts || ctx.Err() != nil {
			return "", err
		}
		if err := pause(ctx, b.next()); err != nil {
			return "", err
		}
	}
}

// fetch asks once; again says that it may go better another time.
func (s *tokenSource) fetch(ctx context.Context) (again bool, err error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	if s.cfg.Scope != "" {
		form.Set("scope", s.cfg.Scope)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.cfg.Endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return false, s.fault(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.SetBasicAuth(url.QueryEscape(s.cfg.ClientID), url.QueryEscape(s.cfg.ClientSecret))
	asked := time.Now()
	res, err := s.client.Do(req)
	if err != nil {
		if ue, ok := errors.AsType[*url.Error](err); ok {
			err = ue.Err // without the address
		}
		return true, s.fault(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, tokenBytes))
	if err != nil {
		return true, s.fault(err)
	}
	var a struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"`
		Error       string  `json:"error"`
	}
	bad := json.Unmarshal(body, &a)
	switch {
	case res.StatusCode != http.StatusOK:
		why := fmt.Sprintf("status %d", res.StatusCode)
		if bad == nil && a.Error != "" && len(a.Error) <= 100 {
			why += ", " + a.Error
		}
		return res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests, s.fault(errors.New(why))
	case bad != nil || a.AccessToken == "" || strings.ContainsAny(a.AccessToken, "\x01\r\n"):
		return false, s.fault(errors.New("there is no token in its answer"))
	}
	life := tokenLife
	if a.ExpiresIn > 0 && a.ExpiresIn < 1e9 {
		life = time.Duration(a.ExpiresIn * float64(time.Second))
	}
	s.token, s.until = a.AccessToken, asked.Add(life*tokenShare/100)
	return false, nil
}

func (s *tokenSource) fault(err error) error {
	u, perr := url.Parse(s.cfg.Endpoint)
	host := "the token endpoint"
	if perr == nil {
		host = u.Host
	}
	return sqlerr.Wrap(err, sqlerr.InvalidAuthorization, "no token for Kafka could be got from %s: %v", host, err).
		Hint("check '%s' and the client's credentials", optTokenURL)
}

// explainLogin says who was refused.
func explainLogin(err error, code kafkago.Error, s *Security, addrs string) error {
	if s == nil {
		return sqlerr.Wrap(err, sqlerr.InvalidAuthorization, "Kafka at %s: %s", addrs, code.Title())
	}
	if code == kafkago.UnsupportedSASLMechanism {
		return sqlerr.Wrap(err, sqlerr.InvalidAuthorization, "Kafka at %s does not know the SASL mechanism %s", addrs, s.Mechanism).
			Hint("the mechanisms are: %s", strings.Join(mechanismNames, ", "))
	}
	who := s.Username
	if s.Mechanism == mechOAuth {
		who = s.Token.ClientID
	}
	return sqlerr.Wrap(err, sqlerr.InvalidPassword, "%s authentication failed for user %q at Kafka %s", s.Mechanism, who, addrs)
}
