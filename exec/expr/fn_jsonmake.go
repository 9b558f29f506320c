package expr

import (
	"strconv"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	pathTexts     = "json, text... -> "
	anyToJSON     = "any -> json"
	anythingJSON  = "-> json; any... -> json"
	textPairsJSON = "text[] -> json; text[], text[] -> json"
)

var jsonMakers = []function{
	{name: "json_build_array", sigs: anythingJSON, loose: true, kernel: loosely(buildArray), doc: "a JSON array of the values", example: "json_build_array(1, 'a') → [1, \"a\"]"},
	{name: "json_build_object", sigs: anythingJSON, loose: true, kernel: loosely(buildObject), doc: "a JSON object of names and values in turn", example: "json_build_object('a', 1) → {\"a\" : 1}"},
	{name: "jsonb_build_array", sigs: anythingJSON, loose: true, kernel: loosely(asJSONB(buildArray)), doc: "a JSON array of the values", example: "jsonb_build_array(1, 'a') → [1, \"a\"]"},
	{name: "jsonb_build_object", sigs: anythingJSON, loose: true, kernel: loosely(asJSONB(buildObject)), doc: "a JSON object of names and values in turn, sorted",
		example: "jsonb_build_object('b', 1, 'a', 2) → {\"a\": 2, \"b\": 1}"},
	{name: "json_object", sigs: textPairsJSON, kernel: strictly(objectOfTexts), doc: "a JSON object of names and values in turn, or of two arrays", example: "json_object('{a,1}') → {\"a\" : \"1\"}"},
	{name: "array_to_json", sigs: "any[] -> json; any[], bool -> json", kernel: strictly(toJSONLines), doc: "an array as JSON", example: "array_to_json(ARRAY[1, 2]) → [1,2]"},
	{name: "row_to_json", sigs: "row -> json; row, bool -> json", kernel: strictly(toJSONLines), doc: "a row as JSON", example: "row_to_json(ROW(1, 'a')) → {\"f1\":1,\"f2\":\"a\"}"},
	{name: "to_jsonb", sigs: anyToJSON, doc: "any value as JSON", example: "to_jsonb(ARRAY[1, 2]) → [1, 2]", kernel: strictly(asJSONB(func(c *call, i int) error {
		c.out.Data = AppendJSON(c.out.Data, c.types[0], c.args[0], i, c.env.Timezone)
		return nil
	}))},
	{name: "json_extract_path", sigs: pathTexts + "json", kernel: strictly(extractPath(false)), doc: "what stands at a path, as JSON", example: "json_extract_path('{\"a\":[1,2]}', 'a', '1') → 2"},
	{name: "json_extract_path_text", sigs: pathTexts + "text", kernel: strictly(extractPath(true)), doc: "what stands at a path, as text", example: "json_extract_path_text('{\"a\":\"x\"}', 'a') → x"},
	{name: "json_strip_nulls", sigs: "json -> json", doc: "without the members that are null", example: "json_strip_nulls('{\"a\":null,\"b\":1}') → {\"b\":1}",
		kernel: strictly(func(c *call, i int) error {
			c.out.Data = stripNullText(c.out.Data, c.str(0, i))
			return nil
		})},
}

// asJSONB gives the result of a function in JSONB's text.
func asJSONB(fn rowFunc) rowFunc {
	return func(c *call, i int) error {
		from := len(c.out.Data)
		if err := fn(c, i); err != nil || c.null {
			return err
		}
		n := parseJSONTree(append([]byte(nil), c.out.Data[from:]...))
		c.out.Data = n.append(c.out.Data[:from], -1)
		return nil
	}
}

func (c *call) putJSONValue(k, i int) {
	c.out.Data = AppendJSON(c.out.Data, c.types[k], c.args[k], i, c.env.Timezone)
}

func buildArray(c *call, i int) error {
	c.put([]byte{'['})
	for k := range c.args {
		if k > 0 {
			c.put([]byte(", "))
		}
		c.putJSONValue(k, i)
	}
	c.put([]byte{']'})
	return nil
}

