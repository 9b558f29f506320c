package catalog

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/penstock/penstock/internal/sqlerr"
)

// maxSecretBytes bounds the file behind a '${file:…}': certificates and keys fit
// many times over.
const maxSecretBytes = 256 << 10

// The kinds of references.
const (
	refEnv  = "${env:"
	refFile = "${file:"
)

// SecretPolicy says which references may be resolved. A nil function allows all.
type SecretPolicy struct {
	// Env judges a variable's name, File the clean absolute path of a file. The
	// error is the reason, as a sentence.
	Env, File func(string) error
}

var secretPolicy atomic.Pointer[SecretPolicy]

// SetSecretPolicy sets what the process allows; it is called before the server
// takes statements.
func SetSecretPolicy(p SecretPolicy) { secretPolicy.Store(&p) }

// SecretDirs makes a policy for files: those below one of the folders, links
// followed.
func SecretDirs(dirs ...string) func(string) error {
	return func(path string) error {
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			real = path
		}
		for _, d := range dirs {
			if r, err := filepath.EvalSymlinks(d); err == nil {
				d = r
			}
			if rel, err := filepath.Rel(d, real); err == nil && filepath.IsLocal(rel) {
				return nil
			}
		}
		return advice("Secrets may be read from these folders only: " + strings.Join(dirs, ", ") + ".")
	}
}

// Resolution is what has become of an option's value with references in it.
type Resolution struct {
	// Text is the value as written, references and all.
	Text string
	// Parts are the references with what they stand for.
	Parts []SecretPart
}

// SecretPart is one reference and its secret.
type SecretPart struct{ Ref, Value string }

// ResolveSecrets gives the options with every '${env:NAME}' and '${file:/path}'
// in their values replaced by the variable's value or the file's text, without
// its last line end. It is called where a connector opens, and the result is
// neither stored nor shown. Options without references come back as they are.
func ResolveSecrets(o Options) (Options, error) {
	var out Options
	for i, x := range o {
		if !strings.Contains(x.Value, "${") {
			continue
		}
		r, value, err := resolve(x.Value)
		if err != nil {
			e := sqlerr.From(err)
			e.Message = "option '" + x.Key + "': " + e.Message
			return nil, e.At(x.ValuePos)
		}
		if len(r.Parts) == 0 {
			continue
		}
		if out == nil {
			out = append(Options{}, o...)
		}
		out[i].Value, out[i].Resolved = value, r
	}
	if out == nil {
		return o, nil
	}
	return out, nil
}

// nextReference finds the first reference in a value: value[from:to].
func nextReference(value string) (from, to int, err error) {
	for i := 0; ; {
		n := strings.Index(value[i:], "${")
		if n < 0 {
			return -1, -1, nil
		}
		i += n
		if strings.HasPrefix(value[i:], refEnv) || strings.HasPrefix(value[i:], refFile) {
			end := strings.IndexByte(value[i:], '}')
			if end < 0 {
				return -1, -1, sqlerr.New(sqlerr.InvalidParameterValue, "a reference to a secret lacks its '}'").
					Hint("the forms are '${env:NAME}' and '${file:/path}'")
			}
			return i, i + end + 1, nil
		}
		i += 2
	}
}

// resolve replaces the references in one pass: what a secret holds is not
// looked at again.
func resolve(value string) (*Resolution, string, error) {
	r := &Resolution{Text: value}
	var b strings.Builder
	for {
		from, to, err := nextReference(value)
		if err != nil {
			return nil, "", err
		}
		if from < 0 {
			b.WriteString(value)
			return r, b.String(), nil
		}
		ref := value[from:to]
		secret, err := fetchSecret(ref)
		if err != nil {
			return nil, "", err
		}
		r.Parts = append(r.Parts, SecretPart{ref, secret})
		b.WriteString(value[:from])
		b.WriteString(secret)
		value = value[to:]
	}
}

