package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/penstock/penstock/internal/usertest"
)

func testCmd() *cobra.Command {
	var o usertest.Options
	var junit string
	var verbose bool
	c := &cobra.Command{
		Use:   "test FILE|DIR…",
		Short: "Run unit tests of SQL, on simulated time",
		Long: "Run unit tests of SQL: files *.sqltest, and *.jsonl with a case a line. A case gives tables, their records in the order\n" +
			"of arrival, a query, and the rows that must come out. Time is simulated and nothing outside is touched; see docs/testing-sql.md.\n" +
			"The exit code is 0 when all cases pass, 1 when some fail.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("test needs a file or directory")}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			o.Paths = args
			if _, err := usertest.Files(args); err != nil {
				return usageError{err}
			}
			out, fault := c.OutOrStdout(), c.ErrOrStderr()
			usertest.Bubbles(func(run func(func())) int {
				all, err := usertest.RunAll(o, run)
				if err == nil && len(all) == 0 {
					err = fmt.Errorf("no case's name contains %q", o.Run)
				}
				if err == nil && junit != "" {
					err = writeJUnit(junit, all)
				}
				if err != nil {
					fmt.Fprintln(fault, "penstock:", err)
					return 1
				}
				if usertest.Report(out, all, verbose) > 0 {
					return 1
				}
				return 0
			})
			return nil // not reached
		},
	}
	f := c.Flags()
	f.StringVar(&o.Run, "run", "", "run the cases with this `part` in their names")
	f.BoolVar(&o.Update, "update", false, "rewrite the expectations of *.sqltest files to what came out")
	f.StringVar(&junit, "junit", "", "write JUnit's XML to this `file`")
	f.BoolVarP(&verbose, "verbose", "v", false, "name the cases that pass, too")
	return c
}

func writeJUnit(path string, all []*usertest.Outcome) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return usertest.JUnit(io.Writer(f), all)
}