func buildObject(c *call, i int) error {
	if len(c.args)%2 != 0 {
		return sqlerr.New(sqlerr.InvalidParameterValue, "argument list must have even number of elements").
			Hint("The arguments of %s() must consist of alternating keys and values.", c.name)
	}
	c.put([]byte{'{'})
	for k := 0; k < len(c.args); k += 2 {
		if k > 0 {
			c.put([]byte(", "))
		}
		if c.isNull(k, i) {
			return sqlerr.New(sqlerr.InvalidParameterValue, "argument %d cannot be null", k+1).Hint("Object keys should be text.")
		}
		switch c.types[k].Kind {
		case catalog.Array, catalog.Row, catalog.Map, catalog.JSON:
			return sqlerr.New(sqlerr.InvalidParameterValue, "key value must be scalar, not array, composite, or json")
		}
		c.out.Data = append(appendJSONString(c.out.Data, c.textOf(k, i)), " : "...)
		c.putJSONValue(k+1, i)
	}
	c.put([]byte{'}'})
	return nil
}

func objectOfTexts(c *call, i int) error {
	keys, values, step := c.args[0], c.args[0], 2
	n, from := keys.Offs[i+1]-keys.Offs[i], keys.Offs[i]
	shift := int32(1)
	if len(c.args) == 2 {
		values, step = c.args[1], 1
		if values.Offs[i+1]-values.Offs[i] != n {
			return sqlerr.New(sqlerr.ArraySubscriptError, "mismatched array dimensions")
		}
		shift = values.Offs[i] - from
	} else if n%2 != 0 {
		return sqlerr.New(sqlerr.ArraySubscriptError, "array must have even number of elements")
	}
	c.put([]byte{'{'})
	for j := from; j < from+n; j += int32(step) {
		if j > from {
			c.put([]byte(", "))
		}
		if keys.Kids[0].IsNull(int(j)) {
			return sqlerr.New(sqlerr.NullNotAllowed, "null value not allowed for object key")
		}
		c.out.Data = append(appendJSONString(c.out.Data, keys.Kids[0].Str(int(j))), " : "...)
		if v := int(j + shift); values.Kids[0].IsNull(v) {
			c.put([]byte("null"))
		} else {
			c.out.Data = appendJSONString(c.out.Data, values.Kids[0].Str(v))
		}
	}
	c.put([]byte{'}'})
	return nil
}

// toJSONLines is array_to_json and row_to_json; with true each part has a line.
func toJSONLines(c *call, i int) error {
	if len(c.args) == 1 || !c.args[1].Bool[i] {
		c.putJSONValue(0, i)
		return nil
	}
	c.buf = AppendJSON(c.buf[:0], c.types[0], c.args[0], i, c.env.Timezone)
	c.put(c.buf[:1])
	first := true
	jsonEach(c.buf, func(k, v []byte) bool {
		if !first {
			c.put([]byte(",\n "))
		}
		first = false
		if k != nil {
			c.put(k)
			c.put([]byte{':'})
		}
		c.put(v)
		return true
	})
	c.put(c.buf[len(c.buf)-1:])
	return nil
}

func extractPath(asText bool) rowFunc {
	return func(c *call, i int) error {
		v := c.str(0, i)
		v = v[jsonSpace(v, 0):]
		for k := 1; k < len(c.args) && v != nil; k++ {
			v = c.step(v, c.str(k, i))
		}
		c.putJSON(v, asText)
		return nil
	}
}

