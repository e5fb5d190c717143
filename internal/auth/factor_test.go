package auth_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/auth"
	"belvedere/internal/registry"
)

func TestSecondFactor(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	w := b.browser("192.0.2.1")
	w.signIn(t, a.Login, good)
	key, codes := w.enrol(t)
	if len(codes) != 10 || slices.Contains(codes, "") || len(codes[0]) != 31 {
		t.Fatalf("codes %v", codes)
	}
	if m := b.post.next(t); !strings.Contains(m.Text, "application de codes") || strings.Contains(m.Text, key) {
		t.Errorf("%s", m.Text)
	}
	n, in, _ := w.in(t)
	if has, err := b.Security(t.Context(), in, n); err != nil || !has.TOTP || has.Recovery != 10 || has.Owed || !in.SecondFactor {
		t.Errorf("%+v %v", has, err)
	}
	b.clock.pass(time.Minute)
	out := w.signIn(t, a.Login, good)
	if !out.Code || len(out.Cookies) != 1 {
		t.Fatalf("%+v", out)
	}
	if got, ok, err := b.Awaited(t.Context(), w.from(t)); err != nil || !ok || got.ID != a.ID {
		t.Errorf("awaited %v %v %v", got, ok, err)
	}
	fresh := b.browser("192.0.2.9")
	fresh.cookies["__Host-belvedere"] = w.cookies["__Host-belvedere-etape"]
	if _, _, ok := fresh.in(t); ok {
		t.Error("the ticket of the second step is a session")
	}
	out, err := b.Code(t.Context(), " "+b.code(t, key)[:3]+" "+b.code(t, key)[3:], w.from(t))
	if err != nil {
		t.Fatal(err)
	}
	step := w.cookies["__Host-belvedere-etape"]
	w.keep(out.Cookies)
	if n, _, ok := w.in(t); !ok || !n.Strong {
		t.Error("not strong")
	}
	if w.cookies["__Host-belvedere-etape"] != nil {
		t.Error("the ticket stays")
	}
	replay := b.browser("192.0.2.9")
	replay.cookies[step.Name] = step
	if _, err := b.Code(t.Context(), codes[0], replay.from(t)); !errors.Is(err, auth.ErrStep) {
		t.Errorf("a used ticket: %v", err)
	}
}

// TestCodesServeOnce replays codes of the application and recovery codes.
func TestCodesServeOnce(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	w := b.browser("192.0.2.1")
	w.signIn(t, a.Login, good)
	key, codes := w.enrol(t)
	try := func(code string) error {
		t.Helper()
		w.signIn(t, a.Login, good)
		out, err := b.Code(t.Context(), code, w.from(t))
		w.keep(out.Cookies)
		return err
	}
	if err := try(b.code(t, key)); err == nil {
		t.Error("the code that enrolled signs in")
	}
	b.clock.pass(30 * time.Second)
	code := b.code(t, key)
	for i, want := range []bool{true, false} {
		if err := try(code); (err == nil) != want {
			t.Errorf("time %d: %v", i+1, err)
		}
	}
	for _, c := range []struct {
		code string
		good bool
	}{{codes[3], true}, {codes[3], false}, {strings.ToUpper(strings.ReplaceAll(codes[4], "-", " ")), true}, {"", false}, {"000000", false}, {strings.Repeat("a", 10_000), false}} {
		if err := try(c.code); (err == nil) != c.good {
			t.Errorf("%.30q: %v", c.code, err)
		}
		b.clock.pass(time.Hour)
	}
	if left, err := b.RecoveryLeft(t.Context(), a.ID); err != nil || left != 8 {
		t.Errorf("%d codes left, %v", left, err)
	}
	old := b.code(t, key)
	b.clock.pass(61 * time.Second)
	if err := try(old); err == nil {
		t.Error("a code of two steps ago")
	}
}

