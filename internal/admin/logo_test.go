package admin_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/admin"
)

// picture draws a gradient.
func picture(w, h int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.NRGBA{uint8(x), uint8(y), uint8(x + y), 255})
		}
	}
	return m
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// chunk writes a chunk of PNG with its checksum.
func chunk(name string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, name...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// bareHead is a PNG that announces a size and holds the pixels given, packed.
func bareHead(w, h uint32, pixels []byte) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(pixels)
	z.Close()
	out := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 2, 0, 0, 0))...)
	out = append(out, chunk("IDAT", packed.Bytes())...)
	return append(out, chunk("IEND", nil)...)
}

// withEXIF puts a block of EXIF after the start of a JPEG.
func withEXIF(jpg []byte) []byte {
	data := []byte("Exif\x00\x00II*\x00secret GPS of a person")
	block := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(data)+2))
	return bytes.Join([][]byte{jpg[:2], block, data, jpg[2:]}, nil)
}

// webpSample is an image of 1 × 1 pixel in lossless WebP.
var webpSample = []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")

func TestLogosAreWrittenAgain(t *testing.T) {
	text := pngOf(t, picture(20, 10))
	text = bytes.Join([][]byte{text[:33], chunk("tEXt", []byte("Comment\x00<script>alert(1)</script>")), text[33:]}, nil)
	for name, c := range map[string]struct {
		data []byte
		w, h int
	}{
		"small PNG stays":     {pngOf(t, picture(100, 50)), 100, 50},
		"wide one":            {pngOf(t, picture(1000, 100)), 480, 48},
		"high one":            {pngOf(t, picture(100, 320)), 50, 160},
		"thin one":            {pngOf(t, picture(4000, 2)), 480, 1},
		"JPEG with EXIF":      {withEXIF(jpegOf(t, picture(960, 320))), 480, 160},
		"WebP":                {webpSample, 1, 1},
		"PNG with a comment":  {text, 20, 10},
		"grey of sixteen bit": {pngOf(t, image.NewGray16(image.Rect(0, 0, 30, 30))), 30, 30},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := admin.RenderLogo(context.Background(), c.data)
			if err != nil {
				t.Fatal(err)
			}
			m, err := png.Decode(bytes.NewReader(out))
			if err != nil || m.Bounds().Dx() != c.w || m.Bounds().Dy() != c.h {
				t.Errorf("size %v, %v", m.Bounds(), err)
			}
			for _, word := range []string{"Exif", "secret", "tEXt", "script"} {
				if bytes.Contains(out, []byte(word)) {
					t.Errorf("%q came through", word)
				}
			}
		})
	}
}