var jsonChanges = []function{
	{name: "?", sigs: "json, text -> bool", doc: "a text is a member's name or an element", example: `'{"a":1}'::JSON ? 'a' → t`,
		kernel: strictly(func(c *call, i int) error {
			n := parseJSONTree(c.str(0, i))
			c.out.Bool[i] = n.has(string(c.str(1, i)))
			return nil
		})},
	{name: "?|", sigs: "json, text[] -> bool", kernel: strictly(hasSome(false)), doc: "one of the texts is a member's name or an element", example: `'{"a":1}'::JSON ?| ARRAY['b', 'a'] → t`},
	{name: "?&", sigs: "json, text[] -> bool", kernel: strictly(hasSome(true)), doc: "all of the texts are members' names or elements", example: `'{"a":1}'::JSON ?& ARRAY['b', 'a'] → f`},
	{name: "#-", sigs: "json, text[] -> json", kernel: strictly(deletePath), doc: "without what stands at a path", example: `'{"a":{"b":1}}'::JSON #- '{a,b}' → {"a": {}}`},
	{name: "jsonb_set", sigs: "json, text[], json -> json; json, text[], json, bool -> json", kernel: strictly(setPath), doc: "with another value at a path, which is added unless told otherwise",
		example: `jsonb_set('{"a":1}', '{b}', '2') → {"a": 1, "b": 2}`},
	{name: "jsonb_insert", sigs: "json, text[], json -> json; json, text[], json, bool -> json", kernel: strictly(insertPath), doc: "with a value put in before (or behind) what stands at a path",
		example: `jsonb_insert('{"a":[0,1]}', '{a,1}', '9') → {"a": [0, 9, 1]}`},
	{name: "jsonb_pretty", sigs: "json -> text", doc: "indented", example: `length(jsonb_pretty('{"a":1}')) → 14`, kernel: strictly(func(c *call, i int) error {
		n := parseJSONTree(c.str(0, i))
		c.out.Data = n.append(c.out.Data, 0)
		return nil
	})},
	{name: "jsonb_strip_nulls", sigs: "json -> json", doc: "without the members that are null", example: `jsonb_strip_nulls('{"a":null,"b":1}') → {"b": 1}`,
		kernel: strictly(changed(func(n *jsonNode) { n.stripNulls() }))},
	{name: "json_exists", sigs: "json, text -> bool; text, text -> bool", kernel: jsonExists, doc: "whether something stands at a path like $.a[0].b or $.a[*]",
		example: `json_exists('{"a":[1]}', '$.a[0]') → t`},
}

// changed is a function that changes its first argument.
func changed(fn func(*jsonNode)) rowFunc {
	return func(c *call, i int) error {
		n := parseJSONTree(c.str(0, i))
		fn(&n)
		c.out.Data = n.append(c.out.Data, -1)
		return nil
	}
}

func (n *jsonNode) has(s string) bool {
	switch n.kind {
	case '{':
		_, ok := n.find(s)
		return ok
	case '[':
		for _, k := range n.kids {
			if k.kind == '"' && string(k.text) == s {
				return true
			}
		}
		return false
	}
	return n.kind == '"' && string(n.text) == s
}

func hasSome(all bool) rowFunc {
	return func(c *call, i int) error {
		n, a := parseJSONTree(c.str(0, i)), c.args[1]
		c.out.Bool[i] = all
		for j := int(a.Offs[i]); j < int(a.Offs[i+1]); j++ {
			if !a.Kids[0].IsNull(j) && n.has(string(a.Kids[0].Str(j))) != all {
				c.out.Bool[i] = !all
				break
			}
		}
		return nil
	}
}

// path gives a path's steps.
func (c *call) path(k, i int) ([]string, error) {
	var steps []string
	a := c.args[k]
	for j := int(a.Offs[i]); j < int(a.Offs[i+1]); j++ {
		if a.Kids[0].IsNull(j) {
			return nil, sqlerr.New(sqlerr.NullNotAllowed, "path element at position %d is null", j-int(a.Offs[i])+1)
		}
		steps = append(steps, string(a.Kids[0].Str(j)))
	}
	return steps, nil
}

// at finds a step in n: a member, or an element with a number. For what is not
// there it gives the place where it would go.
func (n *jsonNode) at(step string, depth int) (i int, found bool, err error) {
	if n.kind == '{' {
		i, found = n.find(step)
		return i, found, nil
	}
	v, e := strconv.ParseInt(step, 10, 32)
	if e != nil {
		return 0, false, sqlerr.New(sqlerr.InvalidTextRepresentation, `path element at position %d is not an integer: "%s"`, depth+1, step)
	}
	if v < 0 {
		v += int64(len(n.kids))
	}
	switch {
	case v < 0:
		return -1, false, nil
	case v >= int64(len(n.kids)):
		return len(n.kids), false, nil
	}
	return int(v), true, nil
}

// change goes down a path; fn is told of the place of the last step.
func (n *jsonNode) change(path []string, depth int, fn func(n *jsonNode, i int, found bool) error) error {
	if n.scalar() || depth == len(path) {
		return nil
	}
	i, found, err := n.at(path[depth], depth)
	if err != nil {
		return err
	}
	if depth == len(path)-1 {
		return fn(n, i, found)
	}
	if found {
		return n.kids[i].change(path, depth+1, fn)
	}
	return nil
}

