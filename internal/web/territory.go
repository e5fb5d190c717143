package web

// territoryRoutes are filled below.
func (s *server) territoryRoutes() []route { return nil }
