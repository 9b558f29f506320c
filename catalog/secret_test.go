package catalog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/internal/sqlerr"
)

func TestResolveSecrets(t *testing.T) {
	t.Setenv("TEST_SECRET", "hunter2")
	t.Setenv("TEST_NESTED", "${env:TEST_SECRET}")
	file := filepath.Join(t.TempDir(), "pw")
	if err := os.WriteFile(file, []byte("from file\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"plain":                                "plain",
		"${env:TEST_SECRET}":                   "hunter2",
		"a ${env:TEST_SECRET} b":               "a hunter2 b",
		"${env:TEST_NESTED}":                   "${env:TEST_SECRET}", // one pass
		"${file:" + file + "}":                 "from file",
		"${other:x} $5 ${env:TEST_SECRET}":     "${other:x} $5 hunter2",
		"${env:TEST_SECRET}${env:TEST_SECRET}": "hunter2hunter2",
	} {
		o := Options{{Key: "first", Value: "x"}, {Key: "k", Value: in}}
		got, err := ResolveSecrets(o)
		if err != nil || got[1].Value != want || got[0].Value != "x" {
			t.Errorf("%s: %v, %v", in, got, err)
		}
		if o[1].Value != in {
			t.Errorf("%s: the options given were changed", in)
		}
		if s := got.String(); strings.Contains(s, "hunter2") || strings.Contains(s, "from file") || !strings.Contains(s, in) {
			t.Errorf("%s: shown as %s", in, s)
		}
	}
}

func TestResolveSecretsFaults(t *testing.T) {
	t.Setenv("TEST_SECRET", "hunter2")
	for in, code := range map[string]sqlerr.Code{
		"${env:TEST_SECRET":            sqlerr.InvalidParameterValue,
		"${env:}":                      sqlerr.InvalidParameterValue,
		"${env:1A}":                    sqlerr.InvalidParameterValue,
		"${env:NO_SUCH_VARIABLE_HERE}": sqlerr.InvalidParameterValue,
		"${file:relative}":             sqlerr.InvalidParameterValue,
		"${file:/no/such/file}":        sqlerr.InvalidParameterValue,
		"${file:/dev/zero}":            sqlerr.InvalidParameterValue,
		"x${env:TEST_SECRET}${file:}":  sqlerr.InvalidParameterValue,
	} {
		_, err := ResolveSecrets(Options{{Key: "pw", Value: in, ValuePos: 7}})
		e := sqlerr.From(err)
		if err == nil || e.Code != code || e.Pos != 7 || !strings.Contains(e.Message, "'pw'") || strings.Contains(e.Message, "hunter2") {
			t.Errorf("%s: %v", in, err)
		}
	}
	big := filepath.Join(t.TempDir(), "big")
	if err := os.WriteFile(big, make([]byte, maxSecretBytes+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ResolveSecrets(Options{{Key: "k", Value: "${file:" + big + "}"}}); sqlerr.CodeOf(err) != sqlerr.ProgramLimitExceeded {
		t.Errorf("big file: %v", err)
	}
}

func TestSecretPolicy(t *testing.T) {
	inside, outside := t.TempDir(), t.TempDir()
	for _, d := range []string{inside, outside} {
		if err := os.WriteFile(filepath.Join(d, "pw"), []byte("hunter2"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(outside, "pw"), filepath.Join(inside, "link")); err != nil {
		t.Fatal(err)
	}
	SetSecretPolicy(SecretPolicy{File: SecretDirs(inside), Env: func(n string) error {
		if !strings.HasPrefix(n, "PENSTOCK_") {
			return advice("Not this one.")
		}
		return nil
	}})
	t.Cleanup(func() { SetSecretPolicy(SecretPolicy{}) })
	t.Setenv("PENSTOCK_TEST", "x")
	for in, ok := range map[string]bool{
		"${file:" + inside + "/pw}":          true,
		"${file:" + outside + "/pw}":         false,
		"${file:" + inside + "/../" + "/pw}": false,
		"${file:" + inside + "/link}":        false,
		"${env:PENSTOCK_TEST}":               true,
		"${env:HOME}":                        false,
	} {
		_, err := ResolveSecrets(Options{{Key: "k", Value: in}})
		if ok && err != nil || !ok && sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestCheckSecretFile(t *testing.T) {
	inside := t.TempDir()
	if err := CheckSecretFile("/etc/hostname"); err != nil {
		t.Errorf("without a policy: %v", err)
	}
	SetSecretPolicy(SecretPolicy{File: SecretDirs(inside)})
	t.Cleanup(func() { SetSecretPolicy(SecretPolicy{}) })
	if err := CheckSecretFile(filepath.Join(inside, "ca.pem")); err != nil {
		t.Error(err)
	}
	if err := CheckSecretFile("/etc/hostname"); sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
		t.Error(err)
	}
}

func TestHideSecrets(t *testing.T) {
	t.Setenv("TEST_SECRET", "hunter2")
	t.Setenv("TEST_SHORT", "a")
	o, err := ResolveSecrets(Options{{Key: "format", Value: "${env:TEST_SECRET}"}, {Key: "x", Value: "${env:TEST_SHORT}"}})
	if err != nil {
		t.Fatal(err)
	}
	in := sqlerr.New(sqlerr.InvalidParameterValue, "format \"hunter2\" is a joke").WithDetail("hunter2!").Hint("not hunter2").At(3)
	want := sqlerr.New(sqlerr.InvalidParameterValue, "format \"${env:TEST_SECRET}\" is a joke").WithDetail("${env:TEST_SECRET}!").
		Hint("not ${env:TEST_SECRET}").At(3)
	if d := cmp.Diff(error(want), HideSecrets(o, in)); d != "" {
		t.Error(d)
	}
	if HideSecrets(o, nil) != nil {
		t.Error("an error out of nothing")
	}
	_, err = Validate([]OptionSpec{{Key: "format", Kind: OptInt}}, o[:1])
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "${env:TEST_SECRET}") {
		t.Errorf("shown: %v", err)
	}
}

func TestMaskReferences(t *testing.T) {
	const jaas = "properties.sasl.jaas.config"
	for _, c := range []struct{ key, value, want string }{
		{"db.password", "${env:PW}", "${env:PW}"},
		{"db.password", "x${env:PW}", mask},
		{"headers.Cookie", "a=b", mask},
		{"headers.X-Anything", "b", mask},
		{"headers.Accept", "text/csv", "text/csv"},
		{"url", "postgres://joe:${file:/run/pw}@db/x", "postgres://joe:${file:/run/pw}@db/x"},
		{"url", "postgres://joe:pw@db/x?token=${env:T}", "postgres://joe:******@db/x?token=${env:T}"},
		{jaas, `a.b.PlainLoginModule required username="u" password="${env:PW}";`, `a.b.PlainLoginModule required username="******" password="${env:PW}";`},
		{jaas, `a.b.PlainLoginModule required username="u" password=pw;`, mask},
		{jaas, `a.b.PlainLoginModule required password="${env:PW}" x y;`, mask},
	} {
		if got := MaskOption(c.key, c.value); got != c.want {
			t.Errorf("%s: %s", c.value, got)
		}
	}
	if got := MaskSQL("WITH ('a.password' = '${env:PW}', 'b.password' = 'pw')"); got != "WITH ('a.password' = '${env:PW}', 'b.password' = '******')" {
		t.Error(got)
	}
}
