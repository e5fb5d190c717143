package report

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"maps"
	"strings"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// A sealing is a result that is about to be given, and what stands around it: all that decides
// the bytes of its page and files.
type sealing struct {
	result  *belvedere.Result
	heading belvedere.Heading
	page    string   // address of the page without its edition, "" for a query
	details []string // attributes kept beside the names of lines, nil: all
}

// A question is what a receipt keeps of a query: with the words of its columns, without its
// edition, so that the same question of many editions is kept once.
type question struct {
	Query   belvedere.Query `json:"query"`
	Labels  [][2]string     `json:"labels"`
	Details []string        `json:"details,omitempty"`
}

// A standing is what a receipt keeps of the place of a result. When it was made is the receipt's.
type standing struct {
	Heading belvedere.Heading `json:"heading"`
	Page    string            `json:"page,omitempty"`
}

// labelsOf are the words of the columns, label and group.
func labelsOf(q belvedere.Query) [][2]string {
	out := make([][2]string, len(q.Columns))
	for i, c := range q.Columns {
		out[i] = [2]string{c.Label, c.Group}
	}
	return out
}

// Receipted answers a query as Query does, with what stands over it, and keeps its receipt before
// it returns: for whoever hands the result out.
func (r *Reporter) Receipted(ctx context.Context, viewer belvedere.Viewer, q belvedere.Query) (_ *belvedere.Result, h belvedere.Heading, err error) {
	defer belvedere.Wrap(&err, "Receipted")
	if r, err = r.live(ctx); err != nil {
		return nil, h, err
	}
	out, err := r.Query(ctx, viewer, q)
	if err != nil {
		return nil, h, err
	}
	h = r.QueryHeading(ctx, viewer, q)
	return out, h, r.seal(ctx, viewer, true, []sealing{{result: out, heading: h}})
}

// seal gives results their receipts, and keeps those that are new before it returns. Nothing is
// kept before the first edition, nor of a viewer whose rights have no fingerprint.
func (r *Reporter) seal(ctx context.Context, viewer belvedere.Viewer, filed bool, list []sealing) (err error) {
	defer belvedere.Wrap(&err, "seal(%d)", len(list))
	var fresh []registry.NewReceipt
	var at []int
	parts := map[string]string{}
	for i, s := range list {
		one, texts, err := r.receiptOf(ctx, viewer, s)
		if err != nil {
			return err
		}
		one.Filed = filed
		if held, ok := r.keeper.held(one.Hash, filed); ok {
			s.result.Receipt.Code, s.result.Receipt.Hash, s.result.Receipt.At = held.code, one.Hash, held.at.In(r.zone)
			continue
		}
		s.result.Receipt.Code, s.result.Receipt.Hash = codesOf(one.Hash)[0], one.Hash
		if s.result.Edition.Number == 0 || viewer.Scope.Fingerprint == "" {
			continue
		}
		if one.Rights, one.Edits, err = r.decidedParts(ctx, viewer.Scope, one.Edits, texts); err != nil {
			return err
		}
		one.Digest = digest(s.result)
		maps.Copy(parts, texts)
		fresh, at = append(fresh, registry.NewReceipt{Receipt: one, Codes: codesOf(one.Hash)}), append(at, i)
	}
	if len(fresh) == 0 {
		return nil
	}
	kept, err := r.keeper.keep(ctx, fresh, parts)
	if err != nil {
		return err
	}
	for k, i := range at {
		list[i].result.Receipt.Code, list[i].result.Receipt.At = kept[k].Code, kept[k].At.In(r.zone)
	}
	return nil
}

// receiptOf makes the receipt of a result, without its code, and the texts of question and place.
func (r *Reporter) receiptOf(ctx context.Context, viewer belvedere.Viewer, s sealing) (registry.Receipt, map[string]string, error) {
	q, err := r.canonical(ctx, s.result)
	if err != nil {
		return registry.Receipt{}, nil, err
	}
	directory, err := r.Directory(ctx, s.result.Edition.Number)
	if err != nil {
		return registry.Receipt{}, nil, err
	}
	s.heading.At, s.heading.Site = time.Time{}, ""
	asked, err := json.Marshal(question{q, labelsOf(q), s.details})
	if err != nil {
		return registry.Receipt{}, nil, err
	}
	stands, err := json.Marshal(standing{s.heading, s.page})
	if err != nil {
		return registry.Receipt{}, nil, err
	}
	one := registry.Receipt{
		Question: partName("q", asked), Heading: partName("t", stands), Definitions: r.model.Version, Edition: s.result.Edition.Number,
		Rights: viewer.Scope.Fingerprint, Edits: directory.edits, Rules: s.result.Receipt.Release, Program: belvedere.Version,
		At: r.now(), Account: viewer.ID, Login: viewer.Login,
	}
	one.Hash = hashOf(one, asked, stands)
	return one, map[string]string{one.Question: pack(asked), one.Heading: pack(stands)}, nil
}

// hashOf is the whole hash of a receipt. Its texts enter whole, rights and corrections by their
// fingerprints.
func hashOf(one registry.Receipt, asked, stands []byte) string {
	sum := sha256.New()
	text, _ := json.Marshal([]any{one.Definitions, one.Edition, one.Rights, one.Edits, one.Rules, one.Program, len(asked), len(stands)})
	for _, part := range [][]byte{text, asked, stands} {
		sum.Write(part)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// canonical is the question of a result as receipts keep it: a limit that cut nothing is none, so
// that a table and its file have one receipt. Over a register so large that the engine cuts the
// tables, the limit is part of the question.
func (r *Reporter) canonical(ctx context.Context, out *belvedere.Result) (belvedere.Query, error) {
	q := out.Query
	q.Edition = 0
	if q.Limit == 0 || q.Offset > 0 || out.RowCount > q.Limit {
		return q, nil
	}
	directory, err := r.Directory(ctx, out.Edition.Number)
	if err == nil && len(directory.ordered) <= manySchools {
		q.Limit = 0
	}
	return q, err
}

// alphabet of the codes, without look-alikes.
var alphabet = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// codesOf are the codes that a hash may have, from the shortest: 40 bits, then 60, 80 and 160. The
// next one is taken when another result bears the one before.
func codesOf(hash string) []string {
	sum, err := hex.DecodeString(hash)
	if err != nil {
		return nil
	}
	text := alphabet.EncodeToString(sum)
	var out []string
	for _, n := range []int{8, 12, 16, 32} {
		var groups []string
		for i := 0; i < n; i += 4 {
			groups = append(groups, text[i:i+4])
		}
		out = append(out, strings.Join(groups, "-"))
	}
	return out
}

// ReadCode reads a code as people type it: in any case, with or without hyphens and spaces, O for
// 0, I or L for 1. It is "" when the text is no code.
func ReadCode(typed string) string {
	text := strings.Map(func(c rune) rune {
		switch c {
		case ' ', '-', '\u00a0', '\u202f', '\u2011', '\u2013':
			return -1
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		}
		return c
	}, strings.ToUpper(typed))
	if n := len(text); n != 8 && n != 12 && n != 16 && n != 32 {
		return ""
	}
	if _, err := alphabet.DecodeString(text[:8]); err != nil || strings.Trim(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" {
		return ""
	}
	var groups []string
	for i := 0; i < len(text); i += 4 {
		groups = append(groups, text[i:i+4])
	}
	return strings.Join(groups, "-")
}
