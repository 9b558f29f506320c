package main

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"penstock": main}) }

// patience bounds what a script waits for.
const patience = 20 * time.Second

// TestScripts runs the command line as its users do: each file is a story in
// the language of testscript, with the commands that stand at commands.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireUniqueNames: true, RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			ps := &processes{byName: map[string]*process{}}
			e.Values[ps.key()] = ps
			e.Defer(ps.kill)
			return nil
		},
		Cmds: commands,
	})
}

var commands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"port":      port,
	"start":     start,
	"await":     await,
	"interrupt": interrupt,
	"sql":       sql,
	"firstrow":  firstRow,
	"nofiles":   noFiles,
	"fill":      fill,
	"status":    status,
}

// process is a program that a script has started; its output goes to NAME.out and
// NAME.err.
type process struct {
	cmd   *exec.Cmd
	since time.Time
	done  chan error
}

type processes struct {
	byName map[string]*process
}

type processesKey struct{}

func (*processes) key() processesKey { return processesKey{} }

func of(ts *testscript.TestScript) *processes {
	return ts.Value(processesKey{}).(*processes)
}

// kill ends what a failed script has left behind.
func (p *processes) kill() {
	for _, x := range p.byName {
		_ = x.cmd.Process.Kill() // it may have ended
		<-x.done
	}
}

func (p *processes) get(ts *testscript.TestScript, name string) *process {
	x, ok := p.byName[name]
	if !ok {
		ts.Fatalf("no process %q has been started", name)
	}
	return x
}

// port VAR… sets variables to free ports.
func port(ts *testscript.TestScript, _ bool, args []string) {
	for _, v := range args {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		defer l.Close()
		ts.Setenv(v, strings.TrimPrefix(l.Addr().String(), "127.0.0.1:"))
	}
}

// start NAME PROGRAM ARG… starts a program and goes on.
func start(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: start NAME PROGRAM ARG…")
	}
	var path string
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if p := filepath.Join(dir, args[1]); path == "" && isFile(p) {
			path = p
		}
	}
	if path == "" {
		ts.Fatalf("no program %q", args[1])
	}
	cmd := exec.Command(path, args[2:]...)
	cmd.Dir, cmd.Env = ts.Getenv("WORK"), []string{"PATH=" + ts.Getenv("PATH"), "TMPDIR=" + ts.Getenv("TMPDIR"), "HOME=" + ts.Getenv("HOME")}
	out, err := os.Create(ts.MkAbs(args[0] + ".out"))
	ts.Check(err)
	errs, err := os.Create(ts.MkAbs(args[0] + ".err"))
	ts.Check(err)
	cmd.Stdout, cmd.Stderr = out, errs
	x := &process{cmd: cmd, since: time.Now(), done: make(chan error, 1)}
	ts.Check(cmd.Start())
	go func() {
		err := cmd.Wait()
		out.Close()
		errs.Close()
		x.done <- err
		close(x.done)
	}()
	of(ts).byName[args[0]] = x
}

func isFile(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular()
}

// await FILE REGEXP waits until the file has a match.
func await(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: await FILE REGEXP")
	}
	re, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		b, err := os.ReadFile(ts.MkAbs(args[0]))
		ts.Check(err)
		if re.Match(b) {
			ts.Logf("after %v", time.Since(begin).Round(time.Millisecond))
			return
		}
		if time.Since(begin) > patience {
			ts.Fatalf("no match of %s in:\n%s", args[1], b)
		}
	}
}

// interrupt NAME sends SIGINT and waits for the end, which must be a good one.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: interrupt NAME")
	}
	x := of(ts).get(ts, args[0])
	ts.Check(x.cmd.Process.Signal(os.Interrupt))
	select {
	case err := <-x.done:
		if (err != nil) != neg {
			ts.Fatalf("%s ended with %v", args[0], err)
		}
	case <-time.After(patience):
		ts.Fatalf("%s goes on", args[0])
	}
}

// sql PORT TEXT posts SQL and prints the answer; it fails unless it is a good one.
func sql(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: sql PORT TEXT")
	}
	client := http.Client{Timeout: patience}
	res, err := client.Post("http://127.0.0.1:"+args[0]+"/v1/sql", "application/sql", strings.NewReader(args[1]))
	ts.Check(err)
	defer res.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(res.Body)
	ts.Check(err)
	_, err = ts.Stdout().Write(b.Bytes())
	ts.Check(err)
	if good := res.StatusCode == http.StatusOK; good == neg {
		ts.Fatalf("%s: %s", res.Status, b.Bytes())
	}
}

// firstrow NAME PORT LIMIT TEXT has a query's first row come at most LIMIT after
// the server NAME was started.
func firstRow(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: firstrow NAME PORT LIMIT TEXT")
	}
	limit, err := time.ParseDuration(args[2])
	ts.Check(err)
	since := of(ts).get(ts, args[0]).since
	for {
		res, err := http.Post("http://127.0.0.1:"+args[1]+"/v1/sql", "application/sql", strings.NewReader(args[3]))
		if err != nil {
			if time.Since(since) > patience {
				ts.Fatalf("%v", err)
			}
			time.Sleep(2 * time.Millisecond)
			continue
		}
		line, err := bufio.NewReader(res.Body).ReadString('\n')
		took := time.Since(since)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			ts.Fatalf("%s: %s %v", res.Status, line, err)
		}
		ts.Logf("first row after %v: %s", took.Round(time.Millisecond), line)
		if took > limit {
			ts.Fatalf("the first row came after %v", took)
		}
		return
	}
}

// nofiles DIR fails unless the directory is empty.
func noFiles(ts *testscript.TestScript, _ bool, args []string) {
	for _, dir := range args {
		es, err := os.ReadDir(ts.MkAbs(dir))
		ts.Check(err)
		for _, e := range es {
			ts.Fatalf("%s holds %s", dir, e.Name())
		}
	}
}

// fill VAR FILE… puts the variable's value in place of its name.
func fill(ts *testscript.TestScript, _ bool, args []string) {
	for _, f := range args[1:] {
		text := strings.ReplaceAll(ts.ReadFile(f), args[0], ts.Getenv(args[0]))
		ts.Check(os.WriteFile(ts.MkAbs(f), []byte(text), 0o600))
	}
}

// status CODE PROGRAM ARG… runs a program that must end with the code.
func status(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	x, ok := errors.AsType[*exec.ExitError](err)
	if got := 0; err != nil {
		if ok {
			got = x.ExitCode()
		}
		if strconv.Itoa(got) != args[0] {
			ts.Fatalf("ended with %v, not %s", err, args[0])
		}
		return
	}
	ts.Fatalf("ended well, not with %s", args[0])
}
