package web

import (
	"context"
	"io"

	"belvedere"
	"belvedere/internal/registry"
	"belvedere/internal/territory/report"
)

// Reports answers pages. Whatever it returns, this viewer may see.
type Reports interface {
	// Model is the checked catalogue that answers.
	Model() *belvedere.Model

	// Page answers a declared page in a state. All asks for every line, as files need them.
	Page(ctx context.Context, viewer belvedere.Viewer, page *belvedere.Page, s report.State, all bool) (*report.PageView, error)

	// Coverage answers the page of what is received and expected.
	Coverage(ctx context.Context, viewer belvedere.Viewer, ask report.CoverageAsk, all bool) (*report.CoverageView, error)

	// Gap explains why two figures differ; GapSide reads one of them, GapHeading titles a file.
	Gap(ctx context.Context, viewer belvedere.Viewer, ask report.GapAsk) (*report.GapView, error)
	GapSide(ctx context.Context, viewer belvedere.Viewer, ask report.GapSideAsk) (*report.GapSide, error)
	GapHeading(ctx context.Context, v *report.GapView) belvedere.Heading
	// Benchmark places a school that the viewer sees among its like.
	Benchmark(ctx context.Context, viewer belvedere.Viewer, ask report.BenchmarkAsk) (*report.BenchmarkView, error)

	// Territory is what the console serves.
	Territory(ctx context.Context) (report.Territory, error)

	// SchoolCount counts the schools of the register that the rights of a viewer open.
	SchoolCount(ctx context.Context, viewer belvedere.Viewer) (int, error)

	// Fed tells whether anything that the pages of a section show was delivered; Higher, whether someone
	// works in higher education alone.
	Fed(ctx context.Context, viewer belvedere.Viewer, section string) bool
	Higher(ctx context.Context, viewer belvedere.Viewer) bool

	// Schools finds schools of the register by name, UAI or commune, best first, at most limit.
	Schools(ctx context.Context, viewer belvedere.Viewer, text string, limit int) ([]belvedere.Key, error)

	// Unlisted gives the schools with data that the register does not know: the code is the UAI,
	// each detail names a dataset that holds it.
	Unlisted(ctx context.Context, viewer belvedere.Viewer) ([]belvedere.Key, error)
}

// Deliveries is the part of the registry that pages read; a registry.Registry is one.
type Deliveries interface {
	List(ctx context.Context, f registry.DeliveryFilter, p registry.Page) ([]belvedere.Delivery, int, error)
	Delivery(ctx context.Context, seq int64) (belvedere.Delivery, error)
	Faults(ctx context.Context, seq int64, p registry.Page) ([]belvedere.Fault, int, error)
	Slices(ctx context.Context, seq int64) ([]belvedere.DeliverySlice, error)
	ListEditions(ctx context.Context, p registry.Page) ([]belvedere.Edition, int, error)
	EditionDeliveries(ctx context.Context, number int) ([]belvedere.Delivery, error)
}

// An Upload is a file dropped on the page. Body is read once, to its end or to an error.
type Upload struct {
	FileName string // as the browser says it, for display only
	Dataset  string // "" to recognise it
	Body     io.Reader
}

// A Receiver accepts a file: when it returns without error, the delivery is acknowledged.
type Receiver func(ctx context.Context, viewer belvedere.Viewer, u Upload) (belvedere.Delivery, error)

// An Exporter writes a result as a file. An unknown format is an Invalid error.
type Exporter interface {
	Export(w io.Writer, format string, r *belvedere.Result, h belvedere.Heading) (contentType, fileName string, err error)
}

// Health says what is wrong, nil when the server can answer.
type Health func(context.Context) error
