package kafka

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"os"
	"strings"

	"github.com/youmark/pkcs8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// maxPEMBytes bounds a file of certificates or keys.
const maxPEMBytes = 4 << 20

// Hints on what Java keeps in stores of its own.
const (
	convertTrust = "make a PEM file of it: keytool -list -rfc -keystore truststore.jks > ca.pem"
	convertStore = "make a PEM file of it: keytool -importkeystore -srckeystore client.jks -destkeystore client.p12 -deststoretype PKCS12; openssl pkcs12 -in client.p12 -nodes -out client.pem"
)

// tls reads whom to trust and the client's own certificate.
func (c *configurer) tls() *tls.Config {
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	c.isPEM(optTrustType, convertTrust)
	c.isPEM(optStoreType, convertStore)
	if text, key := c.pem(convertTrust, [2]string{optTrustFile, optTrustCerts}, [2]string{optCAFile, optCAText}); key != "" {
		t.RootCAs = c.roots(key, text)
	}
	if cert := c.certificate(); cert != nil {
		t.Certificates = []tls.Certificate{*cert}
	}
	switch strings.ToLower(c.v.String(optIdentification)) {
	case "https":
	case "", "none":
		verifyAnyName(t)
	default:
		c.fault(optIdentification, "the values are: https, none", "option '%s': unknown algorithm", optIdentification)
	}
	return t
}

func (c *configurer) isPEM(key, hint string) {
	if t := c.v.Enum(key); t != "PEM" {
		c.fault(key, hint, "option '%s' = '%s': stores of Java are not read", key, t)
	}
}

// pem gives the text of whichever of some pairs, file and text, is set.
func (c *configurer) pem(convert string, pairs ...[2]string) (text []byte, key string) {
	for _, p := range pairs {
		v, k := c.either(p[0], p[1])
		if k == "" {
			continue
		}
		if key != "" {
			c.fault(k, "they mean the same", "options '%s' and '%s' exclude each other", key, k)
		}
		key, text = k, []byte(v)
		if k == p[0] {
			text = c.readPEM(k, v)
			if isStore(text) {
				c.fault(k, convert, "option '%s': %q is a store of Java, not a PEM file", k, v)
			}
		}
	}
	return text, key
}

// isStore knows JKS and PKCS12 by their first bytes.
func isStore(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0xfe, 0xed, 0xfe, 0xed}) || bytes.HasPrefix(b, []byte{0x30, 0x82})
}

func (c *configurer) readPEM(key, path string) []byte {
	if err := catalog.CheckSecretFile(path); err != nil {
		if c.err == nil {
			c.err = at(err, c.o, key)
		}
		return nil
	}
	st, err := os.Stat(path)
	if err == nil && !st.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(path)
	}
	if err != nil {
		c.fault(key, "the file is read by the server's process", "option '%s': %v", key, err)
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPEMBytes))
	if err != nil {
		c.fault(key, "the file is read by the server's process", "option '%s': %v", key, err)
	}
	return b
}

func (c *configurer) roots(key string, text []byte) *x509.CertPool {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		c.fault(key, "it begins with -----BEGIN CERTIFICATE-----", "option '%s': there is no certificate in it", key)
	}
	return pool
}

// certificate reads the client's own, if there is one.
func (c *configurer) certificate() *tls.Certificate {
	store, storeAt := c.pem(convertStore, [2]string{optStoreFile, ""})
	chain, chainAt := c.pem(convertStore, [2]string{optCertFile, optStoreChain}, [2]string{"", optCertText})
	key, keyAt := c.pem(convertStore, [2]string{optKeyFile, optStoreKey}, [2]string{"", optKeyText})
	switch {
	case storeAt == "" && chainAt == "" && keyAt == "":
		if c.v.IsSet(optKeyPassword) {
			c.fault(optKeyPassword, "name the key", "option '%s' needs '%s'", optKeyPassword, optKeyFile)
		}
		return nil
	case storeAt != "" && (chainAt != "" || keyAt != ""):
		c.fault(storeAt, "the store holds both key and certificate", "options '%s' and '%s' exclude each other", storeAt, chainAt+keyAt)
		return nil
	case storeAt != "":
		chain, key, chainAt, keyAt = store, store, storeAt, storeAt
	case chainAt == "":
		c.fault(keyAt, "a key needs its certificate", "option '%s' needs '%s'", keyAt, optCertFile)
		return nil
	case keyAt == "":
		c.fault(chainAt, "a certificate needs its key", "option '%s' needs '%s'", chainAt, optKeyFile)
		return nil
	}
	if c.err != nil {
		return nil
	}
	out := &tls.Certificate{}
	for rest := chain; ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		if b.Type == "CERTIFICATE" {
			out.Certificate = append(out.Certificate, b.Bytes)
		}
	}
	if len(out.Certificate) == 0 {
		c.fault(chainAt, "it begins with -----BEGIN CERTIFICATE-----", "option '%s': there is no certificate in it", chainAt)
		return nil
	}
	var err error
	if out.PrivateKey, err = privateKey(key, c.v.String(optKeyPassword)); err != nil {
		c.fault(keyAt, "the key is PEM: PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY", "option '%s': %v", keyAt, err)
		return nil
	}
	leaf, err := x509.ParseCertificate(out.Certificate[0])
	if err != nil {
		c.fault(chainAt, "the first certificate must be the client's", "option '%s': %v", chainAt, err)
		return nil
	}
	pub, ok := leaf.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if signer, isSigner := out.PrivateKey.(crypto.Signer); !ok || !isSigner || !pub.Equal(signer.Public()) {
		c.fault(chainAt, "the first certificate must be the client's", "option '%s': the certificate is not for the key", chainAt)
	}
	out.Leaf = leaf
	return out
}

