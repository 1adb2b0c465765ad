// Package control changes running networks by control entries, as their validators do: rollups and validators come and go, keys
// are replaced, a new version of the rules begins, while entries are ordered and everything is restarted afterwards.
//
//	proposals, signed ─▶ gateway ─▶ [ devnet of four, and validators that join ]
package control
