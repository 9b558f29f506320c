package kafka

import (
	"crypto/tls"
	"net/url"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
)

// The options' keys about security: the Java client's names, and librdkafka's
// where it has others.
const (
	optProtocol       = "properties.security.protocol"
	optMechanism      = "properties.sasl.mechanism"
	optMechanisms     = "properties.sasl.mechanisms"
	optJAAS           = "properties.sasl.jaas.config"
	optUsername       = "properties.sasl.username"
	optPassword       = "properties.sasl.password"
	optTokenURL       = "properties.sasl.oauthbearer.token.endpoint.url"
	optTokenID        = "properties.sasl.oauthbearer.client.id"
	optTokenSecret    = "properties.sasl.oauthbearer.client.secret"
	optTokenScope     = "properties.sasl.oauthbearer.scope"
	optTokenIDJava    = "properties.sasl.oauthbearer.client.credentials.client.id"
	optTokenKeyJava   = "properties.sasl.oauthbearer.client.credentials.client.secret"
	optTokenCA        = "properties.https.ca.location"
	optLoginHandler   = "properties.sasl.login.callback.handler.class"
	optTrustType      = "properties.ssl.truststore.type"
	optTrustFile      = "properties.ssl.truststore.location"
	optTrustCerts     = "properties.ssl.truststore.certificates"
	optCAFile         = "properties.ssl.ca.location"
	optCAText         = "properties.ssl.ca.pem"
	optStoreType      = "properties.ssl.keystore.type"
	optStoreFile      = "properties.ssl.keystore.location"
	optStoreChain     = "properties.ssl.keystore.certificate.chain"
	optStoreKey       = "properties.ssl.keystore.key"
	optCertFile       = "properties.ssl.certificate.location"
	optCertText       = "properties.ssl.certificate.pem"
	optKeyFile        = "properties.ssl.key.location"
	optKeyText        = "properties.ssl.key.pem"
	optKeyPassword    = "properties.ssl.key.password"
	optIdentification = "properties.ssl.endpoint.identification.algorithm"
)

var (
	protocolNames  = []string{"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"}
	mechanismNames = []string{"PLAIN", mechSCRAM256, mechSCRAM512, mechOAuth}
	storeTypes     = []string{"PEM", "JKS", "PKCS12"}
)

var securitySpecs = []catalog.OptionSpec{
	{Key: optProtocol, Kind: catalog.OptEnum, Enum: protocolNames, Default: "PLAINTEXT", Doc: "whether the connection is encrypted (SSL, SASL_SSL) and the client authenticated (SASL_PLAINTEXT, SASL_SSL)"},
	{Key: optMechanism, Kind: catalog.OptEnum, Enum: mechanismNames, Doc: "how the client authenticates; needs SASL_PLAINTEXT or SASL_SSL"},
	{Key: optMechanisms, Kind: catalog.OptEnum, Enum: mechanismNames, Doc: "the same as 'properties.sasl.mechanism'"},
	{Key: optJAAS, Secret: true, Doc: `user and password, or clientId, clientSecret and scope: org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="${env:PW}";`},
	{Key: optUsername, Doc: "the user, for PLAIN and SCRAM"},
	{Key: optPassword, Secret: true, Doc: "the password, for PLAIN and SCRAM"},
	{Key: optTokenURL, Doc: "for OAUTHBEARER: where a token is got with the client's credentials"},
	{Key: optTokenID, Doc: "for OAUTHBEARER: the client"},
	{Key: optTokenSecret, Secret: true, Doc: "for OAUTHBEARER: its secret"},
	{Key: optTokenScope, Doc: "for OAUTHBEARER: the scope of the token"},
	{Key: optTokenIDJava, Doc: "the same as 'properties.sasl.oauthbearer.client.id'"},
	{Key: optTokenKeyJava, Secret: true, Doc: "the same as 'properties.sasl.oauthbearer.client.secret'"},
	{Key: optTokenCA, Doc: "for OAUTHBEARER: a PEM file with the authorities that the token endpoint's certificate may be from; the system's without it"},
	{Key: optLoginHandler, Doc: "OAuthBearerLoginCallbackHandler, with OAUTHBEARER, is all there is"},
	{Key: optTrustType, Kind: catalog.OptEnum, Enum: storeTypes, Default: "PEM", Doc: "PEM is all there is"},
	{Key: optTrustFile, Doc: "a PEM file with the authorities that brokers' certificates may be from; the system's without it"},
	{Key: optTrustCerts, Doc: "the authorities themselves, as PEM"},
	{Key: optCAFile, Doc: "the same as 'properties.ssl.truststore.location'"},
	{Key: optCAText, Doc: "the same as 'properties.ssl.truststore.certificates'"},
	{Key: optStoreType, Kind: catalog.OptEnum, Enum: storeTypes, Default: "PEM", Doc: "PEM is all there is"},
	{Key: optStoreFile, Doc: "a PEM file with the client's key and certificates, for brokers that want one"},
	{Key: optStoreChain, Doc: "the client's certificates themselves, as PEM"},
	{Key: optStoreKey, Secret: true, Doc: "the client's key itself, as PEM"},
	{Key: optCertFile, Doc: "a PEM file with the client's certificates"},
	{Key: optCertText, Doc: "the same as 'properties.ssl.keystore.certificate.chain'"},
	{Key: optKeyFile, Doc: "a PEM file with the client's key"},
	{Key: optKeyText, Secret: true, Doc: "the same as 'properties.ssl.keystore.key'"},
	{Key: optKeyPassword, Secret: true, Doc: "decrypts the client's key"},
	{Key: optIdentification, Default: "https", Doc: "https: a broker's certificate must be for its name; empty or none: for any"},
}

