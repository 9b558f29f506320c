package catalog

import "strings"

// Suggest finds the candidate that a mistyped name most likely means: the one
// with the fewest edits, as long as they are few for the name's length.
func Suggest(name string, candidates []string) (string, bool) {
	folded := strings.ToLower(name)
	best, bestDist := "", max(1, len(folded)/3)+1
	for _, c := range candidates {
		if d := editDistance(folded, strings.ToLower(c), bestDist); d < bestDist {
			best, bestDist = c, d
		}
	}
	return best, best != ""
}

// maxSuggest bounds the names compared, for the distance is quadratic.
const maxSuggest = 128

// editDistance counts insertions, deletions, replacements and swaps of
// neighbours; at limit it stops counting.
func editDistance(a, b string, limit int) int {
	if len(a) > maxSuggest || len(b) > maxSuggest || len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var rows [3][maxSuggest + 1]int
	prev2, prev, cur := rows[0][:], rows[1][:], rows[2][:]
	for j := range len(b) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return min(prev[len(b)], limit)
}
