package mail

// A GovernanceNews is something that someone must do or know about the organisation: what begins or
// ends, what is to be read, a question to answer.
type GovernanceNews struct {
	Subject string
	What    string      // in a sentence or two
	Facts   [][2]string // name and value
	Label   string      // of the link
	Link    string
}

// Governance tells one person of it.
func (c Console) Governance(to Person, n GovernanceNews) Message {
	blocks := []block{say("%s", n.What)}
	var facts [][2]string
	for _, f := range n.Facts {
		if f[1] != "" {
			facts = append(facts, fact(f[0], f[1]))
		}
	}
	if len(facts) > 0 {
		blocks = append(blocks, tell(facts...))
	}
	if link := safeLink(n.Link); link != "" {
		blocks = append(blocks, follow(n.Label, link))
	}
	return c.write(letter{to, "Console - " + n.Subject, blocks})
}
