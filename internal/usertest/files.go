package usertest

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Options say what to run and what to tell.
type Options struct {
	// Paths are files and directories, the latter searched for *.sqltest and *.jsonl.
	Paths []string
	// Run, when not empty, is a part of the names of the cases that are run.
	Run string
	// Update rewrites the expectations of *.sqltest files to what came out.
	Update bool
}

// Files lists the files of cases, in order.
func Files(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			out = append(out, p)
			continue
		}
		before := len(out)
		err = filepath.WalkDir(p, func(path string, d fs.DirEntry, err error) error {
			if ext := filepath.Ext(path); err == nil && !d.IsDir() && (ext == ".sqltest" || ext == ".jsonl") {
				out = append(out, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(out) == before {
			return nil, fmt.Errorf("%s: no *.sqltest and no *.jsonl file", p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// RunAll runs the cases of files, each in a bubble that bubble makes.
func RunAll(o Options, bubble func(func())) ([]*Outcome, error) {
	files, err := Files(o.Paths)
	if err != nil {
		return nil, err
	}
	var all []*Outcome
	for _, file := range files {
		if info, err := os.Stat(file); err != nil {
			return nil, err
		} else if info.Size() > MaxFileBytes {
			return nil, fmt.Errorf("%s has %d bytes, the limit is %d", file, info.Size(), int64(MaxFileBytes))
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		run := runText
		if filepath.Ext(file) == ".jsonl" {
			run = runLines
		}
		out, err := run(file, data, o, bubble)
		if err != nil {
			return nil, err
		}
		all = append(all, out...)
	}
	return all, nil
}

// timed runs f in a bubble and tells how long it took by the wall's clock.
func timed(bubble func(func()), f func() *Outcome) *Outcome {
	var o *Outcome
	start := time.Now()
	bubble(func() { o = f() })
	o.Took = time.Since(start)
	return o
}

func runText(file string, data []byte, o Options, bubble func(func())) ([]*Outcome, error) {
	cases, err := Parse(file, string(data))
	if err != nil {
		return nil, err
	}
	var all []*Outcome
	got := map[int][]string{}
	for _, c := range cases {
		if !strings.Contains(c.Name, o.Run) {
			continue
		}
		out := timed(bubble, func() *Outcome { return Run(c) })
		all = append(all, out)
		if o.Update && out.Differs {
			maps.Copy(got, out.Got)
			out.Fault, out.Updated = "", true
		}
	}
	if !o.Update || len(got) == 0 {
		return all, nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	return all, os.WriteFile(file, []byte(Rewrite(string(data), got)), info.Mode().Perm())
}

func runLines(file string, data []byte, o Options, bubble func(func())) ([]*Outcome, error) {
	cases, err := ParseLines(file, data)
	if err != nil {
		return nil, err
	}
	var all []*Outcome
	for _, c := range cases {
		if !strings.Contains(c.ID, o.Run) {
			continue
		}
		all = append(all, timed(bubble, func() *Outcome {
			return &Outcome{Case: &Case{Name: c.ID, File: file, Line: c.Line}, Fault: RunLine(c, map[string]string{"batch.max-rows": "1", "parallelism": "1"})}
		}))
	}
	return all, nil
}
