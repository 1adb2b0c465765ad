package harness

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Summary is a figure over the rounds.
type Summary struct {
	Median float64 `json:"median"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

// Summarize gives the median, the lowest and the highest value; all zero of no values.
func Summarize(values []float64) Summary {
	if len(values) == 0 {
		return Summary{}
	}
	sorted := slices.Sorted(slices.Values(values))
	return Summary{Median: middle(sorted), Low: sorted[0], High: sorted[len(sorted)-1]}
}

// middle is the median of sorted values.
func middle(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// SummaryOf summarizes one figure of many samples.
func SummaryOf[T any](samples []T, figure func(T) float64) Summary {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = figure(s)
	}
	return Summarize(values)
}

// String is the median, with the spread in brackets where there is one: "17 [15–21]".
func (s Summary) String() string {
	median, low, high := Figure(s.Median), Figure(s.Low), Figure(s.High)
	if low == median && high == median {
		return median
	}
	return fmt.Sprintf("%s [%s–%s]", median, low, high)
}

// Figure writes a number with three significant digits and thousands apart: 0.0123, 1.23, 12.3, 123, 1,230.
func Figure(v float64) string {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Sprint(v)
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(v))))
	if digits > 0 {
		return fmt.Sprintf("%.*f", digits, v)
	}
	unit := math.Pow(10, float64(-digits))
	text := fmt.Sprintf("%.0f", math.Round(v/unit)*unit)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// Percentile is the value at p (0 to 1) of sorted values, in the unit given; zero of none.
func Percentile(sorted []time.Duration, p float64, unit time.Duration) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]) / float64(unit)
}
