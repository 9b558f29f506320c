package difftest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// ask sends a file's statements to PostgreSQL and keeps its answers.
func ask(t *testing.T, dsn string, blocks []*block) {
	ctx := context.Background()
	conn := dial(t, dsn)
	defer conn.Close(ctx)
	for _, b := range blocks {
		if b.sql != "" {
			b.want = askOne(ctx, t, conn, b)
		}
	}
}

func askOne(ctx context.Context, t *testing.T, conn *pgconn.PgConn, b *block) []string {
	d, err := conn.Prepare(ctx, "", b.sql, nil)
	if err != nil {
		return []string{pgFault(t, b, err)}
	}
	var params, cols []string
	for _, oid := range d.ParamOIDs {
		params = append(params, typeName(oid))
	}
	for _, f := range d.Fields {
		cols = append(cols, f.Name+" "+typeName(f.DataTypeOID))
	}
	args := make([][]byte, len(b.args))
	for i, a := range b.args {
		if a != nil {
			args[i] = []byte(*a)
		}
	}
	res := conn.ExecPrepared(ctx, "", args, nil, nil).Read()
	if res.Err != nil {
		return []string{pgFault(t, b, res.Err)}
	}
	var rows [][]string
	for _, r := range res.Rows {
		var row []string
		for _, v := range r {
			row = append(row, cell(string(v), v == nil))
		}
		rows = append(rows, row)
	}
	return answer(b.sql, params, cols, rows)
}

func pgFault(t *testing.T, b *block, err error) string {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		t.Fatalf("line %d: %v", b.line, err)
	}
	if e.Position > 0 {
		return fmt.Sprintf("ERROR %s %s at %d", e.Code, e.Message, e.Position)
	}
	return fmt.Sprintf("ERROR %s %s", e.Code, e.Message)
}
