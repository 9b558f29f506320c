package expr

import "github.com/penstock/penstock/exec"

var sessionFunctions = []function{
	{name: "version", sigs: "-> text", stable: true, doc: "version of the server", example: "version()", kernel: sessionText(func(e *Env) string { return e.Version })},
	{name: "current_database", sigs: "-> text", stable: true, doc: "name of the database", example: "current_database()", kernel: sessionText(func(e *Env) string { return e.Database })},
	{name: "current_schema", sigs: "-> text", stable: true, doc: "name of the schema", example: "current_schema()", kernel: sessionText(func(e *Env) string { return e.Schema })},
	{name: "current_user", sigs: "-> text", stable: true, doc: "name of the user", example: "current_user", kernel: sessionText(func(e *Env) string { return e.User })},
}

func sessionText(get func(*Env) string) kernel {
	return func(s *site) (exec.Eval, error) { return constText(get(s.env)), nil }
}
