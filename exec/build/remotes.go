package build

import (
	"context"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/rpc"
)

// rpcRemotes is a Remotes over the registry of remote functions.
type rpcRemotes struct{ functions *rpc.Functions }

// NewRemotes makes the functions of f callable in plans.
func NewRemotes(f *rpc.Functions) Remotes { return rpcRemotes{f} }

func (r rpcRemotes) Open(ctx context.Context, f *catalog.Function, columns []int) (*Asked, error) {
	c, err := r.functions.Open(ctx, f, columns)
	if err != nil {
		return nil, err
	}
	return &Asked{Function: c, Async: c.Async(), OnError: c.OnError(), Close: c.Close}, nil
}
