package file

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"gocloud.dev/blob"

	"github.com/penstock/penstock/exec/file/gcs"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	// storeWait is the first wait before a request to Google's store is tried again.
	storeWait = 200 * time.Millisecond
	// maxCredentials bounds a file of credentials.
	maxCredentials = 64 << 10
)

// googleClient keeps a table's client of Google's store, with its connections and
// its token, for all files of the table.
type googleClient struct {
	mu     sync.Mutex
	client *gcs.Client
}

// openGCS opens a bucket of Google's store or one that speaks as it does.
func openGCS(cfg *Config, bucket string) (*blob.Bucket, error) {
	shared := cfg.Stores.google
	if shared == nil {
		shared = new(googleClient)
	}
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.client == nil {
		o, err := googleOptions(cfg)
		if err != nil {
			return nil, err
		}
		if shared.client, err = gcs.New(o); err != nil {
			return nil, err
		}
	}
	return shared.client.Bucket(bucket), nil
}

// googleOptions finds the store and who asks. What the surroundings know of
// credentials is for Google's own address alone: a token is worth the same to
// whoever gets it.
func googleOptions(cfg *Config) (gcs.Options, error) {
	s := &cfg.Stores
	t := &http.Transport{}
	connect(cfg, t)
	o := gcs.Options{Endpoint: s.GCSEndpoint, Token: s.GCSToken, Transport: t, Attempts: storeAttempts, Wait: storeWait}
	if emulator := os.Getenv("STORAGE_EMULATOR_HOST"); o.Endpoint == "" && emulator != "" {
		if o.Endpoint = emulator; !strings.Contains(emulator, "://") {
			o.Endpoint = "http://" + emulator
		}
	}
	var err error
	switch keys := os.Getenv("GOOGLE_APPLICATION_CREDENTIALS"); {
	case s.GCSToken != "" || s.GCSAnonymous:
	case s.GCSCredentials != "":
		if err := allowed(cfg, s.GCSCredentials); err != nil {
			return o, err
		}
		o.Key, err = readCredentials(s.GCSCredentials)
	case !isGoogle(o.Endpoint):
	case keys != "":
		o.Key, err = readCredentials(keys)
	default:
		o.Metadata = true
	}
	return o, err
}

// isGoogle tells Google's own addresses.
func isGoogle(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return endpoint == "" || err == nil && u.Scheme == "https" && strings.HasSuffix(u.Hostname(), ".googleapis.com")
}

// readCredentials reads a file of credentials.
func readCredentials(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(path, "reading", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxCredentials+1))
	if err != nil {
		return nil, ioError(path, "read", err)
	}
	if len(text) == 0 || len(text) > maxCredentials {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "%q is no file of credentials", path)
	}
	return text, nil
}