func TestRecoveryCodeServesOneOfMany(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	w := b.browser("192.0.2.1")
	w.signIn(t, a.Login, good)
	_, codes := w.enrol(t)
	var entered atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		own := b.browser("192.0.2.1")
		own.cookies["__Host-belvedere-appareil"] = w.cookies["__Host-belvedere-appareil"]
		own.signIn(t, a.Login, good)
		from := own.from(t)
		wg.Go(func() {
			if _, err := b.Code(t.Context(), codes[0], from); err == nil {
				entered.Add(1)
			}
		})
	}
	wg.Wait()
	if entered.Load() != 1 {
		t.Errorf("one code served %d times", entered.Load())
	}
}

func TestWrongCodesEndTheStep(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	w := b.browser("192.0.2.1")
	w.signIn(t, a.Login, good)
	key, _ := w.enrol(t)
	b.clock.pass(time.Minute)
	w.signIn(t, a.Login, good)
	for i := range 5 {
		if _, err := b.Code(t.Context(), "000000", w.from(t)); belvedere.KindOf(err) != belvedere.Invalid {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	b.clock.pass(2 * time.Second)
	if _, err := b.Code(t.Context(), b.code(t, key), w.from(t)); !errors.Is(err, auth.ErrStep) {
		t.Errorf("a right code after five wrong ones: %v", err)
	}
	if _, ok, _ := b.Awaited(t.Context(), w.from(t)); ok {
		t.Error("the step is still open")
	}
	// Beginning again opens a new step, but the lane of codes has slowed down.
	tries := 0
	for i := range 200 {
		w.signIn(t, a.Login, good)
		if _, err := b.Code(t.Context(), fmt.Sprintf("%06d", i), w.from(t)); !errors.As(err, new(*auth.Slow)) {
			tries++
		}
	}
	if tries > 2 {
		t.Errorf("%d more codes were tried", tries)
	}
}

func TestStepDies(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	for name, act := range map[string]func(){
		"five minutes later": func() { b.clock.pass(5 * time.Minute) },
		"another password": func() {
			if err := b.SetPassword(t.Context(), a.ID, "x", b.clock.now().Add(time.Second)); err != nil {
				t.Fatal(err)
			}
		},
		"locked": func() {
			if _, err := b.Lock(t.Context(), b.account(t, a.ID)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		b = newBench(t)
		a = b.claire(t)
		w := b.browser("192.0.2.1")
		w.signIn(t, a.Login, good)
		_, codes := w.enrol(t)
		w.signIn(t, a.Login, good)
		act()
		if _, err := b.Code(t.Context(), codes[0], w.from(t)); !errors.Is(err, auth.ErrStep) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEnrolmentIsOfOneSession carries a form from one session to another.
func TestEnrolmentIsOfOneSession(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	one, two := b.browser("192.0.2.1"), b.browser("192.0.2.2")
	one.signIn(t, a.Login, good)
	two.signIn(t, a.Login, good)
	n1, in, _ := one.in(t)
	n2, _, _ := two.in(t)
	e, err := b.BeginTOTP(in, n1)
	if err != nil || len(e.QR) < 21 || len(e.QR) != len(e.QR[0]) {
		t.Fatalf("%v %d", err, len(e.QR))
	}
	code := b.code(t, strings.ReplaceAll(e.Key, " ", ""))
	if _, _, err := b.ConfirmTOTP(t.Context(), in, n2, e.Sealed, code, "", two.from(t)); err == nil {
		t.Error("the form of another session is taken")
	}
	if _, _, err := b.ConfirmTOTP(t.Context(), in, n1, e.Sealed+"x", code, "", one.from(t)); err == nil {
		t.Error("a changed form is taken")
	}
	if again, ok, err := b.AgainTOTP(in, n1, e.Sealed); err != nil || !ok || again.Key != e.Key || again.Sealed != e.Sealed {
		t.Errorf("%+v %v %v", again, ok, err)
	}
	var faults auth.Faults
	if _, _, err := b.ConfirmTOTP(t.Context(), in, n1, e.Sealed, "123456", "", one.from(t)); !errors.As(err, &faults) || faults[0].Field != "code" {
		t.Errorf("%v", err)
	}
	b.clock.pass(16 * time.Minute)
	code = b.code(t, strings.ReplaceAll(e.Key, " ", ""))
	if _, _, err := b.ConfirmTOTP(t.Context(), in, n1, e.Sealed, code, good, one.from(t)); err == nil {
		t.Error("an old form is taken")
	}
}

// TestChangesWantTheRecentPassword: a session left open is not enough to take an account over.
func TestChangesWantTheRecentPassword(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	w := b.browser("192.0.2.1")
	w.signIn(t, a.Login, good)
	b.clock.pass(11 * time.Minute)
	n, in, _ := w.in(t)
	e, err := b.BeginTOTP(in, n)
	if err != nil {
		t.Fatal(err)
	}
	code := b.code(t, strings.ReplaceAll(e.Key, " ", ""))
	var faults auth.Faults
	for _, password := range []string{"", "faux"} {
		if _, _, err := b.ConfirmTOTP(t.Context(), in, n, e.Sealed, code, password, w.from(t)); !errors.As(err, &faults) || faults[0].Field != "actuel" {
			t.Errorf("%q: %v", password, err)
		}
	}
	if err := b.AskEmail(t.Context(), in, n, "voleur@exemple.fr", "", w.from(t)); !errors.As(err, &faults) {
		t.Errorf("new address: %v", err)
	}
	if _, err := b.ChangePassword(t.Context(), in, n, "", good+" mauves", good+" mauves", w.from(t)); !errors.As(err, &faults) {
		t.Errorf("new password: %v", err)
	}
	b.post.none(t)
	if _, cookies, err := b.ConfirmTOTP(t.Context(), in, n, e.Sealed, code, good, w.from(t)); err != nil {
		t.Errorf("with the password: %v", err)
	} else {
		w.keep(cookies)
	}
	n, in, _ = w.in(t)
	if _, err := b.RenewCodes(t.Context(), in, n, "", w.from(t)); !errors.As(err, &faults) {
		t.Errorf("new codes: %v", err)
	}
	if err := b.RemoveTOTP(t.Context(), in, n, "", w.from(t)); !errors.As(err, &faults) {
		t.Errorf("removal: %v", err)
	}
}

func TestAdministratorsKeepASecondFactor(t *testing.T) {
	b := newBench(t)
	for _, admin := range []bool{true, false} {
		a := b.claire(t, func(a *registry.Account) {
			if admin {
				a.Login, a.Email, a.Admin = "chef", "chef@departement.example", true
			}
		})
		w := b.browser("192.0.2.1")
		w.signIn(t, a.Login, good)
		n, in, _ := w.in(t)
		if has, err := b.Security(t.Context(), in, n); err != nil || has.Owed != admin || n.Strong {
			t.Errorf("administrator %v: %+v %v", admin, has, err)
		}
		w.enrol(t)
		n, in, _ = w.in(t)
		err := b.RemoveTOTP(t.Context(), in, n, "", w.from(t))
		if (err != nil) != admin {
			t.Errorf("administrator %v: %v", admin, err)
		}
		if left, _ := b.RecoveryLeft(t.Context(), a.ID); (left > 0) != admin {
			t.Errorf("administrator %v: %d codes left", admin, left)
		}
	}
}

func TestCodesFile(t *testing.T) {
	b := newBench(t)
	a := b.claire(t)
	codes := []string{"aaaa-bbbb", "cccc-dddd"}
	sealed := b.SealCodes(a, codes)
	if got, ok := b.OpenCodes(a, sealed); !ok || !slices.Equal(got, codes) {
		t.Errorf("%v %v", got, ok)
	}
	if _, ok := b.OpenCodes(registry.Account{ID: a.ID + 1}, sealed); ok {
		t.Error("another account reads them")
	}
	if strings.Contains(sealed, "aaaa") {
		t.Error("they are in clear")
	}
	b.clock.pass(16 * time.Minute)
	if _, ok := b.OpenCodes(a, sealed); ok {
		t.Error("they stay")
	}
}
