// Command gopeer is a brpc client or server, driven by a test: one made of the Go library, which speaks brpc/1, or
// one made of the package brpc2.
//
// What it has to say are lines on the standard output, the first word of which says what
// the line is about. Its log goes to the standard error.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: gopeer client|server|client2|server2 [flags]"))
	}
	var err error
	switch os.Args[1] {
	case "client":
		err = runClient(os.Args[2:])
	case "server":
		err = runServer(os.Args[2:])
	case "client2":
		err = runClient2(os.Args[2:])
	case "server2":
		err = runServer2(os.Args[2:])
	default:
		err = fmt.Errorf("unknown role %q", os.Args[1])
	}
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	say("error %v", err)
	os.Exit(1)
}

func say(format string, args ...any) {
	fmt.Printf(format+"\n", args...)
}

// commands returns the lines of the standard input; the channel is closed at its end.
func commands() <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(os.Stdin)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
	}()
	return lines
}
