package web

// agreementRoutes are filled below.
func (s *server) agreementRoutes() []route { return nil }
