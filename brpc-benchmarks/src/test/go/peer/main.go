// Command benchmark is one end of the Go library, driven like the benchmark's other ends:
// a command a line on the standard input, an answer a line on the standard output.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sort"
	"strconv"
	"strings"
)

// end is a server, or the clients of one process.
type end interface {
	port() int
	connect(count int) error
	connectOnce() error
	callers() ([]caller, error)
	settings() map[string]string
}

func main() {
	// The library writes a line for each call that calls back.
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if len(os.Args) < 5 {
		fmt.Println("FAILED usage: go server|client <certificates> <host> [port]")
		os.Exit(1)
	}
	var it end
	var err error
	if os.Args[2] == "server" {
		it, err = newServer(os.Args[3], os.Args[4])
	} else {
		it, err = newClients(os.Args[3], os.Args[4], os.Args[5])
	}
	if err != nil {
		fmt.Println("FAILED", err)
		os.Exit(1)
	}
	fmt.Printf("DONE port=%d\n", it.port())
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Split(lines.Text(), " ")
		values, err := answer(it, words[0], parse(words[1:]))
		if err != nil {
			fmt.Println("FAILED", strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Println("DONE", format(values))
		}
	}
}

func answer(it end, command string, arguments map[string]string) (map[string]string, error) {
	switch command {
	case "connect":
		return nil, it.connect(number(arguments, "count"))
	case "connections":
		callers, err := it.callers()
		return map[string]string{"count": strconv.Itoa(len(callers))}, err
	case "settings":
		return it.settings(), nil
	case "usage", "collect":
		return usage(command == "collect"), nil
	case "run":
		callers, err := it.callers()
		if err != nil {
			return nil, err
		}
		return run(callers, arguments)
	case "dial":
		return dial(it, arguments)
	}
	return nil, errors.New("unknown command " + command)
}

func parse(words []string) map[string]string {
	values := map[string]string{}
	for _, word := range words {
		if name, value, found := strings.Cut(word, "="); found {
			values[name] = value
		}
	}
	return values
}

func format(values map[string]string) string {
	var words []string
	for name, value := range values {
		words = append(words, name+"="+value)
	}
	sort.Strings(words)
	return strings.Join(words, " ")
}

func number(values map[string]string, name string) int {
	value, _ := strconv.Atoi(values[name])
	return value
}
