package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-network/lockstep/adapters/opstack"
)

const (
	opstackAdmin = "http://127.0.0.1:8652"
	// controlTimeout bounds a question to a running proxy.
	controlTimeout = 10 * time.Second
)

func newOPStackMode() *cobra.Command {
	var admin string
	var now bool
	cmd := &cobra.Command{
		Use:   "mode MODE",
		Short: "Change the mode of a running proxy, without restarting anything",
		Long: "Tells a running proxy, by its private port, to go to another mode, and prints its state. op-node notices nothing. Out of mode\n" +
			"shared blocks first take what the lane holds at this moment: the state says how many transactions wait (`leaving`), and the mode\n" +
			"changes when there are none. With --now it changes at once, and they wait in the lane until the mode is shared again.\n\n" +
			"A proxy with a journal keeps the mode over restarts, for as long as its setting --mode stays what it was.",
		Example: "  lockstep opstack mode pass-through",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("want one mode of %q", opstack.Modes())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			mode, err := opstack.ParseMode(args[0])
			if err != nil {
				return usageError{err}
			}
			body, err := json.Marshal(map[string]any{"mode": mode, "now": now})
			if err != nil {
				return err
			}
			return askOPStack(cmd, http.MethodPost, admin+opstack.ControlPath+"mode", body)
		},
	}
	cmd.Flags().StringVar(&admin, "admin", opstackAdmin, "`URL` of the proxy's private port")
	cmd.Flags().BoolVar(&now, "now", false, "leave mode shared without waiting for blocks to take what the lane holds")
	return cmd
}

func newOPStackState() *cobra.Command {
	var admin string
	cmd := &cobra.Command{
		Use:     "state",
		Short:   "Print the state of a running proxy as JSON",
		Example: "  lockstep opstack state",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return askOPStack(cmd, http.MethodGet, admin+opstack.ControlPath+"state", nil)
		},
	}
	cmd.Flags().StringVar(&admin, "admin", opstackAdmin, "`URL` of the proxy's private port")
	return cmd
}

// askOPStack sends a request to a running proxy's private port and prints the answer.
func askOPStack(cmd *cobra.Command, method, url string, body []byte) error {
	ctx, cancel := context.WithTimeout(cmd.Context(), controlTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return usageError{err}
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("%w; --admin wants the private port of a running `lockstep opstack`", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the proxy answers %s: %s", answer.Status, strings.TrimSpace(string(text)))
	}
	return printJSON(cmd.OutOrStdout(), json.RawMessage(text))
}
