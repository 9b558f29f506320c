// Command penstock runs SQL over Kafka streams.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // zones by name on machines without a zone database

	"github.com/spf13/cobra"

	"github.com/penstock/penstock/internal/sqlerr"
)

// version is set by the linker (-X main.version=…).
var version = "dev"

// The exit codes: 1 for an error in the work (SQL, broker, file), 2 for a wrong
// command line.
const (
	exitFailed = 1
	exitUsage  = 2
)

// usageError marks errors of the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// execute runs the command line and gives the exit code.
func execute(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) int {
	cmd := root()
	cmd.SetArgs(args)
	cmd.SetIn(in)
	cmd.SetOut(out)
	cmd.SetErr(errw)
	err := cmd.ExecuteContext(ctx)
	switch u, usage := errors.AsType[usageError](err); {
	case err == nil:
		return 0
	case errors.Is(err, errReported):
		return exitFailed
	case usage:
		fmt.Fprintf(errw, "penstock: %s\nRun 'penstock --help' for the commands, 'penstock COMMAND --help' for their flags.\n", usageText(u.error))
		return exitUsage
	case cobraUsage(err):
		fmt.Fprintf(errw, "penstock: %v\nRun 'penstock --help' for the commands, 'penstock COMMAND --help' for their flags.\n", err)
		return exitUsage
	default:
		printError(errw, err, "")
		return exitFailed
	}
}

// usageText is an error's message, without the code that clients of the
// protocols get.
func usageText(err error) string {
	if e, ok := errors.AsType[*sqlerr.Error](err); ok {
		return e.Message
	}
	return err.Error()
}

// cobraUsage tells whether cobra found fault with the command line by itself: it has
// no type for such errors.
func cobraUsage(err error) bool {
	return strings.HasPrefix(err.Error(), "unknown command") || strings.HasPrefix(err.Error(), "if any flags in the group")
}

// printError writes an error as psql does: message, place, detail, hint. src is the
// text that its position is in, if any.
func printError(w io.Writer, err error, src string) {
	e := *sqlerr.From(err)
	fmt.Fprintf(w, "ERROR:  %s: %s\n", e.Code, e.Message)
	if src != "" && e.Pos > 0 {
		e.Locate(src)
		line := strings.Split(src, "\n")[e.Line-1]
		prefix := fmt.Sprintf("LINE %d: ", e.Line)
		fmt.Fprintf(w, "%s%s\n%s^\n", prefix, line, strings.Repeat(" ", len(prefix)+e.Col-1))
	}
	if e.Detail != "" {
		fmt.Fprintf(w, "DETAIL:  %s\n", e.Detail)
	}
	if e.HintMsg != "" {
		fmt.Fprintf(w, "HINT:  %s\n", e.HintMsg)
	}
}

func root() *cobra.Command {
	c := &cobra.Command{
		Use:           "penstock",
		Short:         "SQL over Kafka streams, in one binary",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_ = c.Help() // to the user's terminal
			return usageError{errors.New("a command is wanted")}
		},
	}
	c.CompletionOptions.HiddenDefaultCmd = true
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	c.AddCommand(serveCmd(), demoCmd(), runCmd(), testCmd(), kafkaCmd(), rpcDemoCmd(), genCmd(), &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		Run:   func(c *cobra.Command, _ []string) { fmt.Fprintln(c.OutOrStdout(), "penstock", version) },
	})
	return c
}

// noArgs is cobra.NoArgs with our exit code.
func noArgs(c *cobra.Command, args []string) error {
	if err := cobra.NoArgs(c, args); err != nil {
		return usageError{err}
	}
	return nil
}

// logger writes readable lines to the standard error.
func logger(c *cobra.Command, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, usageError{fmt.Errorf("--log-level %q is none of debug, info, warn, error", level)}
	}
	return slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: l})), nil
}