// The names of the mechanisms.
const (
	mechPlain    = "PLAIN"
	mechSCRAM256 = "SCRAM-SHA-256"
	mechSCRAM512 = "SCRAM-SHA-512"
	mechOAuth    = "OAUTHBEARER"
)

// Security says how connections are encrypted and the client authenticated.
type Security struct {
	// TLS is nil for connections in plain text.
	TLS *tls.Config
	// Mechanism is empty without authentication.
	Mechanism          string
	Username, Password string
	Token              TokenConfig
}

// String tells all but the secrets.
func (s *Security) String() string {
	if s == nil {
		return "PLAINTEXT"
	}
	out := "PLAINTEXT"
	if s.TLS != nil {
		out = "SSL"
		if len(s.TLS.Certificates) > 0 {
			out += " with a certificate"
		}
		if s.TLS.InsecureSkipVerify {
			out += " for any name"
		}
	}
	switch s.Mechanism {
	case "":
	case mechOAuth:
		out += " " + s.Mechanism + " " + s.Token.ClientID + " at " + catalog.MaskOption("", s.Token.Endpoint)
	default:
		out += " " + s.Mechanism + " " + s.Username
	}
	return out
}

// security reads how connections are secured; nil: not at all.
func (c *configurer) security() *Security {
	protocol := c.v.Enum(optProtocol)
	s := &Security{}
	switch {
	case strings.HasSuffix(protocol, "SSL"):
		s.TLS = c.tls()
	default:
		for _, key := range tlsKeys {
			if c.v.IsSet(key) {
				c.fault(key, "the values are: SSL, SASL_SSL", "option '%s' needs '%s' = 'SSL'", key, optProtocol)
			}
		}
	}
	if strings.HasPrefix(protocol, "SASL") {
		c.sasl(s)
	} else {
		for _, key := range saslKeys {
			if c.v.IsSet(key) {
				c.fault(key, "the values are: SASL_PLAINTEXT, SASL_SSL", "option '%s' needs '%s' = 'SASL_SSL'", key, optProtocol)
			}
		}
	}
	if s.TLS == nil && s.Mechanism == "" {
		return nil
	}
	return s
}

// saslKeys and tlsKeys would be ignored under other protocols.
var (
	saslKeys = keysOf(func(k string) bool { return strings.HasPrefix(k, "properties.sasl.") || k == optTokenCA })
	tlsKeys  = keysOf(func(k string) bool { return strings.HasPrefix(k, "properties.ssl.") && k != optIdentification })
)

