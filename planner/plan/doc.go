// Package plan is the typed plan: plain structs for nodes (node.go) and
// expressions (expr.go), which the planner makes and the engine's builder reads.
// It knows nothing of SQL text, catalogs or the engine.
//
//   - walk.go: Walk, Transform, Equal and the like, and BindParams.
//   - marshal.go: versioned JSON, so that a plan can be stored and can travel.
//   - fingerprint.go: equal running plans have equal fingerprints.
//
// # What must always hold
//
//   - Nodes and expressions are not changed once they are in a finished plan;
//     rewriting copies.
//   - A plan is a tree: no node and no expression that is rewritten hangs in two places.
//   - Unmarshal(Marshal(q)) is q.
package plan
