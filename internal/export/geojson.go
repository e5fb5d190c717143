package export

import (
	"bufio"
	"encoding/json"
	"io"
	"slices"
	"strconv"

	"belvedere"
)

type (
	geoFeature struct {
		Type       string         `json:"type"`
		ID         string         `json:"id"`
		Geometry   *geoPoint      `json:"geometry"`
		Properties map[string]any `json:"properties"`
	}
	geoPoint struct {
		Type        string     `json:"type"`
		Coordinates [2]float64 `json:"coordinates"` // longitude, latitude (RFC 7946)
	}
)

// GeoJSON writes the lines as features, each school where the register places it and nowhere when it does not:
// its name, commune and type, the other dimensions, then each column with its state. Totals are no places.
func GeoJSON(out io.Writer, t Table) (err error) {
	defer belvedere.Wrap(&err, "export.GeoJSON(%s)", t.Heading.FileStem)
	r := t.Result
	place := slices.IndexFunc(r.Dims, func(d belvedere.ResultDim) bool { return d.Name == "etablissement" })
	if place < 0 {
		return belvedere.Errorf(belvedere.Invalid, "Le GeoJSON place des établissements\u00a0: demandez des lignes par établissement.")
	}
	w := bufio.NewWriterSize(out, 32<<10)
	about := map[string]any{"type": "FeatureCollection"}
	if box := bounding(r, place); box != nil {
		about["bbox"] = box
	}
	for _, a := range replays(t) {
		about[a.Name] = a.Value
	}
	head, err := json.Marshal(about)
	if err != nil {
		return err
	}
	w.Write(head[:len(head)-1])
	w.WriteString(`,"features":[`)
	for i := range r.Rows {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('\n')
		if err := putJSON(w, feature(r, &r.Rows[i], place)); err != nil {
			return err
		}
	}
	w.WriteString("\n]}\n")
	return w.Flush()
}

func feature(r *belvedere.Result, row *belvedere.ResultRow, place int) geoFeature {
	f := geoFeature{Type: "Feature", Properties: map[string]any{}}
	for i, k := range row.Keys {
		f.Properties[r.Dims[i].Name], f.Properties[r.Dims[i].Name+"_libelle"] = k.Code, k.Label
		if f.ID += k.Code; i+1 < len(row.Keys) {
			f.ID += "|"
		}
	}
	for _, a := range row.Keys[place].Detail {
		if a.Name != "longitude" && a.Name != "latitude" {
			f.Properties[a.Name] = a.Value
		}
	}
	if at, ok := located(row.Keys[place]); ok {
		f.Geometry = &geoPoint{"Point", at}
	}
	for i, c := range r.Columns {
		v, state, ok := dataCell(row, r, i)
		f.Properties[c.Key], f.Properties[c.Key+"_etat"] = nil, state
		if ok {
			f.Properties[c.Key] = v
		}
	}
	return f
}

// located is the place of a school in degrees, false where the register gives none on Earth.
func located(k belvedere.Key) (at [2]float64, ok bool) {
	found := 0
	for _, a := range k.Detail {
		v, err := strconv.ParseFloat(a.Value, 64)
		switch {
		case a.Name == "longitude" && err == nil && v >= -180 && v <= 180:
			at[0], found = v, found|1
		case a.Name == "latitude" && err == nil && v >= -90 && v <= 90:
			at[1], found = v, found|2
		}
	}
	return at, found == 3
}

// bounding is the box of all places (RFC 7946: west, south, east, north), nil without any.
func bounding(r *belvedere.Result, place int) []float64 {
	var box []float64
	for i := range r.Rows {
		at, ok := located(r.Rows[i].Keys[place])
		switch {
		case !ok:
		case box == nil:
			box = []float64{at[0], at[1], at[0], at[1]}
		default:
			box = []float64{min(box[0], at[0]), min(box[1], at[1]), max(box[2], at[0]), max(box[3], at[1])}
		}
	}
	return box
}
