package solver

import (
	"math/big"

	"github.com/prometheus/client_golang/prometheus"
)

// Outcomes of solutions, as the metric has them.
const (
	outcomeSent     = "sent"
	outcomeRefused  = "refused"
	outcomeWon      = "won"
	outcomeLost     = "lost"
	outcomeExecuted = "executed"
	outcomeVoid     = "void"
)

// meters are what a solver counts. Tokens and rollups are those of its configuration.
type meters struct {
	orders    *prometheus.CounterVec
	solutions *prometheus.CounterVec
	profit    *prometheus.GaugeVec
	inventory *prometheus.GaugeVec
	margin    *prometheus.GaugeVec
	response  prometheus.Histogram
	known     prometheus.Gauge
	sessions  prometheus.Counter
}

func newMeters(registry *prometheus.Registry) (*meters, error) {
	m := &meters{
		orders: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_solver_orders_total", Help: "Orders seen: known are those that this solver could settle, foreign the others.",
		}, []string{"reason"}),
		solutions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lockstep_solver_solutions_total",
			Help: "Solutions by what became of them: sent or refused at first, then won, lost or void, and of those won executed or void.",
		}, []string{"outcome"}),
		profit: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "lockstep_solver_profit_ether", Help: "Value of inputs taken since the start, less outputs and fees, by the token taken.",
		}, []string{"token"}),
		inventory: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "lockstep_solver_inventory_tokens", Help: "What all accounts have together, in whole tokens.",
		}, []string{"rollup", "token"}),
		margin: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "lockstep_solver_margin_ratio", Help: "What is asked for of an input's value, by the token taken, where it was learned from an auction.",
		}, []string{"token"}),
		response: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lockstep_solver_response_seconds", Help: "Time from an order's coming to the first solution of it.",
			Buckets: []float64{.005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 60},
		}),
		known: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "lockstep_solver_active", Help: "Orders that are open or pending, and could be settled.",
		}),
		sessions: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lockstep_solver_sessions_total", Help: "Connections to the gateway.",
		}),
	}
	for _, outcome := range []string{outcomeSent, outcomeRefused, outcomeWon, outcomeLost, outcomeExecuted, outcomeVoid} {
		m.solutions.WithLabelValues(outcome)
	}
	if registry == nil {
		return m, nil
	}
	for _, c := range m.all() {
		if err := registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *meters) all() []prometheus.Collector {
	return []prometheus.Collector{m.orders, m.known, m.solutions, m.response, m.profit, m.margin, m.inventory, m.sessions}
}

func (m *meters) count(outcome string) { m.solutions.WithLabelValues(outcome).Inc() }

// stock reports the inventory of a snapshot.
func (m *meters) stock(c *Config, s *snapshot) {
	totals := make(map[Place]*big.Int)
	for _, balances := range s.balances {
		for place, balance := range balances {
			if totals[place] == nil {
				totals[place] = new(big.Int)
			}
			totals[place].Add(totals[place], balance)
		}
	}
	for place, total := range totals {
		m.inventory.WithLabelValues(place.Rollup.String(), place.Symbol).Set(inWhole(total, c.decimalsOf(place.Symbol)))
	}
}

// inWhole is an amount of the smallest unit in whole tokens, for a metric.
func inWhole(amount *big.Int, decimals uint8) float64 {
	whole, _ := new(big.Rat).SetFrac(amount, tenTo(decimals)).Float64()
	return whole
}

// decimal is an amount of the smallest unit as a decimal number, for a log or an error.
func decimal(amount *big.Int, decimals uint8) string {
	return new(big.Rat).SetFrac(amount, tenTo(decimals)).FloatString(min(int(decimals), 6))
}

func tenTo(decimals uint8) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
}
