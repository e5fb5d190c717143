package catalog

import "embed"

// Dashboards holds dashboards/: the dashboards shipped with the program, which semantic.LoadDashboards
// reads. They are no definitions: changing one changes no figure and no version of the catalogue.
//
//go:embed all:dashboards
var Dashboards embed.FS
