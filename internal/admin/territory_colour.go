package admin

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"belvedere"
)

// A colour is in sRGB, each part from 0 to 1.
type colour [3]float64

// The grounds and the ink of pages, light and dark: those of the style sheet.
var (
	paperLight, sunkLight, inkLight = rgb("#ffffff"), rgb("#f5f7f6"), rgb("#16201f")
	paperDark, sunkDark, inkDark    = rgb("#111718"), rgb("#182021"), rgb("#e6ecea")
)

// The contrasts asked for: text on its ground, and the wider one that dark pages have.
const (
	leastContrast = 4.5
	darkContrast  = 7
)

// A Palette is an accent with what goes with it, light and dark, as #rrggbb.
type Palette struct {
	Accent, AccentDark     string // links, what can be acted on, what is chosen
	Ground, GroundDark     string // under what is chosen
	OnAccent, OnAccentDark string // text on the accent
}

// PaletteOf makes the palette of an accent, given for light pages. The error says how far its
// contrast is from what readers need.
func PaletteOf(accent string) (Palette, error) {
	c, ok := parseColour(accent)
	if !ok {
		return Palette{}, belvedere.Errorf(belvedere.Invalid, "%s", french("La couleur doit s’écrire # suivi de six chiffres hexadécimaux, par exemple #0b6470."))
	}
	for _, ground := range []struct {
		c    colour
		name string
	}{{paperLight, "sur le fond blanc des pages, et pour un texte blanc sur elle"}, {sunkLight, "sur le fond gris clair des lignes survolées"}} {
		if r := contrast(c, ground.c); r < leastContrast {
			return Palette{}, belvedere.Errorf(belvedere.Invalid, "%s", french(fmt.Sprintf("Le contraste de %s est de %s %s : il en faut %s au moins pour être lu. Choisissez une couleur plus foncée.",
				c, belvedere.FormatNumber(math.Floor(r*100)/100, 2), ground.name, belvedere.FormatNumber(leastContrast, 1))))
		}
	}
	dark := c.forDark()
	return Palette{
		Accent: c.String(), AccentDark: dark.String(),
		Ground: tint(c, paperLight, inkLight, .12).String(), GroundDark: tint(dark, paperDark, inkDark, .22).String(),
		OnAccent: paperLight.String(), OnAccentDark: paperDark.String(),
	}, nil
}

// CSS sets the palette over that of the style sheet.
func (p Palette) CSS() string {
	return fmt.Sprintf(":root {\n  --accent: light-dark(%s, %s);\n  --accent-bg: light-dark(%s, %s);\n  --on-accent: light-dark(%s, %s);\n}\n",
		p.Accent, p.AccentDark, p.Ground, p.GroundDark, p.OnAccent, p.OnAccentDark)
}

// forDark lightens a colour, its hue kept, until it is read on dark grounds.
func (c colour) forDark() colour {
	l, chroma, hue := c.oklch()
	for l = max(l, .5); l < 1; l += .01 {
		out := fromOKLCH(l, chroma, hue)
		if contrast(out, paperDark) >= darkContrast && contrast(out, sunkDark) >= leastContrast {
			return out
		}
	}
	return inkDark
}

// tint mixes a little of an accent into paper, less when the accent or the ink would not be read on it.
func tint(accent, paper, ink colour, share float64) colour {
	for ; share > 0; share -= .01 {
		var out colour
		for i := range out {
			out[i] = accent[i]*share + paper[i]*(1-share)
		}
		out = rgb(out.String()) // as it will be written
		if contrast(accent, out) >= leastContrast && contrast(ink, out) >= leastContrast {
			return out
		}
	}
	return paper
}

// contrast is the ratio of WCAG, from 1 to 21.
func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func (c colour) luminance() float64 {
	return .2126*linear(c[0]) + .7152*linear(c[1]) + .0722*linear(c[2])
}

func linear(v float64) float64 {
	if v <= .04045 {
		return v / 12.92
	}
	return math.Pow((v+.055)/1.055, 2.4)
}

func unlinear(v float64) float64 {
	if v <= .0031308 {
		return v * 12.92
	}
	return 1.055*math.Pow(v, 1/2.4) - .055
}

// oklch gives lightness, chroma and hue in OKLab, where steps look even.
func (c colour) oklch() (l, chroma, hue float64) {
	r, g, b := linear(c[0]), linear(c[1]), linear(c[2])
	x := math.Cbrt(.4122214708*r + .5363325363*g + .0514459929*b)
	y := math.Cbrt(.2119034982*r + .6806995451*g + .1073969566*b)
	z := math.Cbrt(.0883024619*r + .2817188376*g + .6299787005*b)
	l = .2104542553*x + .793617785*y - .0040720468*z
	u := 1.9779984951*x - 2.428592205*y + .4505937099*z
	v := .0259040371*x + .7827717662*y - .808675766*z
	return l, math.Hypot(u, v), math.Atan2(v, u)
}

// fromOKLCH goes back, with less chroma when the colour is outside sRGB.
func fromOKLCH(l, chroma, hue float64) colour {
	for ; ; chroma -= .005 {
		u, v := max(chroma, 0)*math.Cos(hue), max(chroma, 0)*math.Sin(hue)
		x := cube(l + .3963377774*u + .2158037573*v)
		y := cube(l - .1055613458*u - .0638541728*v)
		z := cube(l - .0894841775*u - 1.291485548*v)
		c := colour{
			4.0767416621*x - 3.3077115913*y + .2309699292*z,
			-1.2684380046*x + 2.6097574011*y - .3413193965*z,
			-.0041960863*x - .7034186147*y + 1.707614701*z,
		}
		if chroma <= 0 || c.within() {
			for i := range c {
				c[i] = unlinear(min(max(c[i], 0), 1))
			}
			return rgb(c.String())
		}
	}
}

func (c colour) within() bool {
	const slack = 1e-4
	return min(c[0], c[1], c[2]) >= -slack && max(c[0], c[1], c[2]) <= 1+slack
}

func cube(v float64) float64 { return v * v * v }

// String is "#0b6470".
func (c colour) String() string {
	return fmt.Sprintf("#%02x%02x%02x", level(c[0]), level(c[1]), level(c[2]))
}

func level(v float64) int { return int(math.Round(min(max(v, 0), 1) * 255)) }

func parseColour(s string) (c colour, ok bool) {
	s, found := strings.CutPrefix(strings.TrimSpace(s), "#")
	if !found || len(s) != 6 {
		return c, false
	}
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		return c, false
	}
	return colour{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, true
}

// rgb is a colour known to be well written.
func rgb(s string) colour {
	c, ok := parseColour(s)
	if !ok {
		panic("colour " + s)
	}
	return c
}
