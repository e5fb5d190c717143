package rule_test

import (
	"strings"
	"testing"

	"belvedere/internal/school/rule"
)

// maquetteOf is that of two students: an étape, an element with its scale, and a diploma.
func maquetteOf() string {
	return "XX-APO_TITRES-XX\napoC_annee\t2026/2027\napoC_cod_dip\t7W29\napoC_cod_vdi\t4\n\t\n" +
		"XX-APO_TYP_RES-XX\n3\tADM\tAJ\tDEF\t\n3\tABI\tABJ\tDEF\t\nADM : Admis\tAJ : Ajourné\tDEF : Défaillant\nABI : Absence injustifiée\tABJ : Absence justifiée\tDEF : Défaillant\n\t\n" +
		"XX-APO_COLONNES-XX\napoL_a01_code\tType Objet\nAPO_COL_VAL_DEB\n" +
		"apoL_c0001\tELP\t7WGA4\t\t2026\t1\t1\tN\tStratégie\t0\t1\tNote\napoL_c0002\tELP\t7WGA4\t\t2026\t1\t1\tB\t\t0\t1\tBarème\napoL_c0003\tELP\t7WGA4\t\t2026\t1\t1\tR\t\t0\t1\tRésultat\n" +
		"apoL_c0004\tVET\tV1RT\t117\t2026\t1\t1\tN\tÉtape\t0\t1\tNote\napoL_c0005\tVDI\t7W29\t4\t2026\t1\t1\tR\tDiplôme\t0\t1\tRésultat\nAPO_COL_VAL_FIN\n\t\n" +
		"XX-APO_VALEURS-XX\napoL_a01_code\tapoL_a02_nom\tapoL_a03_prenom\tapoL_a04_naissance\tapoL_c0001\tapoL_c0002\tapoL_c0003\tapoL_c0004\tapoL_c0005\n" +
		"2301\tABADIE\tAlice\t01/02/2006\t11,5\t20\tADM\t12\tADM\n2302\tBERNIER\tBruno\t03/04/2006\tABI\t20\tDEF\t\t\n"
}

// extraction has rows of results.
func extraction(rows string) edit {
	return whole("apogee_resultats", "COD_IND;COD_ETU;COD_ANU;COD_SES;COD_ADM;COD_ELP;NOT_ELP;BAR_NOT_ELP;NOT_SUB_ELP;COD_TRE\n"+rows)
}

const maquetteFile = "apogee_maquette"

