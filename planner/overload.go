package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
)

// candidate is an overload with its parameters spread over the arguments.
type candidate struct {
	sig  catalog.Signature
	args []catalog.Type
}

// spread fits a signature to a number of arguments.
func spread(sig catalog.Signature, n int) ([]catalog.Type, bool) {
	if !sig.Variadic {
		return sig.Args, len(sig.Args) == n
	}
	if len(sig.Args) == 0 || n < len(sig.Args) {
		return nil, false
	}
	args := slices.Clone(sig.Args)
	for len(args) < n {
		args = append(args, sig.Args[len(sig.Args)-1])
	}
	return args, true
}

// anyType says that a parameter takes whatever comes.
func anyType(p catalog.Type) bool { return p.Kind == catalog.Unknown }

// accepts says whether a parameter takes an argument without a conversion.
func accepts(p, arg catalog.Type) bool {
	if anyType(p) {
		return true
	}
	if p.Kind != arg.Kind {
		return false
	}
	if p.Elem != nil && arg.Elem != nil && !accepts(*p.Elem, *arg.Elem) {
		return false
	}
	if p.Key != nil && arg.Key != nil && !accepts(*p.Key, *arg.Key) {
		return false
	}
	return len(p.Fields) == 0 || p.SameKind(arg)
}

// takes says whether a parameter takes an argument at all.
func takes(p, arg catalog.Type) bool {
	return arg.Kind == catalog.Unknown || accepts(p, arg) || canCast(arg, p, implicit)
}

// resolve picks an overload by the rules of PostgreSQL's chapter 10 ("Type
// Conversion"): nil when none fits; ambiguous when several do and none is best.
func resolve(sigs []catalog.Signature, args []catalog.Type, operator bool) (best *candidate, ambiguous bool) {
	var cands []candidate
	for _, s := range sigs {
		if ps, ok := spread(s, len(args)); ok {
			cands = append(cands, candidate{s, ps})
		}
	}
	if c := exactMatch(cands, args, operator); c != nil {
		return c, false
	}
	cands = slices.DeleteFunc(cands, func(c candidate) bool {
		for i, p := range c.args {
			if !takes(p, args[i]) {
				return true
			}
		}
		return false
	})
	steps := []func([]candidate, []catalog.Type) []candidate{mostExact, mostPreferred, byCategory, byKnown}
	for _, step := range steps {
		if len(cands) <= 1 {
			break
		}
		cands = step(cands, args)
	}
	switch len(cands) {
	case 0:
		return nil, false
	case 1:
		return &cands[0], false
	}
	return nil, true
}

// exactMatch takes the overload whose parameters are the arguments' types. An
// operator's undecided argument is taken to be of the other's type.
func exactMatch(cands []candidate, args []catalog.Type, operator bool) *candidate {
	if operator && len(args) == 2 {
		switch {
		case args[0].Kind == catalog.Unknown && args[1].Kind != catalog.Unknown:
			args = []catalog.Type{args[1], args[1]}
		case args[1].Kind == catalog.Unknown && args[0].Kind != catalog.Unknown:
			args = []catalog.Type{args[0], args[0]}
		}
	}
	var generic *candidate
	for i := range cands {
		exact, plain := true, true
		for k, p := range cands[i].args {
			if args[k].Kind == catalog.Unknown || !accepts(p, args[k]) {
				exact = false
				break
			}
			plain = plain && !anyType(p)
		}
		if exact && plain {
			return &cands[i]
		}
		if exact && generic == nil {
			generic = &cands[i]
		}
	}
	return generic
}

// keepMax keeps the candidates with the highest score.
func keepMax(cands []candidate, score func(candidate) int) []candidate {
	best := -1
	var kept []candidate
	for _, c := range cands {
		switch s := score(c); {
		case s > best:
			best, kept = s, []candidate{c}
		case s == best:
			kept = append(kept, c)
		}
	}
	return kept
}