func TestImagesThatAreNoLogos(t *testing.T) {
	good, jpg := pngOf(t, picture(40, 40)), jpegOf(t, picture(40, 40))
	var animated bytes.Buffer
	if err := gif.Encode(&animated, picture(4, 4), nil); err != nil {
		t.Fatal(err)
	}
	page := "<!DOCTYPE html><script>alert(1)</script>"
	for name, c := range map[string]struct {
		data string
		kind belvedere.Kind
		says string
	}{
		"empty":                        {"", belvedere.Invalid, "vide"},
		"GIF":                          {animated.String(), belvedere.Invalid, "GIF"},
		"SVG":                          {`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, belvedere.Invalid, "SVG"},
		"page":                         {page, belvedere.Invalid, "page web"},
		"text":                         {"bonjour", belvedere.Invalid, "PNG, JPEG ou WebP"},
		"over the bytes":               {string(good) + strings.Repeat("x", admin.MostLogo), belvedere.TooLarge, "512 Kio"},
		"30,000 × 30,000":              {string(bareHead(30_000, 30_000, nil)), belvedere.TooLarge, "30000 × 30000"},
		"4,096 × 4,096":                {string(bareHead(4096, 4096, nil)), belvedere.TooLarge, "4096 × 4096"},
		"2^31 wide":                    {string(bareHead(1<<31-1, 1, nil)), belvedere.TooLarge, "pixels"},
		"zero wide":                    {string(bareHead(0, 1, nil)), belvedere.Invalid, "abîmée"},
		"bomb behind a small head":     {string(bareHead(10, 10, make([]byte, 48<<20))), belvedere.Invalid, "abîmée"},
		"fewer pixels than announced":  {string(bareHead(1000, 1000, make([]byte, 100))), belvedere.Invalid, "abîmée"},
		"PNG cut":                      {string(good[:len(good)-20]), belvedere.Invalid, "coupé"},
		"PNG and page":                 {string(good) + page, belvedere.Invalid, "autre chose"},
		"PNG and archive":              {string(good) + "PK\x03\x04", belvedere.Invalid, "autre chose"},
		"JPEG cut":                     {string(jpg[:len(jpg)/2]), belvedere.Invalid, "coupé"},
		"JPEG and page":                {string(jpg) + page, belvedere.Invalid, "autre chose"},
		"JPEG of nothing":              {"\xff\xd8\xff\xd9", belvedere.Invalid, "abîmée"},
		"WebP and page":                {string(webpSample) + page, belvedere.Invalid, "autre chose"},
		"WebP cut":                     {string(webpSample[:20]), belvedere.Invalid, ""},
		"signature alone":              {"\x89PNG\r\n\x1a\n", belvedere.Invalid, "abîmée"},
		"a wrong checksum":             {strings.Replace(string(good), "IHDR", "IHDX", 1), belvedere.Invalid, "abîmée"},
		"chunk longer than the memory": {"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR", belvedere.Invalid, "abîmée"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := admin.RenderLogo(context.Background(), []byte(c.data))
			wantError(t, err, c.kind, c.says)
		})
	}
}

// scansForEver is a progressive JPEG of a large size, whose few bytes ask for thousands of passes.
func scansForEver() []byte {
	out := []byte{0xff, 0xd8}
	segment := func(marker byte, data ...byte) {
		out = append(out, 0xff, marker)
		out = binary.BigEndian.AppendUint16(out, uint16(len(data)+2))
		out = append(out, data...)
	}
	segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	segment(0xc2, 8, 8, 0, 16, 0, 1, 1, 0x11, 0) // 2048 × 4096, one component
	counts := append([]byte{1}, make([]byte, 15)...)
	segment(0xc4, append(append([]byte{0x00}, counts...), 0)...)
	segment(0xc4, append(append([]byte{0x10}, counts...), 0xe0)...) // end of a band of 2^14 blocks
	for range 18_000 {
		segment(0xda, 1, 1, 0, 1, 63, 0)
		out = append(out, make([]byte, 17)...)
	}
	return append(out, 0xff, 0xd9)
}

func TestSlowImagesAreGivenUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := admin.RenderLogo(ctx, scansForEver()) // would take more than a minute
	wantError(t, err, belvedere.Unavailable, "trop de temps")
}

func TestLogoIsKeptAndServed(t *testing.T) {
	b := newBureau(t)
	ctx := context.Background()
	_, err := b.territory.Logo(ctx, "")
	wantError(t, err, belvedere.NotFound, "")
	logo, err := b.territory.SetLogo(ctx, bytes.NewReader(pngOf(t, picture(600, 100))))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := b.territory.Logo(ctx, logo.Sum)
	dress, err2 := b.territory.Dress(ctx)
	if err != nil || err2 != nil || !bytes.Equal(kept.PNG, logo.PNG) || dress.Logo != logo.Sum {
		t.Fatalf("kept %d bytes, dress %+v, %v %v", len(kept.PNG), dress, err, err2)
	}
	if _, err = b.territory.SetLogo(ctx, strings.NewReader("GIF89a")); belvedere.KindOf(err) != belvedere.Invalid {
		t.Errorf("err %v", err)
	}
	if dress, err = b.territory.Dress(ctx); err != nil || dress.Logo != logo.Sum {
		t.Errorf("a refused image must leave the logo: %+v, %v", dress, err)
	}
	if err := b.territory.RemoveLogo(ctx); err != nil {
		t.Fatal(err)
	}
	if dress, err = b.territory.Dress(ctx); err != nil || dress.Logo != "" {
		t.Errorf("dress %+v, %v", dress, err)
	}
	_, err = admin.NewTerritory(b.registry).Logo(ctx, logo.Sum)
	wantError(t, err, belvedere.NotFound, "plus")
}

func FuzzLogo(f *testing.F) {
	f.Add(pngOf(f, picture(8, 8)))
	f.Add(jpegOf(f, picture(8, 8)))
	f.Add(webpSample)
	f.Add(bareHead(9, 9, make([]byte, 1000)))
	f.Fuzz(func(t *testing.T, data []byte) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		out, err := admin.RenderLogo(ctx, data)
		if err != nil {
			if belvedere.KindOf(err) == belvedere.Internal {
				t.Fatalf("an image must not be our fault: %v", err)
			}
			return
		}
		c, err := png.DecodeConfig(bytes.NewReader(out))
		if err != nil || c.Width > 480 || c.Height > 160 {
			t.Fatalf("%d × %d, %v", c.Width, c.Height, err)
		}
	})
}
