package gcstest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// begin starts a resumable upload.
func (s *Server) begin(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var about struct {
		Type string `json:"contentType"`
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if q.Get("uploadType") != "resumable" || q.Get("name") == "" || kind != "application/json" || json.NewDecoder(r.Body).Decode(&about) != nil {
		fail(w, http.StatusBadRequest, "Required")
		return
	}
	if q.Get("ifGenerationMatch") == "0" && s.objects[q.Get("name")] != nil {
		fail(w, http.StatusPreconditionFailed, "At least one of the pre-conditions you specified did not hold.")
		return
	}
	s.number++
	id := fmt.Sprintf("upload-%d", s.number)
	s.uploads[id] = &upload{name: q.Get("name"), kind: about.Type, short: s.Short}
	w.Header().Set("Location", s.URL+"/upload/storage/v1/b/bucket/o?"+url.Values{"uploadType": {"resumable"}, "name": {q.Get("name")}, "upload_id": {id}}.Encode())
	reply(w, http.StatusOK, nil)
}

// more takes a piece, says what there is, or gives an upload up.
func (s *Server) more(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("upload_id")
	u := s.uploads[id]
	if u == nil {
		fail(w, http.StatusNotFound, "no such upload")
		return
	}
	if r.Method == http.MethodDelete {
		delete(s.uploads, id)
		w.WriteHeader(499)
		return
	}
	body, err := io.ReadAll(r.Body)
	span, ok := strings.CutPrefix(r.Header.Get("Content-Range"), "bytes ")
	span, total, ok2 := strings.Cut(span, "/")
	if err != nil || !ok || !ok2 {
		fail(w, http.StatusBadRequest, "Invalid Content-Range")
		return
	}
	if span != "*" {
		first, last, _ := strings.Cut(span, "-")
		from, err := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err != nil || err2 != nil || to-from+1 != len(body) || from > len(u.data) || total == "*" && (to+1)%(256<<10) != 0 {
			fail(w, http.StatusBadRequest, "Invalid Content-Range")
			return
		}
		if u.short > 0 {
			body, u.short = body[:min(u.short, int64(len(body)))], 0
		}
		u.data = append(u.data[:from], body...)
	}
	if total == strconv.Itoa(len(u.data)) {
		delete(s.uploads, id)
		reply(w, http.StatusOK, s.put(u.name, u.kind, u.data).describe(u.name))
		return
	}
	if len(u.data) > 0 {
		w.Header().Set("Range", fmt.Sprintf("bytes=0-%d", len(u.data)-1))
	}
	w.WriteHeader(http.StatusPermanentRedirect)
}

// accountOf is the service account that may ask for tokens.
type accountOf struct {
	key    *rsa.PrivateKey
	grants int
}

const email = "reader@project.iam.gserviceaccount.com"

// Account gives the file of a service account that gets Token of this server.
func (s *Server) Account() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		s.t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		s.t.Fatal(err)
	}
	file, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": email, "private_key_id": "k1", "token_uri": s.URL + "/token",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account.key = key
	return file
}

// Grants is how many tokens were given.
func (s *Server) Grants() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.account.grants
}

// credentials serves the addresses that give tokens.
func (s *Server) credentials(w http.ResponseWriter, r *http.Request) bool {
	switch r.URL.Path {
	case "/token":
		if why := s.signed(r); why != "" {
			reply(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": why})
			return true
		}
	case "/computeMetadata/v1/instance/service-accounts/default/token":
		if r.Header.Get("Metadata-Flavor") != "Google" || r.Method != http.MethodGet {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
	default:
		return false
	}
	s.account.grants++
	reply(w, http.StatusOK, map[string]any{"access_token": s.Token, "expires_in": 3599, "token_type": "Bearer"})
	return true
}

// signed looks at the assertion of a request for a token.
func (s *Server) signed(r *http.Request) (why string) {
	if r.Method != http.MethodPost || r.FormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || s.account.key == nil {
		return "no such grant"
	}
	parts := strings.Split(r.PostFormValue("assertion"), ".")
	if len(parts) != 3 {
		return "Invalid JWT"
	}
	var raw [3][]byte
	for i, p := range parts {
		b, err := base64.RawURLEncoding.DecodeString(p)
		if err != nil {
			return "Invalid JWT: base64"
		}
		raw[i] = b
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if rsa.VerifyPKCS1v15(&s.account.key.PublicKey, crypto.SHA256, sum[:], raw[2]) != nil {
		return "Invalid JWT Signature."
	}
	var head struct{ Alg, Typ, Kid string }
	var claims struct {
		Iss, Scope, Aud string
		Iat, Exp        int64
	}
	if json.Unmarshal(raw[0], &head) != nil || json.Unmarshal(raw[1], &claims) != nil {
		return "Invalid JWT: JSON"
	}
	now := time.Now().Unix()
	if head.Alg != "RS256" || head.Typ != "JWT" || head.Kid != "k1" || claims.Iss != email || claims.Aud != s.URL+"/token" ||
		!strings.HasPrefix(claims.Scope, "https://www.googleapis.com/auth/devstorage.") || claims.Iat > now+60 || claims.Exp <= now || claims.Exp-claims.Iat > 3600 {
		return "Invalid JWT: claims"
	}
	return ""
}
