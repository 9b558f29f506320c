package gcs_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"gocloud.dev/gcerrors"

	"github.com/penstock/penstock/exec/file/gcs"
	"github.com/penstock/penstock/exec/file/gcs/gcstest"
	"github.com/penstock/penstock/internal/sqlerr"
)

func TestTokens(t *testing.T) {
	s := gcstest.New(t)
	s.Put("k", "value")
	s.Token = "ya29.secret"
	t.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(s.URL, "http://"))
	for _, c := range []struct {
		name   string
		o      gcs.Options
		grants int
		code   gcerrors.ErrorCode
	}{
		{"anonymous", gcs.Options{}, 0, gcerrors.PermissionDenied},
		{"a wrong token", gcs.Options{Token: "very-wrong"}, 0, gcerrors.PermissionDenied},
		{"a token", gcs.Options{Token: s.Token}, 0, gcerrors.OK},
		{"an account", gcs.Options{Key: s.Account()}, 1, gcerrors.OK},
		{"a machine", gcs.Options{Metadata: true}, 1, gcerrors.OK},
	} {
		before := s.Grants()
		b := open(t, s, c.o)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				_, err := b.ReadAll(t.Context(), "k")
				if gcerrors.Code(err) != c.code || strings.Contains(fmt.Sprint(err), "very-wrong") {
					t.Errorf("%s: %v", c.name, err)
				}
			})
		}
		all.Wait()
		if n := s.Grants() - before; n != c.grants {
			t.Errorf("%s: %d tokens were asked for", c.name, n)
		}
	}
	// A token that the store has stopped to take is replaced.
	b := open(t, s, gcs.Options{Metadata: true})
	for range 2 {
		before := s.Grants()
		if err := b.WriteAll(t.Context(), "new", []byte("x"), nil); err != nil || s.Grants() != before+1 {
			t.Errorf("%v, %d tokens", err, s.Grants()-before)
		}
		s.Token += "x"
	}
}

// A key that the store does not know, one that is none, and no metadata service.
func TestBadCredentials(t *testing.T) {
	s := gcstest.New(t)
	old := s.Account()
	s.Account()
	_, err := open(t, s, gcs.Options{Key: old}).ReadAll(t.Context(), "k")
	if sqlerr.CodeOf(err) != sqlerr.InvalidAuthorization || !strings.Contains(err.Error(), "invalid_grant: Invalid JWT Signature.") {
		t.Error(err)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	t.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(gone.URL, "http://"))
	if _, err = open(t, s, gcs.Options{Metadata: true}).ReadAll(t.Context(), "k"); sqlerr.CodeOf(err) != sqlerr.InvalidAuthorization {
		t.Error(err)
	}
	if e := sqlerr.From(err); !strings.Contains(e.HintMsg, "gcs.credentials-file") {
		t.Errorf("hint %q", e.HintMsg)
	}
	for key, code := range map[string]sqlerr.Code{
		"{": sqlerr.InvalidParameterValue, `{"type":"authorized_user"}`: sqlerr.FeatureNotSupported, `{"type":"service_account"}`: sqlerr.InvalidParameterValue,
		`{"type":"service_account","client_email":"e","token_uri":"file:///x"}`:                                                                                  sqlerr.InvalidParameterValue,
		`{"type":"service_account","client_email":"e","token_uri":"https://x/y","private_key":"SECRET"}`:                                                         sqlerr.InvalidParameterValue,
		`{"type":"service_account","client_email":"e","token_uri":"https://x/y","private_key":"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}`: sqlerr.InvalidParameterValue,
	} {
		_, err := gcs.New(gcs.Options{Key: []byte(key), Transport: &http.Transport{}})
		if sqlerr.CodeOf(err) != code || strings.Contains(fmt.Sprint(err), "SECRET") {
			t.Errorf("%s: %v", key, err)
		}
	}
	for _, endpoint := range []string{"x", "ftp://x", "http://", "https://u:p@x", "https://x?y", "https://%"} {
		if _, err := gcs.New(gcs.Options{Endpoint: endpoint, Transport: &http.Transport{}}); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}
