package semantic

import (
	"belvedere"
)

// Open is the value of "sortie" of a row that is still current.
const Open int32 = 2147483647

// StageColumns are the columns of a staged row of a dataset, in order: school, year, time,
// dimensions, measures. The school is the seven digits of its UAI as a number. An empty
// optional dimension holds "", an absent measure NULL.
//
//	heure:   instant (UTC), jour and heure (of the territory's clock)
//	jour:    jour
//	mois:    jour, the first of the month
//	periode: periode ("jour", "mois", "annee"), jour, its first day
//	annee:   nothing more than annee
//
// A register has no year and no time.
func StageColumns(d *belvedere.Dataset) []belvedere.TableColumn {
	cols := []belvedere.TableColumn{{Name: "etablissement", Type: belvedere.Int32}}
	if d.Kind != belvedere.Register {
		cols = append(cols, belvedere.TableColumn{Name: "annee", Type: belvedere.Int16})
		cols = append(cols, timeColumns(d.Time)...)
	}
	for _, dim := range d.Dimensions {
		cols = append(cols, belvedere.TableColumn{Name: dim.Name, Type: belvedere.Text})
	}
	for _, m := range d.Measures {
		cols = append(cols, belvedere.TableColumn{Name: m.Name, Type: measureType(m)})
	}
	return cols
}

// TableColumns are the columns of the table of a dataset: the staged ones, then the delivery
// that brought the row and the editions in which it entered and left.
func TableColumns(d *belvedere.Dataset) []belvedere.TableColumn {
	return append(StageColumns(d),
		belvedere.TableColumn{Name: "livraison", Type: belvedere.Int64},
		belvedere.TableColumn{Name: "entree", Type: belvedere.Int32},
		belvedere.TableColumn{Name: "sortie", Type: belvedere.Int32})
}

func timeColumns(t belvedere.TimeGrain) []belvedere.TableColumn {
	switch t {
	case belvedere.ByHour:
		return []belvedere.TableColumn{
			{Name: "instant", Type: belvedere.Timestamp},
			{Name: "jour", Type: belvedere.DateOnly},
			{Name: "heure", Type: belvedere.Uint8},
		}
	case belvedere.ByDay, belvedere.ByMonth:
		return []belvedere.TableColumn{{Name: "jour", Type: belvedere.DateOnly}}
	case belvedere.ByPeriod:
		return []belvedere.TableColumn{
			{Name: "periode", Type: belvedere.Text},
			{Name: "jour", Type: belvedere.DateOnly},
		}
	}
	return nil
}

func measureType(m belvedere.Measure) belvedere.ColumnType {
	switch {
	case m.Text:
		return belvedere.Text
	case m.Decimal:
		return belvedere.Float64
	}
	return belvedere.Int64
}
