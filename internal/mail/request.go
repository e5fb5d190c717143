package mail

// RequestNews is something that happened to a request, or to what it gave.
type RequestNews struct {
	Subject string
	What    string      // in a sentence or two
	Facts   [][2]string // name and value
	Button  string
	Link    string // of its page
}

// Request tells about a request whose turn it is, or whom it is about.
func (c Console) Request(to Person, n RequestNews) Message {
	var facts [][2]string
	for _, f := range n.Facts {
		facts = append(facts, fact(f[0], f[1]))
	}
	blocks := []block{say("%s", n.What)}
	if len(facts) > 0 {
		blocks = append(blocks, tell(facts...))
	}
	if link := safeLink(n.Link); link != "" {
		blocks = append(blocks, follow(n.Button, link))
	}
	return c.write(letter{to, "Console - " + n.Subject, blocks})
}
