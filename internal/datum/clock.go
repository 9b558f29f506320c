package datum

import (
	"sync"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// maxZones bounds the zones kept by Location; the world has about 600 names.
const maxZones = 1000

var zones = struct {
	sync.RWMutex
	m map[string]*time.Location
}{m: map[string]*time.Location{}}

// abbreviations are PostgreSQL's default ones that are still in use, in hours.
var abbreviations = map[string]int{"utc": 0, "gmt": 0, "z": 0, "zulu": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1,
	"cest": 2, "met": 1, "mest": 2, "eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9, "est": -5, "edt": -4, "cst": -6,
	"cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "nzst": 12, "nzdt": 13}

// Location finds a time zone by IANA name or abbreviation and keeps it. The
// zones come from time.LoadLocation. Unknown names are 22023.
func Location(name string) (*time.Location, error) {
	zones.RLock()
	loc := zones.m[name]
	zones.RUnlock()
	if loc != nil {
		return loc, nil
	}
	loc, err := loadLocation(name)
	if err != nil {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, `time zone "%s" not recognized`, quoted([]byte(name)))
	}
	zones.Lock()
	if len(zones.m) < maxZones {
		zones.m[name] = loc
	}
	zones.Unlock()
	return loc, nil
}

func loadLocation(name string) (*time.Location, error) {
	lowered := make([]byte, 0, 8)
	for i := 0; i < len(name) && i < 8; i++ {
		lowered = append(lowered, lower(name[i]))
	}
	if hours, ok := abbreviations[string(lowered)]; ok && len(name) < 8 {
		if hours == 0 {
			return time.UTC, nil
		}
		return time.FixedZone(name, hours*3600), nil
	}
	if name == "" || name == "Local" {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "no zone")
	}
	return time.LoadLocation(name)
}

// LocalMicros turns an instant into the local time of a zone, and tells how far
// east of Greenwich that is, in seconds. A nil zone is UTC.
func LocalMicros(micros int64, loc *time.Location) (local int64, offset int) {
	if loc == nil || loc == time.UTC || !IsFinite(micros) {
		return micros, 0
	}
	offset = zoneOffset(micros, loc)
	return micros + int64(offset)*MicrosPerSecond, offset
}

// UTCMicros turns local time of a zone into an instant. Time that does not
// exist when clocks go forward is read by the clock of before, time that comes
// twice when they go back by that of after, as PostgreSQL does.
func UTCMicros(local int64, loc *time.Location) int64 {
	if loc == nil || loc == time.UTC || !IsFinite(local) {
		return local
	}
	before := zoneOffset(local-MicrosPerDay, loc)
	after := zoneOffset(local+MicrosPerDay, loc)
	tb := local - int64(before)*MicrosPerSecond
	ta := local - int64(after)*MicrosPerSecond
	if before == after {
		return tb
	}
	okBefore, okAfter := zoneOffset(tb, loc) == before, zoneOffset(ta, loc) == after
	if okBefore != okAfter {
		if okBefore {
			return tb
		}
		return ta
	}
	return max(tb, ta)
}

func zoneOffset(micros int64, loc *time.Location) int {
	_, off := time.Unix(floorDiv(micros, MicrosPerSecond), 0).In(loc).Zone()
	return off
}
