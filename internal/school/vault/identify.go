package vault

import "slices"

// identify notes the identifiers of a sort that a person bears now; those borne before end.
func (c *consolidation) identify(w who, sort string, values ...string) error {
	if len(values) == 0 {
		return nil
	}
	if err := c.readIdentifiers(); err != nil {
		return err
	}
	k := bearer{w, sort}
	held := c.held[k]
	c.held[k] = values
	for _, v := range held {
		if slices.Contains(values, v) {
			continue
		}
		if err := c.exec("UPDATE identifiant SET jusque = ? WHERE qui = ? AND qui_id = ? AND sorte = ? AND valeur = ?", c.at, w.sort, w.id, sort, v); err != nil {
			return err
		}
	}
	for _, v := range values {
		if slices.Contains(held, v) {
			continue
		}
		if err := c.exec(`INSERT INTO identifiant (qui, qui_id, sorte, valeur, depuis) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET jusque = NULL`, w.sort, w.id, sort, v, c.at); err != nil {
			return err
		}
	}
	return nil
}

// A bearer is someone, and a sort of identifier.
type bearer struct {
	w    who
	sort string
}

// readIdentifiers reads, once, those that people bear.
func (c *consolidation) readIdentifiers() error {
	if c.held != nil {
		return nil
	}
	c.held = map[bearer][]string{}
	return c.tx.Each("SELECT qui, qui_id, sorte, valeur FROM identifiant WHERE jusque IS NULL", nil, func(scan func(...any) error) error {
		var k bearer
		var value string
		err := scan(&k.w.sort, &k.w.id, &k.sort, &value)
		c.held[k] = append(c.held[k], value)
		return err
	})
}
