package catalog

import (
	"testing"

	"github.com/penstock/penstock/internal/sqlerr"
)

// A session's functions are its own, and hide the catalog's.
func TestTemporaryFunctions(t *testing.T) {
	c, o := New(), NewOverlay()
	f := Function{Name: "Twice", Language: LanguageSQL, Body: "x * 2"}
	if err := c.Update(func(tx *Tx) error { return tx.CreateFunction(f, false) }); err != nil {
		t.Fatal(err)
	}
	own := f
	own.Body, own.Temporary = "x + x", true
	if err := o.Update(func(tx *Tx) error { return tx.CreateFunction(own, false) }); err != nil {
		t.Fatal(err)
	}
	if got := o.On(c.Current()).Function("twice"); got == nil || got.Body != own.Body {
		t.Errorf("%+v", got)
	}
	if got := c.Current().Function("TWICE"); got == nil || got.Body != f.Body {
		t.Errorf("%+v", got)
	}
}

// Functions and endpoints outlive the process, and are not dropped while they are used.
func TestFunctionsAreKept(t *testing.T) {
	dir := t.TempDir()
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	err = c.Update(func(tx *Tx) error {
		if err := tx.CreateEndpoint(Endpoint{Name: "e"}, false); err != nil {
			return err
		}
		if err := tx.CreateFunction(Function{Name: "f", Language: LanguageHTTP, Options: Options{{Key: "endpoint", Value: "E"}}}, false); err != nil {
			return err
		}
		return tx.CreateView(View{Name: "v", Uses: []string{"f()"}}, false)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if c, err = Open(dir); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	if c.Current().Function("f") == nil || c.Current().Endpoint("e") == nil || len(c.Current().Functions()) != 1 {
		t.Error("not kept")
	}
	for _, drop := range []func(tx *Tx) error{
		func(tx *Tx) error { _, err := tx.DropFunction("f", false); return err },
		func(tx *Tx) error { return tx.DropEndpoint("e") },
	} {
		if err := c.Update(drop); sqlerr.CodeOf(err) != sqlerr.DependentObjects {
			t.Errorf("err = %v", err)
		}
	}
	if err := c.Update(func(tx *Tx) error {
		if _, err := tx.DropFunction("f", true); err != nil {
			return err
		}
		return tx.DropEndpoint("E")
	}); err != nil {
		t.Error(err)
	}
}
