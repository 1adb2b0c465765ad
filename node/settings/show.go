package settings

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lockstep-network/lockstep/node"
)

// Show writes a configuration as a TOML file that Load reads back, with the origin of what is not a default.
func (e *Effective) Show(w io.Writer) error {
	var out strings.Builder
	section := ""
	for _, top := range []bool{true, false} { // what is in no table comes before the first one
		for _, s := range append(List(), e.sections()...) {
			table, name := "", s.Path
			if at := strings.LastIndex(s.Path, "."); at >= 0 {
				table, name = s.Path[:at], s.Path[at+1:]
			}
			if (table == "") != top {
				continue
			}
			if table != section {
				section = table
				fmt.Fprintf(&out, "\n[%s]\n", table)
			}
			fmt.Fprintf(&out, "%s = %s", name, tomlValue(s.Value(e.Config)))
			if origin := e.Origin[s.Path]; origin != "default" {
				fmt.Fprintf(&out, "  # %s", origin)
			}
			out.WriteByte('\n')
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// Values are all settings by path, for JSON.
func (e *Effective) Values() map[string]any {
	all := make(map[string]any)
	for _, s := range append(List(), e.sections()...) {
		v := s.Value(e.Config)
		if d, ok := v.(time.Duration); ok {
			v = d.String()
		}
		all[s.Path] = v
	}
	return all
}

// tomlValue writes a value as TOML does.
func tomlValue(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case node.Role:
		return fmt.Sprintf("%q", string(v))
	case time.Duration:
		return fmt.Sprintf("%q", v)
	case []string:
		quoted := make([]string, len(v))
		for i, item := range v {
			quoted[i] = fmt.Sprintf("%q", item)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	default:
		return fmt.Sprint(v)
	}
}
