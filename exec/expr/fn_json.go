package expr

import (
	"strconv"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

var jsonFunctions = []function{
	{name: "->", sigs: "json, int -> json; json, text -> json", kernel: jsonAccess(false), doc: "element (from 0) or member, as JSON", example: `'{"a":[1]}' -> 'a' → [1]`},
	{name: "->>", sigs: "json, int -> text; json, text -> text", kernel: jsonAccess(true), doc: "element (from 0) or member, as text", example: `'{"a":"x"}' ->> 'a' → x`},
	{name: "#>", sigs: "json, text[] -> json", kernel: strictly(jsonAt(false)), doc: "what stands at a path, as JSON", example: `'{"a":[1]}' #> '{a,0}' → 1`},
	{name: "#>>", sigs: "json, text[] -> text", kernel: strictly(jsonAt(true)), doc: "what stands at a path, as text", example: `'{"a":["x"]}' #>> '{a,0}' → x`},
	{name: "json_value", sigs: "json, text -> text; text, text -> text", kernel: jsonPathKernel(true), doc: "scalar at a path like $.a[0].b; else NULL",
		example: `json_value('{"a":1}', '$.a') → 1`},
	{name: "json_query", sigs: "json, text -> json; text, text -> json", kernel: jsonPathKernel(false), doc: "what stands at a path like $.a[0].b, as JSON",
		example: `json_query('{"a":[1]}', '$.a') → [1]`},
	{name: "json_array_length", sigs: "json -> int", kernel: strictly(jsonLength), doc: "number of elements", example: "json_array_length('[1,2]') → 2"},
	{name: "json_typeof", sigs: "json -> text", doc: "object, array, string, number, boolean or null", example: "json_typeof('-1') → number",
		kernel: strictly(func(c *call, i int) error {
			c.out.Data = append(c.out.Data, jsonKind(c.str(0, i))...)
			return nil
		})},
	{name: "to_json", sigs: "any -> json", doc: "any value as JSON", example: "to_json(ARRAY[1, 2]) → [1,2]",
		kernel: strictly(func(c *call, i int) error {
			c.out.Data = AppendJSON(c.out.Data, c.types[0], c.args[0], i, c.env.Timezone)
			return nil
		})},
	{name: "is_json", sigs: "text -> bool", doc: "whether a text is JSON", example: "is_json('{}') → t",
		kernel: strictly(func(c *call, i int) error {
			c.out.Bool[i] = checkJSON(c.str(0, i)) == nil
			return nil
		})},
}

func jsonAccess(asText bool) kernel {
	return func(s *site) (exec.Eval, error) {
		if s.types[1].Kind == catalog.Varchar {
			return newJSONMember(s, asText)
		}
		return newCall(s, jsonElement(asText), true), nil
	}
}

// putJSON gives a value found in JSON, or NULL.
func (c *call) putJSON(v []byte, asText bool) {
	switch {
	case v == nil || asText && jsonKind(v) == "null":
		c.null = true
	case asText && v[0] == '"':
		c.out.Data = jsonString(c.out.Data, v)
	default:
		c.put(v)
	}
}

func newJSONMember(s *site, asText bool) (exec.Eval, error) {
	return newCall(s, func(c *call, i int) error {
		var v []byte
		v, c.buf = jsonMember(c.str(0, i), c.str(1, i), c.buf)
		c.putJSON(v, asText)
		return nil
	}, true), nil
}

func jsonElement(asText bool) rowFunc {
	return func(c *call, i int) error {
		c.putJSON(jsonIndex(c.str(0, i), c.int(1, i)), asText)
		return nil
	}
}

func jsonAt(asText bool) rowFunc {
	return func(c *call, i int) error {
		v, path := c.str(0, i), c.args[1]
		v = v[jsonSpace(v, 0):]
		for j := int(path.Offs[i]); j < int(path.Offs[i+1]) && v != nil; j++ {
			if path.Kids[0].IsNull(j) {
				v = nil
				break
			}
			v = c.step(v, path.Kids[0].Str(j))
		}
		c.putJSON(v, asText)
		return nil
	}
}

// step takes a member, or, of an array, the element with that number.
func (c *call) step(v, name []byte) []byte {
	if i := jsonSpace(v, 0); i < len(v) && v[i] == '[' {
		n, err := strconv.ParseInt(string(name), 10, 32)
		if err != nil {
			return nil
		}
		return jsonIndex(v, n)
	}
	v, c.buf = jsonMember(v, name, c.buf)
	return v
}

func jsonLength(c *call, i int) error {
	n := int64(0)
	if jsonEach(c.str(0, i), func(_, _ []byte) bool { n++; return true }) != '[' {
		what := "a scalar"
		if jsonKind(c.str(0, i)) == "object" {
			what = "a non-array"
		}
		return sqlerr.New(sqlerr.InvalidParameterValue, "cannot get array length of %s", what)
	}
	c.out.Int[i] = n
	return nil
}

// jsonPathKernel is JSON_VALUE and JSON_QUERY with paths of members and
// elements.
func jsonPathKernel(scalar bool) kernel {
	return func(s *site) (exec.Eval, error) {
		p := &patterns[[]string]{fixed: s.allConst(1), compile: parseJSONPath}
		return newCall(s, func(c *call, i int) error {
			path, err := p.get(c.str(1, i), nil)
			if err != nil {
				return err
			}
			v, many := c.follow(c.str(0, i), path)
			if many > 1 {
				v = nil
			}
			if v != nil {
				if k := jsonKind(v); scalar == (k == "object" || k == "array") {
					v = nil
				}
			}
			c.putJSON(v, scalar)
			return nil
		}, true), nil
	}
}

// jsonExists is JSON_EXISTS.
func jsonExists(s *site) (exec.Eval, error) {
	p := &patterns[[]string]{fixed: s.allConst(1), compile: parseJSONPath}
	return newCall(s, func(c *call, i int) error {
		path, err := p.get(c.str(1, i), nil)
		if err != nil {
			return err
		}
		_, n := c.follow(c.str(0, i), path)
		c.out.Bool[i] = n > 0
		return nil
	}, true), nil
}

// follow gives what stands at a path, and how much that is: the first of it.
func (c *call) follow(v []byte, path []string) (found []byte, n int) {
	v = v[jsonSpace(v, 0):]
	for k, name := range path {
		switch {
		case name == "[*" || name == ".*":
			first := []byte(nil)
			jsonEach(v, func(_, kid []byte) bool {
				f, m := c.follow(kid, path[k+1:])
				if first == nil {
					first = f
				}
				n += m
				return true
			})
			return first, n
		case name[0] == '[':
			at, _ := strconv.ParseInt(name[1:], 10, 32)
			v = jsonIndex(v, at)
		default:
			v, c.buf = jsonMember(v, []byte(name[1:]), c.buf)
		}
		if v == nil {
			return nil, 0
		}
	}
	return v, 1
}

// parseJSONPath reads $.a[0]['b'][*]; a member comes as .name, an element as [n,
// all of them as [* or .*.
func parseJSONPath(path, _ []byte) ([]string, error) {
	bad := sqlerr.New(sqlerr.InvalidParameterValue, `invalid JSON path: "%s"`, clip(path)).
		Hint("A path is $ with .name, ['name'] or [number] behind it.")
	s := strings.TrimSpace(string(path))
	for _, mode := range []string{"lax ", "strict "} {
		s = strings.TrimPrefix(s, mode)
	}
	rest, ok := strings.CutPrefix(s, "$")
	if !ok {
		return nil, bad
	}
	var steps []string
	for rest != "" {
		switch rest[0] {
		case '.':
			n := strings.IndexAny(rest[1:], ".[") + 1
			if n == 0 {
				n = len(rest)
			}
			name := strings.Trim(rest[1:n], `"`)
			if name == "" {
				return nil, bad
			}
			steps, rest = append(steps, "."+name), rest[n:]
		case '[':
			n := strings.IndexByte(rest, ']')
			if n < 0 {
				return nil, bad
			}
			in := rest[1:n]
			if name := strings.Trim(in, `'"`); len(name)+2 == len(in) {
				steps = append(steps, "."+name)
			} else if _, err := strconv.ParseUint(in, 10, 31); err == nil || in == "*" {
				steps = append(steps, "["+in)
			} else {
				return nil, bad
			}
			rest = rest[n+1:]
		default:
			return nil, bad
		}
	}
	return steps, nil
}