// fetchSecret gets what a reference stands for.
func fetchSecret(ref string) (string, error) {
	p := secretPolicy.Load()
	if p == nil {
		p = &SecretPolicy{}
	}
	if name, ok := strings.CutPrefix(ref, refEnv); ok {
		name = strings.TrimSuffix(name, "}")
		if !isEnvName(name) {
			return "", sqlerr.New(sqlerr.InvalidParameterValue, "%q does not name an environment variable", ref).
				Hint("letters, digits and '_', not beginning with a digit")
		}
		if err := allowed(p.Env, name, ref); err != nil {
			return "", err
		}
		v, ok := os.LookupEnv(name)
		if !ok {
			return "", sqlerr.New(sqlerr.InvalidParameterValue, "%q cannot be resolved: the environment variable is not set", ref).
				Hint("set it in the environment of the server's process")
		}
		return v, nil
	}
	path := strings.TrimSuffix(strings.TrimPrefix(ref, refFile), "}")
	if !filepath.IsAbs(path) {
		return "", sqlerr.New(sqlerr.InvalidParameterValue, "%q does not name a file", ref).Hint("give the absolute path: '${file:/run/secrets/password}'")
	}
	path = filepath.Clean(path)
	if err := allowed(p.File, path, ref); err != nil {
		return "", err
	}
	return readSecret(path, ref)
}

func allowed(policy func(string) error, what, ref string) error {
	if policy == nil {
		return nil
	}
	if err := policy(what); err != nil {
		return sqlerr.New(sqlerr.InsufficientPrivilege, "%q may not be read", ref).Hint("%s", err)
	}
	return nil
}

// CheckSecretFile tells why a file that an option names by its path alone, such
// as a key, may not be read; nil: it may.
func CheckSecretFile(path string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "%q does not name a file", path)
	}
	p := secretPolicy.Load()
	if p == nil {
		return nil
	}
	return allowed(p.File, abs, path)
}

func readSecret(path, ref string) (string, error) {
	fault := func(err error) error {
		return sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "%q cannot be resolved: %v", ref, err)
	}
	if st, err := os.Stat(path); err != nil {
		return "", fault(err)
	} else if !st.Mode().IsRegular() { // a pipe would keep us waiting
		return "", sqlerr.New(sqlerr.InvalidParameterValue, "%q is not a regular file", ref)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fault(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecretBytes+1))
	if err != nil {
		return "", fault(err)
	}
	if len(b) > maxSecretBytes {
		return "", sqlerr.New(sqlerr.ProgramLimitExceeded, "%q is longer than %d bytes", ref, maxSecretBytes)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r"), nil
}

func isEnvName(s string) bool {
	for i := range len(s) {
		if !isWord(s[i]) || s[i] >= 0x80 || i == 0 && s[i] >= '0' && s[i] <= '9' {
			return false
		}
	}
	return s != ""
}

// isReference tells a value that is one reference and nothing else, which may
// be shown.
func isReference(value string) bool {
	from, to, err := nextReference(value)
	return err == nil && from == 0 && to == len(value)
}

// minHidden is the length from which a resolved value of an option that is no
// secret by its name is hidden in messages: shorter ones would turn up in words.
const minHidden = 4

// HideSecrets takes the resolved values of options out of an error's texts and
// puts the references there.
func HideSecrets(o Options, err error) error {
	if err == nil {
		return nil
	}
	var pairs []string
	for _, x := range o {
		if x.Resolved == nil {
			continue
		}
		for _, p := range x.Resolved.Parts {
			if len(p.Value) >= minHidden || p.Value != "" && IsSecretKey(x.Key) {
				pairs = append(pairs, p.Value, p.Ref)
			}
		}
	}
	if len(pairs) == 0 {
		return err
	}
	e := *sqlerr.From(err)
	hide := strings.NewReplacer(pairs...)
	if all := e.Message + e.Detail + e.HintMsg + err.Error(); hide.Replace(all) == all {
		return err
	}
	e.Message, e.Detail, e.HintMsg = hide.Replace(e.Message), hide.Replace(e.Detail), hide.Replace(e.HintMsg)
	e.Cause = nil // its text is not ours to mend
	return &e
}

// shown is the option's value as it may be shown.
func (o Option) shown() string {
	if o.Resolved != nil {
		return MaskOption(o.Key, o.Resolved.Text)
	}
	return MaskOption(o.Key, o.Value)
}
