package strict

import "strings"

// Suggest is the candidate that was probably meant: the nearest within a third of its length and three
// letters; "" if none is near.
func Suggest(got string, candidates []string) string {
	if len(got) > 64 { // nobody mistypes that, and the distance costs its square
		return ""
	}
	best, least := "", 0
	for _, c := range candidates {
		d := distance(strings.ToLower(got), strings.ToLower(c))
		if d <= min(max(1, len(c)/3), 3) && (best == "" || d < least) {
			best, least = c, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete, replace or swap with their neighbour (optimal string
// alignment, Wikipedia "Damerau-Levenshtein distance").
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(last[j]+1, row[j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}

// Hint is what to append to a message about something unknown: what was probably meant, or what is known where
// that is a short list.
func Hint(got string, candidates []string) string {
	if s := Suggest(got, candidates); s != "" {
		return "; did you mean " + Quote(s) + "?"
	}
	if len(candidates) > 0 && len(candidates) <= 12 {
		return "; known here: " + strings.Join(candidates, ", ")
	}
	return ""
}