func mostExact(cands []candidate, args []catalog.Type) []candidate {
	return keepMax(cands, func(c candidate) (n int) {
		for i, p := range c.args {
			if args[i].Kind != catalog.Unknown && !anyType(p) && accepts(p, args[i]) {
				n++
			}
		}
		return n
	})
}

func mostPreferred(cands []candidate, args []catalog.Type) []candidate {
	return keepMax(cands, func(c candidate) (n int) {
		for i, p := range c.args {
			if args[i].Kind == catalog.Unknown {
				continue
			}
			if accepts(p, args[i]) || preferred(p.Kind) && category(p.Kind) == category(args[i].Kind) {
				n++
			}
		}
		return n
	})
}

// byCategory decides what undecided arguments are: text if any candidate takes
// text there, else the one category that all agree on, its preferred type first.
func byCategory(cands []candidate, args []catalog.Type) []candidate {
	if !slices.ContainsFunc(args, func(t catalog.Type) bool { return t.Kind == catalog.Unknown }) {
		return cands
	}
	cats, prefer := make([]byte, len(args)), make([]bool, len(args))
	for i, a := range args {
		if a.Kind != catalog.Unknown {
			continue
		}
		for k, c := range cands {
			cat := category(c.args[i].Kind)
			switch {
			case cat == 'S':
				cats[i] = 'S'
			case k == 0:
				cats[i] = cat
			case cats[i] != cat && cats[i] != 'S':
				cats[i] = '?'
			}
		}
		if cats[i] == '?' {
			return cands
		}
		for _, c := range cands {
			prefer[i] = prefer[i] || category(c.args[i].Kind) == cats[i] && preferred(c.args[i].Kind)
		}
	}
	kept := slices.DeleteFunc(slices.Clone(cands), func(c candidate) bool {
		for i, p := range c.args {
			if cats[i] != 0 && (category(p.Kind) != cats[i] || prefer[i] && !preferred(p.Kind)) {
				return true
			}
		}
		return false
	})
	if len(kept) == 0 {
		return cands
	}
	return kept
}

// byKnown takes undecided arguments to be of the type that all others have.
func byKnown(cands []candidate, args []catalog.Type) []candidate {
	var known catalog.Type
	undecided := false
	for _, a := range args {
		switch {
		case a.Kind == catalog.Unknown:
			undecided = true
		case known.Kind == catalog.Unknown:
			known = a
		case !known.SameKind(a):
			return cands
		}
	}
	if known.Kind == catalog.Unknown || !undecided {
		return cands
	}
	var kept []candidate
	for _, c := range cands {
		if !slices.ContainsFunc(c.args, func(p catalog.Type) bool { return !takes(p, known) }) {
			kept = append(kept, c)
		}
	}
	if len(kept) == 1 {
		return kept
	}
	return cands
}

// comparable types: each with itself. Mixed numbers and times go by conversion.
var comparison = func() (sigs []catalog.Signature) {
	for _, k := range []catalog.Kind{catalog.SmallInt, catalog.Int, catalog.BigInt, catalog.Decimal, catalog.Real, catalog.Double, catalog.Varchar,
		catalog.Boolean, catalog.Bytes, catalog.Date, catalog.Time, catalog.Timestamp, catalog.TimestampLTZ, catalog.Interval} {
		sigs = append(sigs, catalog.Signature{Args: []catalog.Type{catalog.Of(k), catalog.Of(k)}, Ret: boolType, Strict: true})
	}
	double := []catalog.Type{catalog.Of(catalog.Double), catalog.Of(catalog.Double)}
	sigs = append(sigs, catalog.Signature{Args: []catalog.Type{catalog.Of(catalog.Real), double[1]}, Ret: boolType},
		catalog.Signature{Args: []catalog.Type{double[0], catalog.Of(catalog.Real)}, Ret: boolType})
	return sigs
}()
