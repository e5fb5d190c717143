package admin

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"belvedere"
)

// The limits of an image and the frame into which a logo is scaled down, in pixels.
const (
	mostSide   = 4096
	mostPixels = 8 << 20
	logoWidth  = 480
	logoHeight = 160
)

// The first bytes of the images that are taken.
const (
	pngMagic  = "\x89PNG\r\n\x1a\n"
	jpegMagic = "\xff\xd8\xff"
)

// An imageFormat reads one kind of image.
type imageFormat struct {
	name   string
	starts func(data []byte) bool
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	whole  func(data []byte) bool // the image ends where the file ends
}

var imageFormats = []imageFormat{
	{"PNG", func(b []byte) bool { return bytes.HasPrefix(b, []byte(pngMagic)) }, png.DecodeConfig, png.Decode, wholePNG},
	{"JPEG", func(b []byte) bool { return bytes.HasPrefix(b, []byte(jpegMagic)) }, jpeg.DecodeConfig, jpeg.Decode, wholeJPEG},
	{"WebP", isWebP, webp.DecodeConfig, webp.Decode, wholeWebP},
}

// RenderLogo reads an image by its content, never by its name, and writes it again as a PNG that
// fits the frame of a logo, without anything else that the file may hold. The error is Invalid or
// TooLarge and says in French what to do.
func RenderLogo(ctx context.Context, data []byte) ([]byte, error) {
	if len(data) > MostLogo {
		return nil, belvedere.Errorf(belvedere.TooLarge, "%s", french(fmt.Sprintf("L’image dépasse %d Kio : enregistrez-la plus petite.", MostLogo>>10)))
	}
	f, err := formatOf(data)
	if err != nil {
		return nil, err
	}
	config, err := f.config(&patient{ctx: ctx, from: bytes.NewReader(data)})
	if err != nil {
		return nil, f.broken(ctx, err)
	}
	w, h := config.Width, config.Height
	if w < 1 || h < 1 || w > mostSide || h > mostSide || w*h > mostPixels {
		return nil, belvedere.Errorf(belvedere.TooLarge, "%s", french(fmt.Sprintf("L’image mesure %d × %d pixels : un logo compte au plus %d pixels de côté et %d millions en tout. Réduisez-la.", w, h, mostSide, mostPixels>>20)))
	}
	if !f.whole(data) {
		return nil, belvedere.Errorf(belvedere.Invalid, "%s", french(fmt.Sprintf("Le fichier %s est coupé, ou contient autre chose à la suite de l’image : enregistrez-la de nouveau avec un logiciel de dessin.", f.name)))
	}
	source, err := f.decode(&patient{ctx: ctx, from: bytes.NewReader(data)})
	if err != nil {
		return nil, f.broken(ctx, err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, scaled(source)); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// formatOf recognises an image, and says what it is instead when it is not taken.
func formatOf(data []byte) (imageFormat, error) {
	for _, f := range imageFormats {
		if f.starts(data) {
			return f, nil
		}
	}
	text := strings.ToLower(string(data[:min(len(data), 1024)]))
	what := "Ce fichier n’est pas une image"
	switch {
	case len(data) == 0:
		what = "Le fichier est vide"
	case strings.HasPrefix(text, "gif8"):
		what = "Ce fichier est une image GIF"
	case strings.Contains(text, "<svg"):
		what = "Ce fichier est une image SVG, qui peut contenir des programmes"
	case strings.Contains(text, "<html") || strings.Contains(text, "<!doctype") || strings.Contains(text, "<script"):
		what = "Ce fichier est une page web"
	}
	return imageFormat{}, belvedere.Errorf(belvedere.Invalid, "%s", french(what+" : le logo doit être au format PNG, JPEG ou WebP, quel que soit le nom du fichier."))
}

func (f imageFormat) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errSlowImage
	}
	return belvedere.WrapError(belvedere.Invalid, err, "%s", french(fmt.Sprintf("L’image %s est abîmée, coupée ou d’une variante que la console ne lit pas : enregistrez-la de nouveau avec un logiciel de dessin.", f.name)))
}

// A patient reader gives a decoder its bytes little by little, and stops when time is up: a few
// bytes can ask for much work.
type patient struct {
	ctx  context.Context
	from io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.from.Read(b[:min(len(b), 512)])
}

// scaled fits an image into the frame of a logo; a smaller one stays as it is.
func scaled(source image.Image) image.Image {
	from := source.Bounds()
	w, h := from.Dx(), from.Dy()
	if w > logoWidth || h > logoHeight {
		if w*logoHeight > h*logoWidth {
			w, h = logoWidth, max(h*logoWidth/w, 1)
		} else {
			w, h = max(w*logoHeight/h, 1), logoHeight
		}
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Bounds(), source, from, draw.Src, nil)
	return out
}

// wholePNG walks the chunks: the last one must end the file.
func wholePNG(data []byte) bool {
	for at := len(pngMagic); at+12 <= len(data); {
		size := int64(binary.BigEndian.Uint32(data[at:]))
		end := int64(at) + 12 + size
		if end > int64(len(data)) {
			return false
		}
		if string(data[at+4:at+8]) == "IEND" {
			return end == int64(len(data))
		}
		at = int(end)
	}
	return false
}

// wholeJPEG wants the marker of the end at the end; the decoder wants all before it.
func wholeJPEG(data []byte) bool {
	return bytes.HasSuffix(bytes.TrimRight(data, "\x00"), []byte("\xff\xd9"))
}

func isWebP(data []byte) bool {
	return len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP"
}

// wholeWebP compares the size that the file announces with its own.
func wholeWebP(data []byte) bool {
	size := int64(binary.LittleEndian.Uint32(data[4:])) + 8
	return size == int64(len(data)) || size+1 == int64(len(data))
}
