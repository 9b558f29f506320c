package gcs

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	// scope is what a token may be used for: reading and writing objects.
	scope = "https://www.googleapis.com/auth/devstorage.read_write"
	// assertionLife is how long a signed question for a token is good, Google's
	// maximum.
	assertionLife = time.Hour
	grantType     = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

// account is a service account with its key: it asks for tokens by what it has
// signed (RFC 7523).
type account struct {
	c     *Client
	email string
	keyID string
	uri   string
	key   *rsa.PrivateKey
}

// newAccount reads the file that Google gives out for a service account. Its
// errors quote nothing of it.
func newAccount(c *Client, text []byte) (*account, error) {
	var f struct {
		Type  string `json:"type"`
		Email string `json:"client_email"`
		KeyID string `json:"private_key_id"`
		Key   string `json:"private_key"`
		URI   string `json:"token_uri"`
	}
	if json.Unmarshal(text, &f) != nil {
		return nil, badKey("it is not JSON")
	}
	if f.Type != "service_account" {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "credentials other than a service account's key are not supported").
			Hint("the file's \"type\" must be \"service_account\"")
	}
	if f.Email == "" || f.URI == "" {
		return nil, badKey("it lacks client_email or token_uri")
	}
	if u, err := url.Parse(f.URI); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, badKey("its token_uri is no address")
	}
	key, err := rsaKey(f.Key)
	if err != nil {
		return nil, badKey(err.Error())
	}
	return &account{c: c, email: f.Email, keyID: f.KeyID, uri: f.URI, key: key}, nil
}

func badKey(why string) error {
	return sqlerr.New(sqlerr.InvalidParameterValue, "the file of credentials is no key of a service account: %s", why)
}

func rsaKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("its private_key is not PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("its private_key cannot be read")
	}
	key, ok := any.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("its private_key is not RSA")
	}
	return key, nil
}

// assertion is the signed question for a token.
func (a *account) assertion(now time.Time) (string, error) {
	head, err := json.Marshal(map[string]string{"alg": "RS256", "typ": "JWT", "kid": a.keyID})
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{
		"iss": a.email, "scope": scope, "aud": a.uri, "iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	})
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString(head) + "." + enc.EncodeToString(claims)
	sum := sha256.Sum256([]byte(signed))
	sig, err := rsa.SignPKCS1v15(rand.Reader, a.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return signed + "." + enc.EncodeToString(sig), nil
}

func (a *account) fetch(ctx context.Context) (string, time.Duration, error) {
	jwt, err := a.assertion(time.Now()) // the time of the world, whatever the engine's is
	if err != nil {
		return "", 0, sqlerr.Wrap(err, sqlerr.InvalidAuthorization, "could not sign with the key of %s", a.email)
	}
	return a.c.grant(ctx, &request{
		method: http.MethodPost, url: a.uri, header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		body: []byte(url.Values{"grant_type": {grantType}, "assertion": {jwt}}.Encode()),
	}, a.email)
}
