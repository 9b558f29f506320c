package http

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/penstock/penstock/internal/sqlerr"
)

// guard stands before all routes. There is no authentication yet, so what reaches the
// port must come from this machine's programs: web pages open in its browser are
// kept out, whether they post across origins or have a name of theirs resolve to
// the loopback address.
func (s *Server) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.rescue(w, r)
		if !loopbackHost(r.Host) {
			problem(w, http.StatusForbidden, sqlerr.New(sqlerr.InsufficientPrivilege, "host %q is not this machine's loopback address", r.Host).
				Hint("use 127.0.0.1 or localhost"))
			return
		}
		if err := origin.Check(r); err != nil {
			problem(w, http.StatusForbidden, sqlerr.New(sqlerr.InsufficientPrivilege, "requests from web pages are refused: %v", err))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func loopbackHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// rescue answers a panic, which is our fault, with XX000 where there is still time,
// and leaves the process alone.
func (s *Server) rescue(w http.ResponseWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler { // wanted: see csvWriter.fail
		panic(v) //nolint:forbidigo // net/http takes it as the wish to cut the connection
	}
	s.log.Error("internal error", "method", r.Method, "path", r.URL.Path, "error", fmt.Sprint(v), "stack", string(debug.Stack()))
	problem(w, http.StatusInternalServerError, sqlerr.New(sqlerr.InternalError, "internal error: %v", v))
}

// notAllowed answers a method that a path does not have.
func notAllowed(routes chi.Routes) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			if routes.Match(chi.NewRouteContext(), m, r.URL.Path) {
				w.Header().Add("Allow", m)
			}
		}
		problem(w, http.StatusMethodNotAllowed, sqlerr.New(sqlerr.FeatureNotSupported, "%s is not allowed on %s", r.Method, r.URL.Path).
			Hint("allowed: %s", strings.Join(w.Header().Values("Allow"), ", ")))
	}
}
