package parts

import "strings"

// ordinals gives a text its French spaces and cuts it so that the letters of "1er" stand alone.
func ordinals(text string) []string {
	var out []string
	text = French(text)
	for {
		i := strings.Index(text, "1er ")
		if i < 0 || (i > 0 && text[i-1] >= '0' && text[i-1] <= '9') {
			return append(out, text)
		}
		out = append(out, text[:i+1], "er")
		text = text[i+3:]
	}
}
