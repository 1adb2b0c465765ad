package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/zone"
	"github.com/lockstep-network/lockstep/zone/evm"
)

// What a zone and its rollups have on disk follows from the ordered log. So damage there is repaired by executing the
// log again: the folders are moved aside, for whoever wants to know what happened, and begun anew. That works for as
// long as the log reaches back to the zone's first tick; after it was pruned the folders have to come from another node.

// damagePrefix begins the names of folders that were moved aside.
const damagePrefix = "damaged-"

// markSuffix ends the name of the file that asks for a rebuild at the next start.
const markSuffix = ".rebuild"

// derived is what is rebuilt together: a zone's records and its rollups' chains.
func (n *Node) derived(z core.Zone) []string {
	dirs := []string{n.cfg.zoneDir(z.ID)}
	for _, id := range n.rollupsOf(z) {
		dirs = append(dirs, n.cfg.rollupDir(id))
	}
	return dirs
}

// rebuild closes what is open of a zone and moves it aside.
func (n *Node) rebuild(z core.Zone, reason error) error {
	if opened := n.zones[z.ID]; opened != nil {
		reason = errors.Join(reason, opened.Close())
		delete(n.zones, z.ID)
	}
	for _, id := range n.rollupsOf(z) {
		if chain := n.chains[id]; chain != nil {
			reason = errors.Join(reason, chain.Close())
			delete(n.chains, id)
		}
	}
	return n.setAside(z, reason)
}

// logBegins says that the log was pruned.
func (n *Node) logBegins() error {
	_, err := n.ticks.Record(n.ticks.Oldest() - 1)
	return err
}

// setAside moves what a zone has on disk out of the way.
func (n *Node) setAside(z core.Zone, reason error) error {
	first := uint64(1)
	if n.machine != nil { // the ledger knows whether it was formed later
		first = n.firstTick(z.ID)
	}
	if oldest := n.ticks.Oldest(); oldest > first {
		return fmt.Errorf("%w: %w (the log begins at tick %d, so zone %s cannot be executed again from tick %d: restore %v from another node's copy)",
			ErrDamaged, reason, oldest, z.ID, first, n.derived(z))
	}
	for _, dir := range n.derived(z) {
		if err := n.moveAside(z.ID, dir, reason); err != nil {
			return err
		}
	}
	return n.unmark(z.ID)
}

// moveAside gives a folder another name.
func (n *Node) moveAside(zone core.ZoneID, dir string, reason error) error {
	aside := filepath.Join(filepath.Dir(dir), damagePrefix+filepath.Base(dir)+"-"+time.Now().UTC().Format("20060102T150405.000"))
	switch err := os.Rename(dir, aside); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("%w: move %s aside: %w", ErrDamaged, dir, errors.Join(err, reason))
	default:
		n.log.Error("damaged folder moved aside; it is rebuilt from the ordered log", "stage", "zone", "zone", zone, "dir", dir, "aside", aside, "err", reason)
	}
	return nil
}

func (n *Node) markFile(id core.ZoneID) string { return n.cfg.zoneDir(id) + markSuffix }

// mark asks for a rebuild at the next start if a zone ended because of what it read from its disk.
func (n *Node) mark(id core.ZoneID, err error) {
	if !errors.Is(err, zone.ErrCorrupt) && !errors.Is(err, evm.ErrState) && !errors.Is(err, errCrashed) || environmental(err) {
		return
	}
	path := n.markFile(id)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(err.Error()), 0o644)); err != nil {
		n.log.Error("mark zone for a rebuild", "stage", "zone", "zone", id, "err", err)
	}
}

// marked gives the reason of a rebuild that was asked for, nil if none was.
func (n *Node) marked(id core.ZoneID) error {
	b, err := os.ReadFile(n.markFile(id))
	if err != nil {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrDamaged, b)
}

func (n *Node) unmark(id core.ZoneID) error {
	if err := os.Remove(n.markFile(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("node: forget the mark for a rebuild: %w", err)
	}
	return nil
}

// repairable tells damage from refusals, which have a reason that no rebuild takes away.
func repairable(err error) bool {
	for _, refusal := range []error{
		zone.ErrConfig, zone.ErrForeign, zone.ErrMember, evm.ErrConfig, evm.ErrOtherGenesis, evm.ErrFolderInUse,
	} {
		if errors.Is(err, refusal) {
			return false
		}
	}
	return !environmental(err)
}

// environmental tells errors of the machine: no right to a file, a lock, a full or read-only disk, no files left.
func environmental(err error) bool {
	for _, e := range []error{
		fs.ErrPermission, syscall.EAGAIN, syscall.EACCES, syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EMFILE, syscall.ENFILE,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
