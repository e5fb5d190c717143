package web

// schoolRoutes are filled below.
func (s *server) schoolRoutes() []route { return nil }
