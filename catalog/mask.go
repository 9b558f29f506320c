package catalog

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// mask is what is shown for a secret.
const mask = "******"

// secretWords mark the keys whose values are secrets whatever connector
// declares them.
var secretWords = []string{"password", "passwd", "secret", "token", "credential", "jaas", "api-key", "api.key", "apikey",
	"private-key", "private.key", "ssl.key", "keystore.key", "access-key", "access.key", "account-key", "user-info", "authorization"}

// openHeaders are headers of requests that say nothing secret; any other may.
var openHeaders = []string{"accept", "accept-language", "cache-control", "content-type", "host", "user-agent"}

// IsSecretKey tells whether an option's value must not be shown.
func IsSecretKey(key string) bool {
	key = strings.ToLower(key)
	if name, ok := strings.CutPrefix(key, "headers."); ok {
		return !slices.Contains(openHeaders, name)
	}
	for _, w := range secretWords {
		if strings.Contains(key, w) {
			return true
		}
	}
	return false
}

// MaskOption gives an option's value as it may be shown: a secret is hidden, and
// so is the password in a URL. A reference to a secret is no secret.
func MaskOption(key, value string) string {
	switch {
	case isReference(value):
		return value
	case strings.Contains(strings.ToLower(key), "jaas"):
		return maskJAAS(value)
	case IsSecretKey(key):
		return mask
	}
	scheme, rest, ok := strings.Cut(value, "://")
	if !ok {
		return value
	}
	host, _, _ := strings.Cut(rest, "/")
	at := strings.LastIndexByte(host, '@')
	if at < 0 { // a password with a slash in it is not a valid URL; hide what may be one
		if at = strings.LastIndexByte(rest, '@'); at < 0 || !strings.Contains(rest[:at], ":") {
			return maskQuery(value)
		}
	}
	user, password, has := strings.Cut(rest[:at], ":")
	if !has || isReference(password) {
		return maskQuery(value)
	}
	return maskQuery(scheme + "://" + user + ":" + mask + rest[at:])
}

var (
	// jaasEntry is the form of a JAAS configuration whose parts are known; the
	// whole of any other is hidden.
	jaasEntry = regexp.MustCompile(`^\s*[\w.$]+\s+\w+((\s+[\w.]+\s*=\s*"[^"\\]*")*)\s*;\s*$`)
	jaasValue = regexp.MustCompile(`([\w.]+\s*=\s*)"([^"]*)"`)
)

// maskJAAS hides the values of a JAAS configuration that are no references.
func maskJAAS(value string) string {
	if !jaasEntry.MatchString(value) {
		return mask
	}
	return jaasValue.ReplaceAllStringFunc(value, func(s string) string {
		m := jaasValue.FindStringSubmatch(s)
		if isReference(m[2]) {
			return s
		}
		return m[1] + `"` + mask + `"`
	})
}

// maskQuery hides secrets among a URL's parameters.
func maskQuery(value string) string {
	base, query, ok := strings.Cut(value, "?")
	if !ok {
		return value
	}
	parts := strings.Split(query, "&")
	for i, p := range parts {
		k, v, has := strings.Cut(p, "=")
		if name, err := url.QueryUnescape(k); has && !isReference(v) && (err != nil || IsSecretKey(name)) {
			parts[i] = k + "=" + mask
		}
	}
	return base + "?" + strings.Join(parts, "&")
}

// MaskSQL hides the secrets in a statement, for SHOW CREATE, logs and lists of
// queries: the values of 'key' = 'value' pairs. It needs no correct SQL.
func MaskSQL(sql string) string {
	var out strings.Builder
	key := ""      // the last string, if only blanks and = have followed it
	equal := false // whether the = has come
	for i := 0; i < len(sql); {
		end, literal := skipToken(sql, i)
		switch text := sql[i:end]; {
		case literal && equal:
			inner := unquote(text)
			if shown := MaskOption(key, inner); shown != inner {
				text = QuoteLiteral(shown)
			}
			out.WriteString(text)
			key, equal = "", false
		case literal:
			out.WriteString(text)
			key = unquote(text)
		default:
			out.WriteString(text)
			switch {
			case strings.TrimSpace(text) == "" || strings.HasPrefix(text, "--") || strings.HasPrefix(text, "/*"):
			case text == "=" && key != "":
				equal = true
			default:
				key, equal = "", false
			}
		}
		i = end
	}
	return out.String()
}

// unquote takes the quotes of a literal off; an unfinished one lacks the last.
func unquote(s string) string {
	if len(s) > 0 && (s[0] == 'E' || s[0] == 'e') {
		s = s[1:]
	}
	if s = s[1:]; strings.HasSuffix(s, "'") {
		s = s[:len(s)-1]
	}
	return strings.ReplaceAll(s, "''", "'")
}

// skipToken finds the end of the literal, quoted name, comment or single
// character at i.
func skipToken(sql string, i int) (end int, literal bool) {
	rest := sql[i:]
	switch {
	case rest[0] == '\'':
		return i + quotedEnd(rest, false), true
	case len(rest) > 1 && (rest[0] == 'E' || rest[0] == 'e') && rest[1] == '\'' && (i == 0 || !isWord(sql[i-1])):
		return i + 1 + quotedEnd(rest[1:], true), true
	case rest[0] == '"' || rest[0] == '`':
		if j := strings.IndexByte(rest[1:], rest[0]); j >= 0 {
			return i + j + 2, false
		}
		return len(sql), false
	case strings.HasPrefix(rest, "--"):
		if j := strings.IndexByte(rest, '\n'); j >= 0 {
			return i + j + 1, false
		}
		return len(sql), false
	case strings.HasPrefix(rest, "/*"):
		if j := strings.Index(rest[2:], "*/"); j >= 0 {
			return i + j + 4, false
		}
		return len(sql), false
	}
	return i + 1, false
}

// quotedEnd finds the end of a literal that begins at s[0].
func quotedEnd(s string, backslash bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && backslash:
			i++
		case s[i] == '\'' && i+1 < len(s) && s[i+1] == '\'':
			i++
		case s[i] == '\'':
			return i + 1
		}
	}
	return len(s)
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
