package admin

import (
	"context"
	"strconv"

	"belvedere/internal/registry"
)

// freeLogin is the identifier proposed, with the first number that makes it unique. Homonyms of
// one file do not each try again the numbers that those before have taken.
func freeLogin(ctx context.Context, first, last string, k *known) (string, error) {
	base := registry.ProposeLogin(first, last)
	for n := max(k.numbers[base], 1); ; n++ {
		login := base
		if n > 1 {
			login += strconv.Itoa(n)
		}
		used, err := k.taken(ctx, login, 0)
		if err != nil {
			return "", err
		}
		if !used {
			k.numbers[base] = n
			return login, nil
		}
	}
}
