package web_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/school/board"
	"belvedere/internal/school/vault"
)

// schoolPupils is an export of SIECLE of so many pupils, in divisions of ten.
func schoolPupils(uai belvedere.UAI, year, n int) board.Dropped {
	var list, places strings.Builder
	for i := range n {
		fmt.Fprintf(&list, `<ELEVE ELEVE_ID="%d" ELENOET="%d"><ID_NATIONAL>%09dAA</ID_NATIONAL><NOM_DE_FAMILLE>ZYGOMATIQUE%d</NOM_DE_FAMILLE><PRENOM>Jade</PRENOM><DATE_NAISS>01/02/2014</DATE_NAISS><DOUBLEMENT>0</DOUBLEMENT><CODE_REGIME>0</CODE_REGIME><CODE_SEXE>2</CODE_SEXE><CODE_MEF>10010012110</CODE_MEF><DATE_ENTREE>01/09/%d</DATE_ENTREE><ADHESION_TRANSPORT>0</ADHESION_TRANSPORT></ELEVE>`, 1000+i, i, i, i, year)
		fmt.Fprintf(&places, `<STRUCTURES_ELEVE ELEVE_ID="%d" ELENOET="%d"><STRUCTURE><CODE_STRUCTURE>6%c</CODE_STRUCTURE><TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE>`, 1000+i, i, 'A'+i/10)
	}
	text := fmt.Sprintf(`<?xml version="1.0" encoding="ISO-8859-15"?><BEE_ELEVES VERSION="3.0"><PARAMETRES><UAJ>%s</UAJ><ANNEE_SCOLAIRE>%d</ANNEE_SCOLAIRE><DATE_EXPORT>10/09/%d</DATE_EXPORT><HORODATAGE>10/09/%d 08:00:00</HORODATAGE></PARAMETRES><DONNEES><ELEVES>%s</ELEVES><STRUCTURES>%s</STRUCTURES></DONNEES></BEE_ELEVES>`,
		uai, year, year, year, list.String(), places.String())
	return board.Dropped{Name: "ElevesSansAdresses.xml", Data: []byte(text)}
}

// schoolBoard is the board of a school with 25 pupils, a deposit that waits, a blocking finding,
// a name to settle and two guardians who may be one: all of number 1.
func schoolBoard(t testing.TB, uai belvedere.UAI, now func() time.Time) *board.Service {
	t.Helper()
	shelf := &board.Shelf{Dir: t.TempDir(), Key: func(belvedere.UAI) []byte { return bytes.Repeat([]byte{9}, vault.KeySize) }, Options: []vault.Option{vault.WithClock(now)}}
	t.Cleanup(func() { shelf.Close() })
	b := board.New(board.Config{Vaults: shelf, Open: board.OpenFile, Now: now})
	year := int(belvedere.SchoolYearOf(now()))
	who := belvedere.Viewer{Login: "Marc@RIOU", Kind: belvedere.AccountViewer, School: true, Strong: true, Scope: belvedere.Scope{Own: []belvedere.UAI{uai}}}
	if _, err := b.Import(t.Context(), who, uai, 0, []board.Dropped{schoolPupils(uai, year, 25)}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Drop(t.Context(), who, uai, 0, []board.Dropped{schoolPupils(uai, year, 28)}); err != nil {
		t.Fatal(err)
	}
	v, err := shelf.Vault(t.Context(), uai, false)
	if err != nil {
		t.Fatal(err)
	}
	err = v.Write(t.Context(), func(tx *vault.Tx) error {
		for _, query := range []string{
			"INSERT INTO constat (annee, regle, cle, gravite, etat, message, qui, qui_id, structure, source_a, valeur_a, source_b, valeur_b, outil, remede, vu, revu) VALUES (?1, 'divisions', '6 B', 'bloquant', 'ouvert', 'Division inconnue de STS-Web', 'eleve', 1, '6 B', 'edt', '6 B', 'sts', '6B', 'STS-Web', 'Créer la division', 1, 1)",
			"INSERT INTO rapprochement (annee, sorte, source, valeur, cible, score, etat, le, par) VALUES (0, 'division', 'edt', '6 B', '6B', 0.95, 'propose', ?1, '')",
			"INSERT INTO personne (personne_id, nom, prenom, cle, source, present, cree, vu) VALUES ('7001', 'ZYGOMATIQUE', 'Anne', 'ZYGOMATIQUE|ANNE', 'siecle', 1, ?1, 1), ('7002', 'ZYGOMATIQUE', 'Anne', 'ZYGOMATIQUE|ANNE', 'siecle', 1, ?1, 1)",
			"INSERT INTO doublon (a, b, certitude, indices, etat, le, par) VALUES (1, 2, 'certain', '[\"adresse\"]', 'propose', ?1, '')",
		} {
			if _, err := tx.Exec(query, year); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
