package web

import "strings"

// A RouteInfo is one address of a console, as attackers walk them.
type RouteInfo struct {
	Method, Path string
	Right        string // "public", "machine", "account", "signed in", "school", "nominative", "auditor", "administrator"
	Action       string
}

var rightNames = map[right]string{
	public: "public", machine: "machine", ownAccount: "account", signedIn: "signed in", schoolStaff: "school", nominative: "nominative", author: "author", extractor: "extractor", officer: "officer", auditor: "auditor", administrator: "administrator",
}

// RoutesOf lists every address that a console of this configuration has, declared pages included.
func RoutesOf(c Config) (list []RouteInfo) {
	s := &server{Config: withDefaults(c), model: c.Reports.Model(), metrics: newMetrics()}
	for _, rt := range s.routes() {
		list = append(list, RouteInfo{rt.method, strings.TrimSuffix(rt.path, "{$}"), rightNames[rt.right], rt.action})
	}
	for _, p := range s.model.Pages {
		list = append(list, RouteInfo{"GET", p.Path, rightNames[signedIn], "consultation"})
	}
	return list
}

// SafeReturn is where a form leads back to.
var SafeReturn = safeReturn
