package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"os"
	"time"

	"brpc.test/gopeer/brpc2"
	"brpc.test/gopeer/proto"
)

const closeTimeout = 15 * time.Second

// flags2 are those of both ends that speak brpc/2.
type flags2 struct {
	*flag.FlagSet
	name    *string
	data    *int
	timeout *time.Duration
	idle    *time.Duration
	gzip    *bool
}

func newFlags2(role string) flags2 {
	f := flag.NewFlagSet(role, flag.ExitOnError)
	return flags2{f, f.String("name", "go", "this end's name"),
		f.Int("data", 0, "size of the data in each message"),
		f.Duration("timeout", 20*time.Second, "deadline of each call"),
		f.Duration("idle", 30*time.Second, "QUIC's idle time-out"),
		f.Bool("gzip", false, "whether messages are sent compressed")}
}

func (f flags2) calls(c *brpc2.Conn) *probeCalls {
	return &probeCalls{conn: c, forwardCalls: forwardCalls{
		greeter:  proto.NewGreeterClient(c),
		exercise: proto.NewExerciseClient(c),
		data:     make([]byte, *f.data),
		timeout:  *f.timeout,
	}}
}

func (f flags2) options(config *tls.Config) (brpc2.Options, *probe) {
	services, probe := &brpc2.Services{}, &probe{exercise: exercise{name: *f.name}}
	proto.RegisterNamerServer(services, &namer{name: *f.name})
	proto.RegisterExerciseServer(services, probe)
	return brpc2.Options{TLS: config, Services: services, IdleTimeout: *f.idle, Compress: *f.gzip, Ended: logEnd, Pinged: logPing}, probe
}

// runClient2 dials, serves, and then does what the commands say: those of probeCalls. At the end of the commands it
// closes the connection and ends.
func runClient2(args []string) error {
	flags := newFlags2("client2")
	target := flags.String("target", "", "host:port")
	ca := flags.String("ca", "", "PEM file of the authority to trust")
	if err := flags.Parse(args); err != nil {
		return err
	}
	config, err := clientTLS(*ca, brpc2.ALPN)
	if err != nil {
		return err
	}
	options, _ := flags.options(config)
	conn, err := brpc2.Dial(context.Background(), *target, options)
	if err != nil {
		return err
	}
	say("connected")
	lines, calls := commands(), flags.calls(conn)
	for line := range lines {
		calls.run(line, lines)
	}
	return closeIn(closeTimeout, conn)
}

func closeIn(timeout time.Duration, conn *brpc2.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return conn.Close(ctx)
}

// logEnd says on the log why a connection ended.
func logEnd(conn *brpc2.Conn) {
	fmt.Fprintf(os.Stderr, "ended %v\n", conn.Err())
}

func logPing() { fmt.Fprintln(os.Stderr, "pinged") }

// runServer2 listens and says on which port. Commands are made to the first client; "stop" stops the server, which
// lets calls in flight finish.
func runServer2(args []string) error {
	flags := newFlags2("server2")
	port := flags.Int("port", 0, "UDP port, 0 for any")
	certificate := flags.String("cert", "", "PEM file of the certificate")
	key := flags.String("key", "", "PEM file of the key")
	if err := flags.Parse(args); err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(*certificate, *key)
	if err != nil {
		return err
	}
	options, probe := flags.options(&tls.Config{Certificates: []tls.Certificate{pair}})
	probe.callBack = func(ctx context.Context) (string, error) {
		return kinds(ctx, proto.NewExerciseClient(brpc2.FromContext(ctx)), make([]byte, *flags.data))
	}
	proto.RegisterGreeterServer(options.Services, &greeter2{})
	server, err := brpc2.Listen(fmt.Sprintf("127.0.0.1:%d", *port), options)
	if err != nil {
		return err
	}
	say("listening %d", server.Port())
	lines := commands()
	for line := range lines {
		if line == "stop" {
			stop(server)
			say("stopped")
		} else if conns := server.Connections(); len(conns) == 1 {
			flags.calls(conns[0]).run(line, lines)
		} else {
			say("error %d connections", len(conns))
		}
	}
	stop(server)
	return nil
}

func stop(server *brpc2.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	server.Shutdown(ctx)
}

// greeter2 asks the calling client for its name.
type greeter2 struct {
	proto.UnimplementedGreeterServer
}

func (*greeter2) Greet(ctx context.Context, _ *proto.GreetRequest) (*proto.GreetResponse, error) {
	conn := brpc2.FromContext(ctx)
	response, err := proto.NewNamerClient(conn).Name(ctx, &proto.NameRequest{})
	if err != nil {
		return nil, err
	}
	return &proto.GreetResponse{Greeting: "Hello " + response.GetName(), ConnectionId: conn.ID()}, nil
}
