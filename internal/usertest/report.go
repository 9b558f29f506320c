package usertest

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// maxDiffCells bounds the work of finding what two lists have in common.
const maxDiffCells = 4 << 20

// diff shows two lists of lines side by side in one: what is in both stands behind
// a blank.
func diff(want, got []string) string {
	n, m := len(want), len(got)
	if n*m > maxDiffCells {
		return "  - " + strings.Join(want, "\n  - ") + "\n  + " + strings.Join(got, "\n  + ")
	}
	// Longest common subsequence: the lists are short, for people to read.
	lcs := make([][]int, n+1)
	for i := range lcs {
		lcs[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if want[i] == got[j] {
				lcs[i][j] = lcs[i+1][j+1] + 1
			} else {
				lcs[i][j] = max(lcs[i+1][j], lcs[i][j+1])
			}
		}
	}
	var b strings.Builder
	for i, j := 0, 0; i < n || j < m; {
		switch {
		case i < n && j < m && want[i] == got[j]:
			fmt.Fprintf(&b, "    %s\n", want[i])
			i, j = i+1, j+1
		case j >= m || i < n && lcs[i+1][j] >= lcs[i][j+1]:
			fmt.Fprintf(&b, "  - %s\n", want[i])
			i++
		default:
			fmt.Fprintf(&b, "  + %s\n", got[j])
			j++
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Report writes a line a failing case, and the sum; verbose names all.
func Report(w io.Writer, all []*Outcome, verbose bool) (failed int) {
	for _, o := range all {
		switch {
		case o.Fault != "":
			failed++
			fmt.Fprintf(w, "FAIL %s (%s:%d)\n%s\n", o.Case.Name, o.Case.File, o.Case.Line, indent(o.Fault))
		case o.Updated:
			fmt.Fprintf(w, "updated %s (%s:%d)\n", o.Case.Name, o.Case.File, o.Case.Line)
		case verbose:
			fmt.Fprintf(w, "ok   %s (%s:%d)\n", o.Case.Name, o.Case.File, o.Case.Line)
		}
	}
	fmt.Fprintf(w, "%d passed, %d failed\n", len(all)-failed, failed)
	return failed
}

func indent(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n  ") }

// The elements of JUnit's XML that CI systems read.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes the outcomes as JUnit's XML.
func JUnit(w io.Writer, all []*Outcome) error {
	s := junitSuite{Name: "penstock test", Tests: len(all)}
	var sum float64
	for _, o := range all {
		c := junitCase{Name: o.Case.Name, Class: o.Case.File, Time: fmt.Sprintf("%.3f", o.Took.Seconds())}
		sum += o.Took.Seconds()
		if o.Fault != "" {
			s.Failures++
			first, _, _ := strings.Cut(o.Fault, "\n")
			c.Failure = &junitFailure{Message: first, Text: o.Fault}
		}
		s.Cases = append(s.Cases, c)
	}
	s.Time = fmt.Sprintf("%.3f", sum)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(s); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
