package node

import (
	"io/fs"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// diskFolders are the folders of the stages in a node's home, see [Config].
var diskFolders = []string{"ordering", "log", "zone", "rollup", "explorer"}

// diskAge is for how long sizes are not read again: a home folder may have thousands of files.
const diskAge = 30 * time.Second

var (
	descDisk     = prometheus.NewDesc("lockstep_node_disk_bytes", "Size of the files in each of the node's folders, at most 30 s old.", []string{"folder"}, nil)
	descDiskFree = prometheus.NewDesc("lockstep_node_disk_free_bytes", "What the node's file system has left for it.", nil, nil)
)

// diskCollector measures the node's folders when it is asked.
type diskCollector struct {
	home string

	mu    sync.Mutex
	read  time.Time
	sizes map[string]float64
}

// Describe implements prometheus.Collector.
func (c *diskCollector) Describe(out chan<- *prometheus.Desc) { out <- descDisk; out <- descDiskFree }

// Collect implements prometheus.Collector.
func (c *diskCollector) Collect(out chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.read) > diskAge {
		c.read, c.sizes = time.Now(), make(map[string]float64, len(diskFolders))
		for _, folder := range diskFolders {
			c.sizes[folder] = folderSize(filepath.Join(c.home, folder))
		}
	}
	for folder, size := range c.sizes {
		out <- prometheus.MustNewConstMetric(descDisk, prometheus.GaugeValue, size, folder)
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(c.home, &stat); err != nil {
		out <- prometheus.NewInvalidMetric(descDiskFree, err)
		return
	}
	out <- prometheus.MustNewConstMetric(descDiskFree, prometheus.GaugeValue, float64(stat.Bavail)*float64(stat.Bsize))
}

// folderSize adds up what can be read; files come and go while the databases work.
func folderSize(dir string) (size float64) {
	// The function never fails, so WalkDir does not either.
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil //nolint:nilerr // see above
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			size += float64(info.Size())
		}
		return nil
	})
	return size
}
