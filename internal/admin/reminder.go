package admin

import (
	"context"
	"slices"
	"strconv"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// defaultReminderDays is how long before its end a convention is recalled, unless the setting says otherwise.
const defaultReminderDays = 60

// ReminderMail queues the mail that tells one administrator which conventions end soon.
type ReminderMail interface {
	AgreementsEnd(ctx context.Context, to registry.Account, list []AgreementLine) error // earliest first
}

// Remind tells the administrators, once for each convention, which ones end within the days of
// the setting, and says how many they are. The mails are queued before it is noted: a crash between
// the two sends them twice, never not at all.
func (a *Agreements) Remind(ctx context.Context) (reminded int, err error) {
	defer belvedere.Wrap(&err, "Remind")
	if a.Mail == nil {
		return 0, nil
	}
	due, err := a.due(ctx)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	administrators, _, err := a.Registry.ListAccounts(ctx, registry.AccountFilter{State: registry.Active, Admin: true}, registry.Page{})
	if err != nil || len(administrators) == 0 {
		return 0, err
	}
	for _, to := range administrators {
		if err := a.Mail.AgreementsEnd(ctx, to, due); err != nil {
			return 0, err
		}
	}
	for _, line := range due {
		if err := a.Registry.Reminded(ctx, line.ID, a.Now().UTC()); err != nil {
			return reminded, err
		}
		reminded++
	}
	return reminded, nil
}

// due are the conventions that end soon and of which nobody was told.
func (a *Agreements) due(ctx context.Context) (out []AgreementLine, err error) {
	limit, err := a.reminderLimit(ctx)
	if err != nil {
		return nil, err
	}
	ending, _, err := a.Registry.ListAgreements(ctx, registry.AgreementFilter{EndsBy: limit}, registry.Page{})
	if err != nil || len(ending) == 0 {
		return nil, err
	}
	schools, err := a.Schools.Schools(ctx)
	if err != nil {
		return nil, err
	}
	names, day := byUAI(schools), a.today()
	for _, one := range ending {
		if line := a.line(one, names, day, limit); line.Soon && one.Reminded.IsZero() {
			out = append(out, line)
		}
	}
	slices.SortStableFunc(out, func(x, y AgreementLine) int { return x.To.Compare(y.To) })
	return out, nil
}

// reminderLimit is the last day after a convention that is told to end soon.
func (a *Agreements) reminderLimit(ctx context.Context) (time.Time, error) {
	settings, err := a.Registry.Settings(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return a.today().AddDate(0, 0, ReminderDays(settings)), nil
}

// ReminderDays is how long before its end a convention is told to end soon.
func ReminderDays(settings map[string]string) int {
	if n, err := strconv.Atoi(settings[registry.SettingReminderDays]); err == nil && n >= 1 && n <= 366 {
		return n
	}
	return defaultReminderDays
}
