package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
)

// address is a flag HOST:PORT.
type address string

func (a *address) String() string { return string(*a) }
func (a *address) Type() string   { return "HOST:PORT" }

func (a *address) Set(text string) error {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return errors.New("want HOST:PORT with a port from 0 to 65535, for example 127.0.0.1:8545")
	}
	*a = address(text)
	return nil
}

// level is a flag with the name of a log level.
type level struct{ slog.Level }

var levels = map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}

func (l *level) Type() string { return "LEVEL" }

func (l *level) String() string {
	for name, value := range levels { // one value, one name: the order does not matter
		if value == l.Level {
			return name
		}
	}
	return ""
}

func (l *level) Set(text string) error {
	value, ok := levels[text]
	if !ok {
		return errors.New("want debug, info, warn or error")
	}
	l.Level = value
	return nil
}

// folder is a flag with the path of a folder.
type folder string

func (f *folder) String() string { return string(*f) }
func (f *folder) Type() string   { return "FOLDER" }

func (f *folder) Set(text string) error {
	if text == "" {
		return fmt.Errorf("want the path of a folder, for example %s", *f)
	}
	*f = folder(text)
	return nil
}