var apogeeCases = []spoiled{
	{"no maquette", []edit{whole(maquetteFile, "")}, nil},
	{"mark over 20", []edit{{maquetteFile, "2006\t11,5\t20", "2006\t20,5\t20"}}, []string{"W apogee|La note de l’étudiant 2301 en « 7WGA4 », 20,5, n’est pas entre 0 et 20"}},
	{"mark over a smaller scale", []edit{{maquetteFile, "11,5\t20", "11,5\t10"}}, []string{"W apogee|11,5, n’est pas entre 0 et 10"}},
	{"mark within a larger scale", []edit{{maquetteFile, "11,5\t20", "85,25\t100"}}, nil},
	{"no scale is 20", []edit{{maquetteFile, "11,5\t20", "21\t"}}, []string{"W apogee|21, n’est pas entre 0 et 20"}},
	{"the highest mark", []edit{{maquetteFile, "11,5\t20", "20,00\t20"}}, nil},
	{"negative mark", []edit{{maquetteFile, "11,5\t20", "-1\t20"}}, []string{"W apogee|-1, n’est pas entre 0 et 20"}},
	{"mark of an étape without scale", []edit{{maquetteFile, "ADM\t12\t", "ADM\t25\t"}}, []string{"W apogee|2301 en « V1RT », 25"}},
	{"no mark yet", []edit{{maquetteFile, "11,5\t20", "\t20"}}, nil},
	{"code that is no replacement", []edit{{maquetteFile, "2006\tABI", "2006\tADM"}}, []string{"W apogee|2302 en « 7WGA4 », « ADM », n’est ni un nombre"}},
	{"replacement of another university", []edit{{maquetteFile, "2006\tABI", "2006\tDIS"}}, []string{"W apogee|« DIS », n’est ni un nombre"}},
	{"mark and code", []edit{{maquetteFile, "2006\t11,5", "2006\t0 ABI"}}, []string{"W apogee|« 0 ABI », porte à la fois un nombre et un code"}},
	{"not a number", []edit{{maquetteFile, "2006\t11,5", "2006\tInf"}}, []string{"W apogee|« Inf »"}},
	{"scale of nothing", []edit{{maquetteFile, "11,5\t20", "11,5\t0"}}, []string{"W apogee|Le barème de l’étudiant 2301 en « 7WGA4 » vaut « 0 »"}},
	{"result that no list has", []edit{{maquetteFile, "11,5\t20\tADM", "11,5\t20\tVAL"}}, []string{"W apogee|Le résultat de l’étudiant 2301 en « 7WGA4 », « VAL »"}},
	{"replacement as a result", []edit{{maquetteFile, "20\tDEF", "20\tABI"}}, []string{"W apogee|Le résultat de l’étudiant 2302 en « 7WGA4 », « ABI »"}},
	{"without lists codes are not judged", []edit{without(maquetteFile, codeSection()), {maquetteFile, "20\tDEF", "20\tVAL"}, {maquetteFile, "2006\tABI", "2006\tDIS"}}, nil},
	{"without lists a text is no code", []edit{without(maquetteFile, codeSection()), {maquetteFile, "2006\tABI", "2006\tabsent"}}, []string{"W apogee|« absent »"}},
	{"columns of another year", []edit{{maquetteFile, "117\t2026", "117\t2025"}}, []string{"W apogee|(apoL_c0004) sont de l’année 2025, et la maquette est de 2026"}},
	{"diploma in another version", []edit{{maquetteFile, "7W29\t4\t2026", "7W29\t5\t2026"}}, []string{"W apogee|7W29, version « 5 », et la maquette est de 7W29, version « 4 »"}},
	{"another diploma", []edit{{maquetteFile, "VDI\t7W29", "VDI\t7W30"}}, []string{"W apogee|du diplôme 7W30"}},
	{"étape in two versions", []edit{{maquetteFile, "APO_COL_VAL_FIN", "apoL_c0006\tVET\tV1RT\t118\t2026\t1\t1\tR\nAPO_COL_VAL_FIN"}}, []string{"W apogee|« V1RT » (VET) est dans la maquette en deux versions, « 117 » et « 118 »"}},
	{"values of no column", []edit{{maquetteFile, "apoL_c0004\tapoL_c0005\n2301", "apoL_c0094\tapoL_c0005\n2301"}}, []string{"W apogee|« apoL_c0094 » a 2 valeurs"}},

	{"extraction agrees", []edit{extraction("1;2301;2026;1;1;7WGA4;11,5;20;;ADM\n2;2302;2026;1;1;7WGA4;;20;ABI;DEF\n2;2302;2026;2;1;7WGA4;3;20;;AJ\n")}, nil},
	{"extraction alone", []edit{whole(maquetteFile, ""), extraction("1;;2026;1;1;7WGA4;31;;;ADM\n")}, []string{"W apogee|La note de l’étudiant 1 en « 7WGA4 », 31, n’est pas entre 0 et 20"}},
	{"extraction of another year", []edit{extraction("1;2399;2025;1;1;7WGA4;99;20;;ADM\n")}, []string{"W apogee|L’extraction a 1 résultat d’une autre année, 2025"}},
	{"extraction of another student", []edit{extraction("1;2399;2026;1;1;7WGA4;9;20;;ADM\n1;2399;2026;1;1;7WGB4;9;20;;ADM\n")}, []string{"W apogee|L’étudiant 2399 a des résultats dans l’extraction, et n’est pas dans la maquette"}},
	{"code beside a mark", []edit{extraction("1;2301;2026;1;1;7WGA4;0;20;ABJ;AJ\n")}, []string{"W apogee|vaut 0, et le code ABJ la remplace"}},
	{"replacement that no list has", []edit{extraction("1;2301;2026;1;1;7WGA4;;20;DIS;AJ\n")}, []string{"W apogee|« DIS », n’est ni un nombre"}},
	{"extracted result that no list has", []edit{extraction("1;2301;2026;1;1;7WGA4;9;20;;NAR\n")}, []string{"W apogee|Le résultat de l’étudiant 2301 en « 7WGA4 », « NAR »"}},
	{"two sessions", []edit{extraction("1;2301;2026;1;1;7WGA4;99;20;;ADM\n1;2301;2026;2;1;7WGA4;98;20;;ADM\n")}, []string{"W apogee|99, n’est pas", "W apogee|98, n’est pas"}},
}

func codeSection() string {
	text := maquetteOf()
	return text[strings.Index(text, "XX-APO_TYP_RES"):strings.Index(text, "XX-APO_COLONNES")]
}

// Without a maquette the check does not run, and says what it would need.
func TestNoMaquetteNoCheck(t *testing.T) {
	v := openMini(t)
	texts := mini()
	texts[maquetteFile] = ""
	loadOver(t, v, texts)
	for _, o := range check(t, v).Rules {
		if o.Rule.Code == "apogee" && (o.Ran || o.Missing != "Apogée, maquette") {
			t.Errorf("%+v", o)
		}
	}
}

// The samples hold together; their places lead to the lines of the file.
func TestApogeeSamples(t *testing.T) {
	for _, path := range []string{"maquette_VIDE_latin1.txt", "maquette_REMPLIE_constructed_latin1.txt", "maquette_VIDE_ragged_rows_latin1.txt"} {
		v := open(t)
		load(t, v, sample(t, "apogee_maquette", "apogee/"+path))
		check(t, v)
		if list := standing(t, v); len(list) > 0 {
			t.Errorf("%s: %s", path, strings.Join(lines(list), "\n"))
		}
	}
}

func TestApogeePlaces(t *testing.T) {
	v := open(t)
	load(t, v, file(t, maquetteFile, "maquette.txt", []byte(strings.Replace(maquetteOf(), "2006\t11,5", "2006\t33", 1))))
	check(t, v)
	list := standing(t, v)
	if len(list) != 1 || list[0].Tool != rule.ToolApogee || list[0].Severity != rule.Warning {
		t.Fatalf("%+v", list)
	}
	if x := list[0]; x.A.File != "maquette.txt" || x.A.Line != 24 || x.A.Value != "33" || x.B.Line != 15 || strings.Contains(x.Message, "ABADIE") {
		t.Errorf("%+v", x)
	}
}
