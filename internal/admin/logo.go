package admin

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// MostLogo is the most bytes of an image that is taken for a logo.
const MostLogo = 512 << 10

// metaLogo is under which the registry keeps the logo, as base64 of a PNG file.
const metaLogo = "territoire.logo"

// logoTime is how long the decoding of an image may take.
const logoTime = 5 * time.Second

// A Logo is an image that this program has written itself.
type Logo struct {
	Sum string // fingerprint, part of its address
	PNG []byte
}

// SetLogo takes an image as the logo of the territory. It is read under limits, scaled down and
// written again, so that nothing else that the file may hold is kept or served.
func (t *Territory) SetLogo(ctx context.Context, from io.Reader) (_ Logo, err error) {
	defer belvedere.Wrap(&err, "SetLogo")
	data, err := io.ReadAll(io.LimitReader(from, MostLogo+1))
	if err != nil {
		return Logo{}, err
	}
	body, err := t.decode(ctx, data)
	if err != nil {
		return Logo{}, err
	}
	logo := newLogo(body)
	t.writing.Lock()
	defer t.writing.Unlock()
	if err := t.Settings.SetMeta(ctx, metaLogo, base64.StdEncoding.EncodeToString(body)); err != nil {
		return Logo{}, err
	}
	return logo, t.Settings.PutSettings(ctx, map[string]string{registry.SettingLogo: logo.Sum})
}

func newLogo(body []byte) Logo {
	sum := sha256.Sum256(body)
	return Logo{Sum: hex.EncodeToString(sum[:16]), PNG: body}
}

// decode makes the logo of an image in its own time: whoever asks waits for the one before, and
// for it no longer than logoTime.
func (t *Territory) decode(ctx context.Context, data []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, logoTime)
	defer cancel()
	select {
	case t.decoding <- struct{}{}:
	case <-ctx.Done():
		return nil, errSlowImage
	}
	type outcome struct {
		body []byte
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		defer func() { <-t.decoding }()
		body, err := RenderLogo(ctx, data)
		done <- outcome{body, err}
	}()
	select {
	case o := <-done:
		return o.body, o.err
	case <-ctx.Done():
		return nil, errSlowImage // the goroutine ends at its next read
	}
}

var errSlowImage = belvedere.Errorf(belvedere.Unavailable, "L’image demande trop de temps pour être lue\u00a0: enregistrez-la de nouveau, plus simplement, ou réessayez.")

// RemoveLogo goes back to no logo.
func (t *Territory) RemoveLogo(ctx context.Context) (err error) {
	defer belvedere.Wrap(&err, "RemoveLogo")
	t.writing.Lock()
	defer t.writing.Unlock()
	if err := t.Settings.PutSettings(ctx, map[string]string{registry.SettingLogo: ""}); err != nil {
		return err
	}
	t.mu.Lock()
	t.logo = Logo{}
	t.mu.Unlock()
	return t.Settings.SetMeta(ctx, metaLogo, "")
}

// Logo gives the logo of a fingerprint. NotFound when it is not that of the territory.
func (t *Territory) Logo(ctx context.Context, sum string) (_ Logo, err error) {
	defer belvedere.Wrap(&err, "Logo")
	t.mu.Lock()
	last := t.logo
	t.mu.Unlock()
	if last.Sum == sum && sum != "" {
		return last, nil
	}
	text, err := t.Settings.Meta(ctx, metaLogo)
	if err != nil {
		return Logo{}, err
	}
	body, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return Logo{}, err
	}
	logo := newLogo(body)
	if logo.Sum != sum || !bytes.HasPrefix(body, []byte(pngMagic)) {
		return Logo{}, belvedere.Errorf(belvedere.NotFound, "Ce logo n’existe pas, ou plus.")
	}
	t.mu.Lock()
	t.logo = logo
	t.mu.Unlock()
	return logo, nil
}
