package core

import "fmt"

// changeable lists the parameters that a control entry may change, ascending by name: those by which ordering bounds what
// enters a tick. The others are part of what a zone executes, of the engine's own rules or of formats, and stay as they
// are in the genesis.
func (p *Params) changeable() []struct {
	name  string
	value *uint64
} {
	return []struct {
		name  string
		value *uint64
	}{
		{"bundleGasCapacity", &p.BundleGasCapacity}, {"bundleGasRate", &p.BundleGasRate}, {"maxBundleLegs", &p.MaxBundleLegs},
		{"maxBundleWindow", &p.MaxBundleWindow}, {"maxBundlesPerTick", &p.MaxBundlesPerTick},
		{"singleGasCapacity", &p.SingleGasCapacity}, {"singleGasRate", &p.SingleGasRate},
	}
}

// parameter is a changeable parameter, nil if there is none of that name.
func (p *Params) parameter(name string) *uint64 {
	for _, c := range p.changeable() {
		if c.name == name {
			return c.value
		}
	}
	return nil
}

// ChangeableParameters names the parameters that a control entry may change, ascending.
func ChangeableParameters() []string {
	var names []string
	for _, c := range new(Params).changeable() {
		names = append(names, c.name)
	}
	return names
}

// With is p with other values, checked as those of a genesis are. Errors are ErrControl.
func (p Params) With(values []ParameterValue) (Params, error) {
	for i, v := range values {
		place := p.parameter(v.Name)
		if place == nil {
			return p, fmt.Errorf("setParameters.values[%d]: %w: %q cannot be changed", i, ErrControl, v.Name)
		}
		*place = v.Value
	}
	if err := p.Validate(); err != nil {
		return p, fmt.Errorf("setParameters: %w: %w", ErrControl, err)
	}
	return p, nil
}
