package vault

func (c *consolidation) aafEleves() error { return nil }

func (c *consolidation) aafGuardians() ([]*guardianIn, error) { return nil, nil }

func (c *consolidation) aafStaff() ([]*staffIn, error) { return nil, nil }
