package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/clarkmcc/brpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"brpc.test/gopeer/proto"
)

// runClient dials, serves, and then does what the commands say:
//
//	greet          one call of Greeter, which calls Namer back
//	kinds          one call of each kind, in each of which the server calls back
//	slow           one client stream that ends with the next command
//	spoof <id>     greet with another connection's ID in front of the library's own
//	loop           greet every 50 ms, for ever
//
// At the end of the commands it closes the connection and ends.
func runClient(args []string) error {
	flags := flag.NewFlagSet("client", flag.ExitOnError)
	target := flags.String("target", "", "host:port")
	ca := flags.String("ca", "", "PEM file of the authority to trust")
	alpn := flags.String("alpn", "brpc/1", "ALPN protocol, empty for none")
	name := flags.String("name", "go", "the client's name")
	serve := flags.Bool("serve", true, "whether to serve the server's calls")
	dataBytes := flags.Int("data", 0, "size of the data in each message")
	timeout := flags.Duration("timeout", 20*time.Second, "deadline of each call")
	if err := flags.Parse(args); err != nil {
		return err
	}
	config, err := clientTLS(*ca, *alpn)
	if err != nil {
		return err
	}
	conn, err := brpc.Dial(*target, config)
	if err != nil {
		return err
	}
	say("connected")
	if *serve {
		go func() {
			err := brpc.ServeClientService[proto.NamerServer](make(chan struct{}), conn, func(registrar grpc.ServiceRegistrar) {
				register(registrar, *name)
			})
			say("served %v", err)
		}()
	}
	client := &forwardCalls{
		greeter:  proto.NewGreeterClient(conn),
		exercise: proto.NewExerciseClient(conn),
		data:     make([]byte, *dataBytes),
		timeout:  *timeout,
	}
	lines := commands()
	for line := range lines {
		client.run(line, lines)
	}
	return conn.Close()
}

func clientTLS(ca, alpn string) (*tls.Config, error) {
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate in %s", ca)
	}
	config := &tls.Config{RootCAs: roots, ServerName: "localhost"}
	if alpn != "" {
		config.NextProtos = []string{alpn}
	}
	return config, nil
}

type forwardCalls struct {
	greeter  proto.GreeterClient
	exercise proto.ExerciseClient
	data     []byte
	timeout  time.Duration
}

func (f *forwardCalls) run(line string, lines <-chan string) {
	ctx, cancel := context.WithTimeout(context.Background(), f.timeout)
	defer cancel()
	var word, argument string
	_, _ = fmt.Sscan(line, &word, &argument)
	switch word {
	case "greet":
		f.greet(ctx)
	case "kinds":
		result(kinds(ctx, f.exercise, f.data))
	case "slow":
		f.slow(ctx, lines)
	case "spoof":
		f.greet(metadata.AppendToOutgoingContext(ctx, "brpc-metadata-client-id", argument))
	case "loop":
		for {
			f.greet(context.Background())
			time.Sleep(50 * time.Millisecond)
		}
	default:
		say("error unknown command %q", line)
	}
}

func (f *forwardCalls) greet(ctx context.Context) {
	response, err := f.greeter.Greet(ctx, &proto.GreetRequest{})
	result(response.GetGreeting()+" "+response.GetConnectionId(), err)
}

func (f *forwardCalls) slow(ctx context.Context, lines <-chan string) {
	stream, err := f.exercise.ClientStream(ctx)
	if err == nil {
		err = stream.Send(&proto.Payload{Text: "slow"})
	}
	if err != nil {
		result("", err)
		return
	}
	say("started")
	<-lines
	response, err := stream.CloseAndRecv()
	result(response.GetText(), err)
}

func result(text string, err error) {
	if err != nil {
		say("failed %s %s", status.Code(err), status.Convert(err).Message())
	} else {
		say("ok %s", text)
	}
}
