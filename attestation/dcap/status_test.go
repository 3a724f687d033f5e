package dcap

import (
	"slices"
	"testing"
	"time"
)

// The table of convergeTcbStatuses in Intel's library.
func TestMergeStatus(t *testing.T) {
	t.Parallel()
	tests := []struct{ platform, component, want Status }{
		{UpToDate, UpToDate, UpToDate},
		{UpToDate, OutOfDate, OutOfDate},
		{UpToDate, Revoked, Revoked},
		{SWHardeningNeeded, UpToDate, SWHardeningNeeded},
		{SWHardeningNeeded, OutOfDate, OutOfDate},
		{ConfigurationNeeded, UpToDate, ConfigurationNeeded},
		{ConfigurationNeeded, OutOfDate, OutOfDateConfigurationNeeded},
		{ConfigurationAndSWHardeningNeeded, UpToDate, ConfigurationAndSWHardeningNeeded},
		{ConfigurationAndSWHardeningNeeded, OutOfDate, OutOfDateConfigurationNeeded},
		{OutOfDate, UpToDate, OutOfDate},
		{OutOfDate, OutOfDate, OutOfDate},
		{OutOfDateConfigurationNeeded, OutOfDate, OutOfDateConfigurationNeeded},
		{Revoked, UpToDate, Revoked},
		{OutOfDate, Revoked, Revoked},
	}
	for _, tt := range tests {
		if got := (Assessment{Status: tt.platform}).Merge(Assessment{Status: tt.component}); got.Status != tt.want {
			t.Errorf("%s with component %s: %s, want %s", tt.platform, tt.component, got.Status, tt.want)
		}
	}
}

// No merge is better than either side.
func TestMergeNeverImproves(t *testing.T) {
	t.Parallel()
	all := []Status{
		UpToDate, SWHardeningNeeded, ConfigurationNeeded, ConfigurationAndSWHardeningNeeded,
		OutOfDate, OutOfDateConfigurationNeeded, Revoked,
	}
	for _, a := range all {
		for _, b := range all {
			got := Assessment{Status: a}.Merge(Assessment{Status: b}).Status
			if got == UpToDate && (a != UpToDate || b != UpToDate) {
				t.Errorf("%s with %s is UpToDate", a, b)
			}
			if got != Revoked && (a == Revoked || b == Revoked) {
				t.Errorf("%s with %s is %s", a, b, got)
			}
		}
	}
}

func TestMergeDatesAndAdvisories(t *testing.T) {
	t.Parallel()
	older, newer := time.Unix(1, 0), time.Unix(2, 0)
	got := Assessment{UpToDate, newer, []string{"B", "A"}}.Merge(Assessment{UpToDate, older, []string{"C", "A"}})
	if !got.Date.Equal(older) || !slices.Equal(got.Advisories, []string{"A", "B", "C"}) {
		t.Errorf("merged %+v", got)
	}
}

func TestRelaunch(t *testing.T) {
	t.Parallel()
	tests := []struct{ launch, current, want Status }{
		{UpToDate, UpToDate, UpToDate},
		{OutOfDate, UpToDate, TDRelaunchAdvised},
		{OutOfDate, SWHardeningNeeded, TDRelaunchAdvised},
		{OutOfDate, ConfigurationNeeded, TDRelaunchAdvisedConfigurationNeeded},
		{OutOfDate, ConfigurationAndSWHardeningNeeded, TDRelaunchAdvisedConfigurationNeeded},
		{OutOfDateConfigurationNeeded, ConfigurationNeeded, TDRelaunchAdvisedConfigurationNeeded},
		{OutOfDateConfigurationNeeded, UpToDate, TDRelaunchAdvisedConfigurationNeeded},
		{OutOfDateConfigurationNeeded, SWHardeningNeeded, TDRelaunchAdvisedConfigurationNeeded},
		{OutOfDateConfigurationNeeded, OutOfDate, OutOfDateConfigurationNeeded},
		{OutOfDate, OutOfDate, OutOfDate},
		{OutOfDate, Revoked, Revoked},
		{UpToDate, Revoked, Revoked},
		{Revoked, UpToDate, Revoked},
		{ConfigurationNeeded, UpToDate, ConfigurationNeeded},
	}
	for _, tt := range tests {
		if got := relaunch(Assessment{Status: tt.launch}, Assessment{Status: tt.current}); got.Status != tt.want {
			t.Errorf("launched %s, now %s: %s, want %s", tt.launch, tt.current, got.Status, tt.want)
		}
	}
}