// privateKey reads the first key in a PEM text.
func privateKey(text []byte, password string) (crypto.PrivateKey, error) {
	for {
		var b *pem.Block
		if b, text = pem.Decode(text); b == nil {
			return nil, errors.New("there is no key in it")
		}
		if !strings.HasSuffix(b.Type, "PRIVATE KEY") {
			continue
		}
		der := b.Bytes
		//nolint:staticcheck // old keys are encrypted so, and brokers still accept them
		if x509.IsEncryptedPEMBlock(b) {
			var err error
			if der, err = x509.DecryptPEMBlock(b, []byte(password)); err != nil { //nolint:staticcheck // as above
				return nil, errors.New("the key cannot be decrypted with '" + optKeyPassword + "'")
			}
		}
		switch b.Type {
		case "RSA PRIVATE KEY":
			return x509.ParsePKCS1PrivateKey(der)
		case "EC PRIVATE KEY":
			return x509.ParseECPrivateKey(der)
		case "ENCRYPTED PRIVATE KEY":
			k, err := pkcs8.ParsePKCS8PrivateKey(der, []byte(password))
			if err != nil {
				return nil, errors.New("the key cannot be decrypted with '" + optKeyPassword + "'")
			}
			return k, nil
		}
		return x509.ParsePKCS8PrivateKey(der)
	}
}

// verifyAnyName checks certificates, but not for which host they are.
func verifyAnyName(t *tls.Config) {
	t.InsecureSkipVerify = true // VerifyConnection does the rest
	t.VerifyConnection = func(s tls.ConnectionState) error {
		o := x509.VerifyOptions{Roots: t.RootCAs, Intermediates: x509.NewCertPool()}
		for _, c := range s.PeerCertificates[1:] {
			o.Intermediates.AddCert(c)
		}
		_, err := s.PeerCertificates[0].Verify(o)
		return err
	}
}

// encrypt makes a connection a TLS one, where that is wanted. The handshake is
// done here, so that its faults can be told from those of requests.
func (s *Security) encrypt(ctx context.Context, nc net.Conn, address string) (net.Conn, error) {
	if s == nil || s.TLS == nil {
		return nc, nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	cfg := s.TLS.Clone()
	cfg.ServerName = host
	t := tls.Client(nc, cfg)
	if err := t.HandshakeContext(ctx); err != nil {
		_ = nc.Close() // it was of no use
		return nil, handshakeFault(err, address)
	}
	return t, nil
}

// handshakeFault tells what another attempt cannot mend.
func handshakeFault(err error, address string) error {
	e := sqlerr.Wrap(err, sqlerr.CannotConnect, "no encrypted connection to Kafka at %s: %s", address, strings.TrimPrefix(err.Error(), "tls: "))
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return e.Hint("check '%s', and that the certificate is for the broker's name", optTrustFile)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return e.Hint("check that '%s' is what this port of the broker speaks", optProtocol)
	}
	if isAlert(err) {
		return e.Hint(wantsCertificate, optCertFile, optKeyFile)
	}
	return err
}

const wantsCertificate = "the broker refused: it may want a certificate of the client, '%s' and '%s'"

// isAlert tells that the other side ended the handshake.
func isAlert(err error) bool {
	_, ok := errors.AsType[tls.AlertError](err)
	return ok || strings.Contains(err.Error(), "remote error: tls:")
}
