package clock_test

import (
	"testing"

	"belvedere/internal/source/clock"
)

func TestMinutes(t *testing.T) {
	tests := map[string]int{
		"1h00": 60, "1h": 60, "  13h30": 13*60 + 30, "08h00": 480, "8:05": 485, "0800": 480, "0130": 90, "1 h 30": 90,
		"1 h 30 min": 90, "55 min": 55, "55mn": 55, "0h55": 55, "24h00": 1440, "2400": 1440,
		"": -1, "h": -1, "h30": -1, "8h60": -1, "0860": -1, "25h00": -1, "8": -1, "08000": -1, "huit": -1, "8h0x": -1, "-1h00": -1, "min": -1, ":": -1, "M1": -1,
	}
	for text, want := range tests {
		got, ok := clock.Minutes(text)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q gives %d %v, want %d", text, got, ok, want)
		}
	}
}

func TestDay(t *testing.T) {
	tests := map[string]int{
		"lundi": 1, "Mardi": 2, "MERCREDI": 3, "jeu.": 4, "vendredi": 5, " samedi": 6, "dimanche": 7,
		"lunedì": 1, "giovedì": 4, "domenica": 7, "Wednesday": 3, "1": 1, "7": 7, "0": 0, "8": 0, "": 0, "toto": 0, "12": 0,
	}
	for text, want := range tests {
		if got, ok := clock.Day(text); got != want || ok != (want > 0) {
			t.Errorf("%q gives %d %v, want %d", text, got, ok, want)
		}
	}
}