func keysOf(pick func(string) bool) (keys []string) {
	for _, s := range securitySpecs {
		if pick(s.Key) {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// either gives the value of whichever of some options of one meaning is set.
func (c *configurer) either(keys ...string) (value, key string) {
	for _, k := range keys {
		if !c.v.IsSet(k) {
			continue
		}
		if key != "" {
			c.fault(k, "they mean the same", "options '%s' and '%s' exclude each other", key, k)
		}
		value, key = c.v.String(k), k
	}
	return value, key
}

// sasl reads the mechanism and who we are.
func (c *configurer) sasl(s *Security) {
	s.Mechanism, _ = c.either(optMechanism, optMechanisms)
	if s.Mechanism == "" {
		c.fault(optProtocol, "the values are: "+strings.Join(mechanismNames, ", "), "option '%s' = '%s' needs '%s'", optProtocol, c.v.Enum(optProtocol), optMechanism)
		return
	}
	s.Mechanism = mechanismNames[slices.IndexFunc(mechanismNames, func(n string) bool { return strings.EqualFold(n, s.Mechanism) })]
	login := c.jaas(s.Mechanism)
	pick := func(name string, keys ...string) string {
		v, key := c.either(keys...)
		if inJAAS, ok := login[name]; ok {
			if key != "" {
				c.fault(key, "they mean the same", "options '%s' and '%s' exclude each other", optJAAS, key)
			}
			return inJAAS
		}
		return v
	}
	if h := c.v.String(optLoginHandler); h != "" && (s.Mechanism != mechOAuth || !strings.HasSuffix(h, ".OAuthBearerLoginCallbackHandler")) {
		c.fault(optLoginHandler, "leave it out", "option '%s': a class of Java cannot be used", optLoginHandler)
	}
	if s.Mechanism == mechOAuth {
		s.Token = TokenConfig{Endpoint: c.v.String(optTokenURL), ClientID: pick("clientId", optTokenID, optTokenIDJava),
			ClientSecret: pick("clientSecret", optTokenSecret, optTokenKeyJava), Scope: pick("scope", optTokenScope)}
		for k, v := range login {
			if name, ok := strings.CutPrefix(k, "extension_"); ok {
				if s.Token.Extensions == nil {
					s.Token.Extensions = map[string]string{}
				}
				s.Token.Extensions[name] = v
			}
		}
		c.token(&s.Token)
		c.excluded(optMechanism, s.Mechanism, optUsername, optPassword)
		return
	}
	c.excluded(optMechanism, s.Mechanism, optTokenURL, optTokenID, optTokenSecret, optTokenScope, optTokenIDJava, optTokenKeyJava, optTokenCA)
	s.Username, s.Password = pick("username", optUsername), pick("password", optPassword)
	if s.Username == "" || s.Password == "" {
		c.fault(optMechanism, "or username and password in '"+optJAAS+"'", "option '%s' = '%s' needs '%s' and '%s'", optMechanism, s.Mechanism, optUsername, optPassword)
	}
}

// excluded refuses options that a mechanism would not look at.
func (c *configurer) excluded(mode, value string, keys ...string) {
	for _, k := range keys {
		if c.v.IsSet(k) {
			c.fault(k, "leave it out", "option '%s' does not go with '%s' = '%s'", k, mode, value)
		}
	}
}

func (c *configurer) token(t *TokenConfig) {
	u, err := url.Parse(t.Endpoint)
	switch {
	case t.Endpoint == "":
		c.fault(optMechanism, "tokens are got with the client's credentials", "option '%s' = '%s' needs '%s'", optMechanism, mechOAuth, optTokenURL)
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		c.fault(optTokenURL, "the form is https://host/path", "option '%s' is not an HTTP address", optTokenURL)
	case t.ClientID == "" || t.ClientSecret == "":
		c.fault(optMechanism, "or clientId and clientSecret in '"+optJAAS+"'", "option '%s' = '%s' needs '%s' and '%s'", optMechanism, mechOAuth, optTokenID, optTokenSecret)
	}
	if file := c.v.String(optTokenCA); file != "" {
		t.Roots = c.roots(optTokenCA, c.readPEM(optTokenCA, file))
	}
}

// jaasModules are the login modules that go with each mechanism.
var jaasModules = map[string]string{mechPlain: "PlainLoginModule", mechSCRAM256: "ScramLoginModule", mechSCRAM512: "ScramLoginModule", mechOAuth: "OAuthBearerLoginModule"}

// jaas reads the login module's options out of a JAAS configuration.
func (c *configurer) jaas(mechanism string) map[string]string {
	text := c.v.String(optJAAS)
	if text == "" {
		return nil
	}
	words, ok := jaasWords(text)
	if !ok || len(words) < 2 || words[0].value || words[1].value {
		c.fault(optJAAS, `the form is org.apache.kafka.common.security.plain.PlainLoginModule required username="…" password="…";`, "option '%s' is not a JAAS configuration", optJAAS)
		return nil
	}
	if module := words[0].key[strings.LastIndexByte(words[0].key, '.')+1:]; module != jaasModules[mechanism] {
		c.fault(optJAAS, "the login module is "+jaasModules[mechanism], "option '%s': the login module %q does not go with '%s' = '%s'", optJAAS, module, optMechanism, mechanism)
	}
	known := []string{"username", "password"}
	if mechanism == mechOAuth {
		known = []string{"clientId", "clientSecret", "scope"}
	}
	out := make(map[string]string, len(words))
	for _, w := range words[2:] {
		if !w.value || !slices.Contains(known, w.key) && (mechanism != mechOAuth || !strings.HasPrefix(w.key, "extension_")) {
			c.fault(optJAAS, "known are: "+strings.Join(known, ", "), "option '%s': %q is not supported", optJAAS, w.key)
		}
		out[w.key] = w.text
	}
	return out
}

// jaasWord is a word, or key="text".
type jaasWord struct {
	key, text string
	value     bool
}

// jaasWords splits a JAAS entry up to its semicolon.
func jaasWords(s string) (words []jaasWord, ok bool) {
	const blanks = " \t\r\n"
	for {
		s = strings.TrimLeft(s, blanks)
		if s == "" {
			return words, false
		}
		if s[0] == ';' {
			return words, strings.Trim(s[1:], blanks) == ""
		}
		n := strings.IndexAny(s, blanks+"=;\"")
		if n <= 0 {
			return words, false
		}
		w := jaasWord{key: s[:n]}
		s = s[n:]
		if rest := strings.TrimLeft(s, blanks); strings.HasPrefix(rest, "=") {
			w.value = true
			if w.text, s, ok = jaasText(strings.TrimLeft(rest[1:], blanks)); !ok {
				return words, false
			}
		}
		words = append(words, w)
	}
}

// jaasText reads a value, in quotes or bare.
func jaasText(s string) (text, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		n := strings.IndexAny(s, " \t\r\n;")
		if n <= 0 {
			return "", "", false
		}
		return s[:n], s[n:], true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			return b.String(), s[i+1:], true
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}
