package dcap

import (
	"slices"
	"time"
)

// Status is Intel's judgement of a TCB level, by Intel's names.
type Status string

// The statuses of Intel's provisioning certification service, version 4, and the two that a
// verifier concludes for TD 1.5 quotes.
const (
	UpToDate                             Status = "UpToDate"
	SWHardeningNeeded                    Status = "SWHardeningNeeded"
	ConfigurationNeeded                  Status = "ConfigurationNeeded"
	ConfigurationAndSWHardeningNeeded    Status = "ConfigurationAndSWHardeningNeeded"
	OutOfDate                            Status = "OutOfDate"
	OutOfDateConfigurationNeeded         Status = "OutOfDateConfigurationNeeded"
	Revoked                              Status = "Revoked"
	TDRelaunchAdvised                    Status = "TDRelaunchAdvised"
	TDRelaunchAdvisedConfigurationNeeded Status = "TDRelaunchAdvisedConfigurationNeeded"

	// NoLevel says that the platform is below every level that Intel lists: no status of Intel's
	// applies, and none can be accepted (STATUS_TCB_NOT_SUPPORTED in Intel's library).
	NoLevel Status = "NoMatchingLevel"
)

// Known reports whether s is one of the statuses above that can stand for a level.
func (s Status) Known() bool {
	return s.issued() || s == TDRelaunchAdvised || s == TDRelaunchAdvisedConfigurationNeeded
}

// issued reports whether Intel puts s into a document.
func (s Status) issued() bool {
	switch s {
	case UpToDate, SWHardeningNeeded, ConfigurationNeeded, ConfigurationAndSWHardeningNeeded,
		OutOfDate, OutOfDateConfigurationNeeded, Revoked:
		return true
	}
	return false
}

// Assessment is a status with what goes with it.
type Assessment struct {
	Status     Status
	Date       time.Time // of the TCB: everything fixed up to here is fixed
	Advisories []string  // that still apply
}

// Merge worsens the platform's assessment by that of a component (TDX module or quoting
// enclave), by convergeTcbStatuses of Intel's library. Dates: the older; advisories: all.
func (a Assessment) Merge(component Assessment) Assessment {
	out := Assessment{Status: a.Status, Date: a.Date, Advisories: slices.Clone(a.Advisories)}
	switch {
	case a.Status == Revoked || component.Status == Revoked:
		out.Status = Revoked
	case component.Status == OutOfDate && (a.Status == UpToDate || a.Status == SWHardeningNeeded):
		out.Status = OutOfDate
	case component.Status == OutOfDate && (a.Status == ConfigurationNeeded || a.Status == ConfigurationAndSWHardeningNeeded):
		out.Status = OutOfDateConfigurationNeeded
	case component.Status != UpToDate && component.Status != OutOfDate:
		// Intel issues only the three statuses above for components. Never be more lenient
		// than the component: an unforeseen one stands for itself over a good platform.
		if a.Status == UpToDate {
			out.Status = component.Status
		}
	}
	if component.Date.Before(a.Date) {
		out.Date = component.Date
	}
	for _, id := range component.Advisories {
		if !slices.Contains(out.Advisories, id) {
			out.Advisories = append(out.Advisories, id)
		}
	}
	slices.Sort(out.Advisories)
	return out
}

// relaunch judges a TD 1.5 whose module was updated after the TD started: launch is the
// assessment of the TCB at start, current of the TCB now (TDRelaunchCheck.cpp). Unlike Intel it
// lets a revoked current TCB decide alone.
func relaunch(launch, current Assessment) Assessment {
	if current.Status == Revoked {
		return current
	}
	if launch.Status != OutOfDate && launch.Status != OutOfDateConfigurationNeeded {
		return launch
	}
	switch current.Status {
	case UpToDate, SWHardeningNeeded:
		if launch.Status == OutOfDateConfigurationNeeded {
			launch.Status = TDRelaunchAdvisedConfigurationNeeded
		} else {
			launch.Status = TDRelaunchAdvised
		}
	case ConfigurationNeeded, ConfigurationAndSWHardeningNeeded:
		launch.Status = TDRelaunchAdvisedConfigurationNeeded
	}
	return launch
}
