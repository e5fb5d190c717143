// Package registrytest is the suite that every implementation of registry.Registry passes.
package registrytest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"belvedere"
	"belvedere/internal/registry"
)

// Run tests the implementation that Open chooses for the places that fresh gives, each an empty
// registry of its own.
func Run(t *testing.T, fresh func(t testing.TB) (where string)) {
	for name, test := range map[string]func(*testing.T, *suite){
		"Idempotence":       testIdempotence,
		"Only":              testOnly,
		"RefusedComesAgain": testRefusedComesAgain,
		"Concurrent":        testConcurrent,
		"Record":            testRecord,
		"List":              testList,
		"Publication":       testPublication,
		"Abandon":           testAbandon,
		"HeldBy":            testHeldBy,
		"Requeue":           testRequeue,
		"Settings":          testSettings,
		"NotFound":          testNotFound,

		"Account":        testAccount,
		"AccountChecks":  testAccountChecks,
		"AccountList":    testAccountList,
		"AccountEdits":   testAccountEdits,
		"NewAccounts":    testNewAccounts,
		"LastAdmin":      testLastAdmin,
		"ImportAccounts": testImportAccounts,
		"Groups":         testGroups,
		"Credentials":    testCredentials,
		"TOTP":           testTOTP,
		"Recovery":       testRecovery,
		"Passkeys":       testPasskeys,
		"DeletedAccount": testDeletedAccount,
		"Sessions":       testSessions,
		"Links":          testLinks,

		"Agreements":      testAgreements,
		"AgreementChecks": testAgreementChecks,
		"AgreementList":   testAgreementList,
		"Reminder":        testReminder,
		"Withdrawal":      testWithdrawal,
		"SchoolEdits":     testSchoolEdits,
		"Contests":        testContests,
		"Grants":          testGrants,
		"GrantChecks":     testGrantChecks,
		"Requests":        testRequests,
		"RequestChain":    testRequestChain,
		"RequestGrant":    testRequestGrant,
		"Stand-ins":       testStandIns,
		"Reviews":         testReviews,
		"Alerts":          testAlerts,
		"Dashboards":      testDashboards,
		"Saved":           testSaved,
		"DashboardSteps":  testDashboardSteps,
		"Formulas":        testFormulas,
		"Schedules":       testSchedules,
		"Extracts":        testExtracts,
		"ExtractSchedule": testExtractSchedules,
		"Releases":        testReleases,
		"Benchmarks":      testBenchmarks,
		"Members":         testMembers,
		"Catalogs":        testCatalogs,
		"Receipts":        testReceipts,
		"Collision":       testReceiptCollision,
		"ReceiptList":     testReceiptList,
		"Proposals":       testProposals,
		"SameDay":         testSameDay,
		"Owners":          testOwners,
		"Questions":       testQuestions,
		"Holdings":        testHoldings,
		"Tasks":           testTasks,
		"WrittenRules":    testWrittenRules,
		"Help":            testHelp,
		"Trainings":       testTrainings,
		"Letters":         testLetters,
		"Declarations":    testDeclarations,
		"DeclarationBad":  testDeclarationChecks,
		"Tokens":          testTokens,
		"ExpiredToken":    testExpiredToken,
		"OwnTokens":       testOwnTokens,
		"RightsVersion":   testRightsVersion,
		"Journal":         testJournal,
		"JournalOrder":    testJournalOrder,
		"JournalList":     testJournalList,
		"Purge":           testPurge,
	} {
		t.Run(name, func(t *testing.T) {
			where := fresh(t)
			again := func() registry.Registry { return open(t, where) }
			test(t, &suite{t: t, ctx: context.Background(), Registry: again(), again: again})
		})
	}
}

func open(t *testing.T, where string) registry.Registry {
	t.Helper()
	r, err := registry.Open(context.Background(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

type suite struct {
	registry.Registry
	t     *testing.T
	ctx   context.Context
	again func() registry.Registry
}

var arrival = time.Date(2025, 11, 14, 6, 30, 0, 123000, time.UTC)

func (s *suite) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func testSettings(t *testing.T, s *suite) {
	s.must(s.PutSettings(s.ctx, map[string]string{registry.SettingTerritoryName: "Ille-et-Vilaine", registry.SettingTimeZone: "Europe/Paris"}))
	s.must(s.PutSettings(s.ctx, map[string]string{registry.SettingTerritoryCode: "35", registry.SettingTimeZone: ""}))
	got, err := s.again().Settings(s.ctx)
	if err != nil || fmt.Sprint(got) != "map[territoire.code:35 territoire.nom:Ille-et-Vilaine]" {
		t.Errorf("settings: %v, %v", got, err)
	}
	before, err := s.RightsVersion(s.ctx)
	s.must(err)
	s.must(s.PutSettings(s.ctx, map[string]string{registry.SettingSecrecy: "{}"}))
	if after, err := s.RightsVersion(s.ctx); err != nil || after <= before {
		t.Errorf("rules of secrecy: version %d after %d, %v: other processes would go on by the old ones", after, before, err)
	}
	if v, err := s.Meta(s.ctx, "x"); err != nil || v != "" {
		t.Errorf("meta: %q, %v", v, err)
	}
	s.must(s.SetMeta(s.ctx, "x", "1"))
	s.must(s.SetMeta(s.ctx, "x", "2"))
	if v, err := s.Meta(s.ctx, "x"); err != nil || v != "2" {
		t.Errorf("meta: %q, %v", v, err)
	}
}

func testNotFound(t *testing.T, s *suite) {
	_, err1 := s.Delivery(s.ctx, 9)
	_, err2 := s.DeliveryByID(s.ctx, "fichier", "x")
	_, err3 := s.Asked(s.ctx, 9)
	for i, err := range []error{err1, err2, err3, s.SetState(s.ctx, 9, belvedere.Read), s.SetProgress(s.ctx, 9, belvedere.Progress{}),
		s.Record(s.ctx, belvedere.Delivery{Seq: 9}, 0, nil)} {
		if belvedere.KindOf(err) != belvedere.NotFound {
			t.Errorf("case %d: %v", i, err)
		}
	}
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, _, err := s.Accept(ctx, file("fichier", "", "", "a")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
