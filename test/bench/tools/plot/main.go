package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// result is the part of a result of package harness that is drawn.
type result struct {
	Plots []figure `json:"plots"`
}

type figure struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	X     axis   `json:"x"`
	Y     axis   `json:"y"`
	Lines []line `json:"lines"`
}

type axis struct {
	Label string `json:"label"`
	Log   bool   `json:"log"`
}

type line struct {
	Name   string  `json:"name"`
	Points []point `json:"points"`
}

type point struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "plot:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 3 {
		return errors.New("usage: plot RESULT.json FOLDER")
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	var r result
	if err := json.Unmarshal(text, &r); err != nil {
		return err
	}
	for _, f := range r.Plots {
		if err := f.draw(filepath.Join(os.Args[2], f.Name+".svg")); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

// spread is a line's points with their lowest and highest values.
type spread struct {
	plotter.XYs
	plotter.YErrors
}

func (f figure) draw(path string) error {
	p := plot.New()
	p.BackgroundColor = color.White
	p.Title.Text = f.Title
	f.X.apply(&p.X)
	f.Y.apply(&p.Y)
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	for i, l := range f.Lines {
		if err := l.add(p, i, f.Y.Log); err != nil {
			return err
		}
	}
	p.Y.Max *= 1.6 // room for the legend
	return p.Save(18*vg.Centimeter, 12*vg.Centimeter, path)
}

// apply names an axis and sets its scale.
func (a axis) apply(to *plot.Axis) {
	to.Label.Text = a.Label
	if a.Log {
		to.Scale, to.Tick.Marker = plot.LogScale{}, decades{}
		return
	}
	to.Min = 0
}

// decades are ticks at 1, 2 and 5 times the powers of ten.
type decades struct{}

// Ticks implements plot.Ticker.
func (decades) Ticks(low, high float64) (ticks []plot.Tick) {
	for power := math.Floor(math.Log10(low)); power <= math.Log10(high); power++ {
		for _, digit := range []float64{1, 2, 5} {
			if v := digit * math.Pow(10, power); v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'g', 6, 64)})
			}
		}
	}
	return ticks
}

// add draws a line with bars from the lowest to the highest value; nothing at or below zero can stand on a logarithmic axis.
func (l line) add(p *plot.Plot, i int, log bool) error {
	var s spread
	for _, at := range l.Points {
		if log && at.Low <= 0 {
			continue
		}
		s.XYs = append(s.XYs, plotter.XY{X: at.X, Y: at.Y})
		s.YErrors = append(s.YErrors, struct{ Low, High float64 }{at.Y - at.Low, at.High - at.Y})
	}
	if len(s.XYs) == 0 {
		return nil
	}
	drawn, points, err := plotter.NewLinePoints(s.XYs)
	if err != nil {
		return err
	}
	bars, err := plotter.NewYErrorBars(s)
	if err != nil {
		return err
	}
	drawn.Color, points.Color, bars.Color = plotutil.Color(i), plotutil.Color(i), plotutil.Color(i)
	drawn.Dashes, points.Shape = plotutil.Dashes(i/7), plotutil.Shape(i)
	p.Add(drawn, points, bars)
	p.Legend.Add(l.Name, drawn, points)
	return nil
}
