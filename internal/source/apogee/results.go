package apogee

import (
	"io"

	"belvedere/internal/source/record"
	"belvedere/internal/source/sheet"
)

// results is the table RESULTAT_ELP as people extract it by SQL: a student by COD_IND, COD_ETU or
// both.
var results = &sheet.Layout{Kind: Result, Columns: []sheet.Column{
	{Field: "cod_ind", Headers: []string{"COD_IND"}},
	{Field: "cod_etu", Headers: []string{"COD_ETU"}},
	{Field: "cod_anu", Needed: true, Headers: []string{"COD_ANU"}},
	{Field: "cod_ses", Headers: []string{"COD_SES"}},
	{Field: "cod_adm", Headers: []string{"COD_ADM"}},
	{Field: "cod_elp", Needed: true, Headers: []string{"COD_ELP"}},
	{Field: "not_elp", Needed: true, Headers: []string{"NOT_ELP"}},
	{Field: "bar_not_elp", Headers: []string{"BAR_NOT_ELP"}},
	{Field: "not_sub_elp", Headers: []string{"NOT_SUB_ELP"}},
	{Field: "cod_tre", Needed: true, Headers: []string{"COD_TRE"}},
}}

func readResults(in io.Reader, v record.Visitor) error {
	return sheet.Read(in, results, record.Head{Format: "apogee_resultats", Source: source}, v, nil)
}
