package export_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"belvedere"
	"belvedere/internal/export"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/parquet-go/parquet-go"
)

// dated is a table by year and by day, with a percentage and a total.
func dated() export.Table {
	t := small()
	r := *t.Result
	r.Dims = []belvedere.ResultDim{{Name: "annee", Label: "Année"}, {Name: "jour", Label: "Jour"}, {Name: "niveau.groupe", Label: "Cycle"}}
	percent := belvedere.ResultColumn{Percent: true}
	percent.Key, percent.Label = "taux", "Taux"
	count := belvedere.ResultColumn{Unit: "élèves"}
	count.Key, count.Label = "eleves", "Élèves"
	r.Columns = []belvedere.ResultColumn{percent, count}
	r.Rows = []belvedere.ResultRow{{Keys: []belvedere.Key{{Code: "2025", Label: "2025-2026"}, {Code: "2025-10-01", Label: "1er octobre"}, {Code: "cycle3", Label: "Cycle 3"}}, Cells: []belvedere.Cell{value(.464), state(belvedere.Secret)}}}
	r.Total = &belvedere.ResultRow{Keys: []belvedere.Key{{Code: "ensemble", Label: "Ensemble"}}, Cells: []belvedere.Cell{value(.464), value(0)}}
	t.Result = &r
	return t
}

// TestDataTypes wants years as numbers, days as dates, nothing in their place in a total, and units beside.
func TestDataTypes(t *testing.T) {
	data := bytesOf(t, export.FormatParquet, dated())
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	schema := f.Schema().String()
	for _, want := range []string{"int64 annee", "int32 jour (DATE)", "(STRING)", "double taux", "double eleves"} {
		if !strings.Contains(schema, want) {
			t.Errorf("no %q in %s", want, schema)
		}
	}
	if unit, ok := f.Lookup("unite.eleves"); !ok || unit != "élèves" {
		t.Errorf("the unit is %q", unit)
	}
	if unit, _ := f.Lookup("unite.taux"); unit != "%" {
		t.Errorf("the unit of a percentage is %q", unit)
	}
	r, err := ipc.NewReader(bytes.NewReader(bytesOf(t, export.FormatArrow, dated())))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	var types []string
	for _, field := range r.Schema().Fields() {
		types = append(types, field.Name+":"+field.Type.Name())
		if unit, _ := field.Metadata.GetValue("unite"); field.Name == "eleves" && unit != "élèves" {
			t.Errorf("the unit in Arrow is %q", unit)
		}
	}
	if got := strings.Join(types, " "); got != "annee:int64 annee_libelle:utf8 jour:date32 jour_libelle:utf8 niveau.groupe:utf8 niveau.groupe_libelle:utf8 taux:float64 taux_etat:utf8 eleves:float64 eleves_etat:utf8" {
		t.Error(got)
	}
	if !r.Next() {
		t.Fatal("no line")
	}
	batch := r.RecordBatch()
	if got := fmt.Sprint(batch.Column(0), batch.Column(2), batch.Column(6), batch.Column(8), batch.Column(9)); !strings.HasPrefix(got, "[2025 (null)] [20362 (null)] [46.4 46.4] [(null) 0]") {
		t.Error(got)
	}
}

// TestSDMXHead wants the header and the codes of SDMX-CSV 2.0.
func TestSDMXHead(t *testing.T) {
	lines := strings.Split(string(bytesOf(t, export.FormatSDMX, dated())), "\n")
	if lines[0] != "STRUCTURE,STRUCTURE_ID,ACTION,JOUR,NIVEAU_GROUPE,INDICATEUR,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS,UNIT_MEASURE,RECU,EDITION" {
		t.Error(lines[0])
	}
	if want := "dataflow,BELVEDERE:INDICATEURS(1.0.0),I,2025-10-01,cycle3,eleves,2025-09-01/P1Y,,Q,C,élèves,7KQ2-M9XD,12"; lines[2] != want {
		t.Errorf("%s, want %s", lines[2], want)
	}
}

// TestGeoJSONBox wants the box of the places that there are, and no place that is not on Earth.
func TestGeoJSONBox(t *testing.T) {
	table := small()
	r := *table.Result
	r.Rows = nil
	for i, at := range [][2]string{{"48.1", "-1.6"}, {"47.9", "2.3"}, {"", ""}, {"480", "3"}} {
		k := school(fmt.Sprint("E", i), "École", "X")
		k.Detail = []belvedere.Attribute{{Name: "latitude", Value: at[0]}, {Name: "longitude", Value: at[1]}}
		r.Rows = append(r.Rows, belvedere.ResultRow{Keys: []belvedere.Key{k}, Cells: []belvedere.Cell{value(1)}})
	}
	table.Result = &r
	var file struct {
		Box      []float64 `json:"bbox"`
		Features []struct {
			Geometry *struct{ Coordinates []float64 } `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(bytesOf(t, export.FormatGeoJSON, table), &file); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(file.Box) != "[-1.6 47.9 2.3 48.1]" || len(file.Features) != 4 || file.Features[2].Geometry != nil || file.Features[3].Geometry != nil {
		t.Errorf("%+v", file)
	}
}
