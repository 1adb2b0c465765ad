// Command plot draws what an experiment of test/bench found, as SVG.
//
// Usage: plot RESULT.json FOLDER
package main
