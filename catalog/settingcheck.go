package catalog

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// checkLateness refuses what would change the result if it were ignored.
func checkLateness(v string) (string, error) {
	if d, err := ParseDuration(v); err != nil || d != 0 {
		return "", sqlerr.New(sqlerr.FeatureNotSupported, "allowed-lateness other than 0 is not supported")
	}
	return "0s", nil
}

// checkEncoding also takes SQL_ASCII, PostgreSQL's name for "as it is": psql on a
// terminal asks for it where the locale is C.
func checkEncoding(v string) (string, error) {
	name := strings.ToUpper(strings.NewReplacer("-", "", "_", "").Replace(v))
	switch name {
	case "UTF8", "UNICODE":
		return "UTF8", nil
	case "SQLASCII":
		return "SQL_ASCII", nil
	}
	return "", sqlerr.New(sqlerr.FeatureNotSupported, `client_encoding "%s" is not supported`, v).Hint("The only encoding is UTF8.")
}

// checkDateStyle takes the ISO style and the order MDY, which are what we print
// and read.
func checkDateStyle(v string) (string, error) {
	for word := range strings.SplitSeq(v, ",") {
		switch strings.ToLower(strings.TrimSpace(word)) {
		case "iso", "mdy", "us", "noneuro", "noneuropean", "default":
		default:
			return "", advice("The only style is ISO, MDY.")
		}
	}
	return "ISO, MDY", nil
}

func checkZone(v string) (string, error) {
	name := strings.TrimSpace(v)
	if strings.EqualFold(name, "utc") || strings.EqualFold(name, "gmt") || strings.EqualFold(name, "z") || name == "0" || name == "+00" {
		if strings.EqualFold(name, "gmt") {
			return "GMT", nil
		}
		return "UTC", nil
	}
	if _, err := datum.Location(name); err != nil {
		return "", advice("Use a name of the IANA time zone database, such as Europe/Berlin.")
	}
	return name, nil
}

// checkPath takes lists that name our schema, for those are all there is.
func checkPath(v string) (string, error) {
	words := strings.Split(v, ",")
	for i, w := range words {
		w = strings.TrimSpace(w)
		words[i] = w
		switch name := strings.Trim(w, `"'`); {
		case name == "$user", strings.EqualFold(name, SchemaName), name == "pg_catalog", name == "pg_temp", name == "information_schema":
		case name == "" && len(words) == 1: // pg_dump looks at nothing but qualified names
			return `""`, nil
		default:
			return "", advice("There is one schema, public.")
		}
	}
	return strings.Join(words, ", "), nil
}

func onlyOn(v string) (string, error) {
	if v != "on" {
		return "", sqlerr.New(sqlerr.FeatureNotSupported, "standard_conforming_strings can only be on")
	}
	return v, nil
}

// checkRules takes on, off or a list of names; which rules there are only the
// planner knows, and says (see SettingsConfig.Checks).
func checkRules(v string) (string, error) {
	v = strings.ToLower(strings.TrimSpace(v))
	if b, ok := boolWords[v]; ok {
		if b {
			return "on", nil
		}
		return "off", nil
	}
	words := strings.Split(v, ",")
	for i, w := range words {
		w = strings.TrimSpace(w)
		if w == "" || strings.ContainsFunc(w, func(r rune) bool {
			return !(r == '-' || r == '_' || r == '.' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
		}) {
			return "", advice("The values are: on, off, or names of rules separated by commas.")
		}
		words[i] = w
	}
	return strings.Join(slices.Compact(words), ","), nil
}

// checkTableName takes a name of at most the length that names may have, or
// none; whether there is such a table is seen when a query starts.
func checkTableName(v string) (string, error) {
	if v = strings.TrimSpace(v); len(v) > 3*(MaxNameLength+1) {
		return "", advice("The name is too long.")
	}
	return v, nil
}