func (c *call) changePath(i int, what string, fn func(path []string, n *jsonNode, at int, found bool) error) error {
	n := parseJSONTree(c.str(0, i))
	path, err := c.path(1, i)
	if err != nil {
		return err
	}
	if n.scalar() {
		return sqlerr.New(sqlerr.InvalidParameterValue, "cannot %s in scalar", what)
	}
	if err := n.change(path, 0, func(n *jsonNode, at int, found bool) error { return fn(path, n, at, found) }); err != nil {
		return err
	}
	c.out.Data = n.append(c.out.Data, -1)
	return nil
}

func deletePath(c *call, i int) error {
	return c.changePath(i, "delete path", func(_ []string, n *jsonNode, at int, found bool) error {
		if found {
			n.remove(at)
		}
		return nil
	})
}

// place puts a value in an object or array.
func (n *jsonNode) place(key string, at int, v jsonNode) {
	if n.kind == '{' {
		n.set(key, v)
		return
	}
	at = max(at, 0)
	n.kids = append(n.kids, jsonNode{})
	copy(n.kids[at+1:], n.kids[at:])
	n.kids[at] = v
}

func setPath(c *call, i int) error {
	create := len(c.args) < 4 || c.args[3].Bool[i]
	return c.changePath(i, "set path", func(path []string, n *jsonNode, at int, found bool) error {
		v := parseJSONTree(c.str(2, i))
		if found {
			n.kids[at] = v
		} else if create {
			n.place(path[len(path)-1], at, v)
		}
		return nil
	})
}

func insertPath(c *call, i int) error {
	after := len(c.args) == 4 && c.args[3].Bool[i]
	return c.changePath(i, "set path", func(path []string, n *jsonNode, at int, found bool) error {
		if n.kind == '{' && found {
			return sqlerr.New(sqlerr.InvalidParameterValue, "cannot replace existing key").Hint("Try using the function jsonb_set to replace key value.")
		}
		if after && found {
			at++
		}
		n.place(path[len(path)-1], at, parseJSONTree(c.str(2, i)))
		return nil
	})
}

// jsonMinus is JSON - text, - integer and - text[].
func jsonMinus(s *site) (exec.Eval, error) {
	kind := s.types[1].Kind
	return newCall(s, func(c *call, i int) error {
		n := parseJSONTree(c.str(0, i))
		switch {
		case n.scalar():
			return sqlerr.New(sqlerr.InvalidParameterValue, "cannot delete from scalar")
		case kind == catalog.Varchar:
			n.drop(string(c.str(1, i)))
		case kind == catalog.Array:
			a := c.args[1]
			for j := int(a.Offs[i]); j < int(a.Offs[i+1]); j++ {
				if !a.Kids[0].IsNull(j) {
					n.drop(string(a.Kids[0].Str(j)))
				}
			}
		case n.kind == '{':
			return sqlerr.New(sqlerr.InvalidParameterValue, "cannot delete from object using integer index")
		default:
			at := c.int(1, i)
			if at < 0 {
				at += int64(len(n.kids))
			}
			if at >= 0 && at < int64(len(n.kids)) {
				n.remove(int(at))
			}
		}
		c.out.Data = n.append(c.out.Data, -1)
		return nil
	}, true), nil
}

// drop takes a member, or the elements that are a text, away.
func (n *jsonNode) drop(s string) {
	for i := len(n.kids) - 1; i >= 0; i-- {
		if n.kind == '{' && n.keys[i] == s || n.kind == '[' && n.kids[i].kind == '"' && string(n.kids[i].text) == s {
			n.remove(i)
		}
	}
}

// jsonConcat is JSON || JSON.
func jsonConcat(c *call, i int) error {
	a, b := parseJSONTree(c.str(0, i)), parseJSONTree(c.str(1, i))
	if a.kind == '{' && b.kind == '{' {
		for k, key := range b.keys {
			a.set(key, b.kids[k])
		}
	} else {
		all := jsonNode{kind: '['}
		for _, n := range []jsonNode{a, b} {
			if n.kind == '[' {
				all.kids = append(all.kids, n.kids...)
			} else {
				all.kids = append(all.kids, n)
			}
		}
		if a.kind == '{' && b.kind != '[' || b.kind == '{' && a.kind != '[' {
			return sqlerr.New(sqlerr.InvalidParameterValue, "invalid concatenation of jsonb objects")
		}
		a = all
	}
	c.out.Data = a.append(c.out.Data, -1)
	return nil
}
