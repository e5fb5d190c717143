package report

import (
	"context"

	"belvedere"
)

// Hold makes everything asked within the context answer from one edition and its register, even if
// another is published meanwhile.
func (r *Reporter) Hold(ctx context.Context, edition int) (context.Context, error) {
	e, err := r.Edition(ctx, edition)
	if err != nil {
		return ctx, err
	}
	d, err := r.Directory(ctx, e.Number)
	if err != nil {
		return ctx, err
	}
	return holdEdition(ctx, edition, e, d), nil
}

// Bar answers the filters of a page and what stands over it, without its blocks: for pages whose
// blocks are questions of their own.
func (r *Reporter) Bar(ctx context.Context, viewer belvedere.Viewer, page *belvedere.Page, s State) (_ *PageView, err error) {
	defer belvedere.Wrap(&err, "Bar(%s)", page.Code)
	if r, err = r.live(ctx); err != nil {
		return nil, err
	}
	b, err := r.newPage(ctx, viewer, page, s)
	if err != nil {
		return nil, err
	}
	if b.edition.Number == 0 {
		b.view.Empty = true
		return b.view, nil
	}
	if err := b.filters(); err != nil {
		return nil, err
	}
	b.heading(nil)
	return b.view, nil
}
