package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/render"
	"github.com/penstock/penstock/server/session"
)

func runCmd() *cobra.Command {
	r := &runner{}
	var file, text, level string
	var reach reach
	var sets []string
	c := &cobra.Command{
		Use:   "run",
		Short: "Run SQL in this process, rows to the standard output",
		Long: "Run SQL in this process: from -f, -c or the standard input. Rows go to the standard output, all else to the standard error.\n" +
			"Bounded input ends it; a continuous INSERT goes on until it is interrupted.",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			log, err := logger(c, level)
			if err != nil {
				return err
			}
			settings := map[string]string{}
			for _, kv := range sets {
				k, v, ok := strings.Cut(kv, "=")
				if !ok {
					return usageError{fmt.Errorf("--set %q is not name=value", kv)}
				}
				settings[k] = v
			}
			script, err := readScript(c.InOrStdin(), file, text, c.Flags().Changed("command"))
			if err != nil {
				return err
			}
			if r.format != "table" && r.format != "ndjson" && r.format != "csv" {
				return usageError{fmt.Errorf("--format %q is none of table, ndjson, csv", r.format)}
			}
			engine, err := session.Open(session.Config{Log: log, Version: version, Settings: settings, Allow: reach.list()})
			if err != nil {
				return err
			}
			r.out, r.err, r.engine = c.OutOrStdout(), c.ErrOrStderr(), engine
			err = r.run(c.Context(), script)
			if errors.Is(context.Cause(c.Context()), context.Canceled) && c.Context().Err() != nil {
				err = nil // Ctrl-C is how a continuous query ends
			}
			if err != nil {
				printError(r.err, err, script)
				err = errReported
			}
			return errors.Join(err, engine.Close())
		},
	}
	f := c.Flags()
	f.StringVarP(&file, "file", "f", "", "`script` to run; - is the standard input")
	f.StringVarP(&text, "command", "c", "", "`SQL` to run")
	f.StringVar(&r.format, "format", "table", "`form` of the rows: table, ndjson or csv")
	f.StringArrayVar(&sets, "set", nil, "setting as `name=value`; may be given again")
	reach.flags(f)
	f.StringVar(&level, "log-level", "warn", "least `level` logged: debug, info, warn or error")
	c.MarkFlagsMutuallyExclusive("file", "command")
	return c
}

// errReported ends the program with an error that the user has been told.
var errReported = errors.New("reported")

// readScript gives the SQL to run: text where it is given, else that of the file
// or of in.
func readScript(in io.Reader, file, text string, given bool) (string, error) {
	if given {
		return text, nil
	}
	var b []byte
	var err error
	if file == "" || file == "-" {
		b, err = io.ReadAll(in)
	} else {
		b, err = os.ReadFile(file)
	}
	if err != nil {
		return "", sqlerr.Wrap(err, sqlerr.UndefinedFile, "%v", err)
	}
	return string(b), nil
}

// runner runs the statements of a script one after the other.
type runner struct {
	engine   *session.Local
	format   string
	out, err io.Writer
}

func (r *runner) run(ctx context.Context, script string) error {
	s, err := r.engine.NewSession(ctx, map[string]string{"application_name": "penstock run"})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // drops temporary objects of a process that ends
	stmts, err := s.Parse(script)
	if err != nil {
		return err
	}
	for _, st := range stmts {
		p, err := s.Prepare(ctx, st.Span().Text(script), nil)
		if err == nil && len(p.Params()) > 0 {
			err = sqlerr.New(sqlerr.UndefinedParameter, "there is no parameter $1").Hint("a script has no parameters")
		}
		if err == nil {
			err = r.one(ctx, s, p)
		}
		if err != nil {
			return session.Shift(err, st.Span().From)
		}
	}
	return r.engine.WaitJobs(ctx)
}

func (r *runner) renderer(cols catalog.Schema, zone *time.Location) (render.Renderer, error) {
	switch r.format {
	case "ndjson":
		return render.NDJSON(cols)
	case "csv":
		return render.CSV(cols, zone), nil
	}
	return render.Table(cols, zone), nil
}

// flushBytes is how much is gathered before it is written although more rows
// are ready.
const flushBytes = 64 << 10

// one runs a statement to its end. Rows are written when none is ready.
func (r *runner) one(ctx context.Context, s session.Session, p session.Prepared) (err error) {
	res, err := p.Run(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, res.Close()) }()
	var rend render.Renderer
	var buf []byte
	if cols := p.Columns(); cols != nil {
		if rend, err = r.renderer(cols, session.Zone(s)); err != nil {
			return err
		}
		buf = rend.Head(buf)
	}
	flush := func() error {
		_, err := r.out.Write(buf)
		buf = buf[:0]
		return err
	}
	var n int64
	for {
		b, err := res.Next(ctx, false)
		if err == nil && b == nil {
			if err = flush(); err == nil {
				b, err = res.Next(ctx, true)
			}
		}
		for _, note := range res.Notices() {
			fmt.Fprintf(r.err, "NOTICE:  %s\n", note.Message)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return errors.Join(flush(), err)
		}
		for i := range b.Rows() {
			if buf, err = rend.Row(buf, b, b.Row(i)); err != nil {
				return err
			}
			if n++; len(buf) >= flushBytes {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	if rend == nil {
		fmt.Fprintln(r.err, res.Tag(n))
		return nil
	}
	buf = rend.Foot(buf, n)
	return flush()
}
