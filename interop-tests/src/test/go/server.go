package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"net"

	"github.com/clarkmcc/brpc"
	"github.com/quic-go/quic-go"
	"google.golang.org/grpc"

	"brpc.test/gopeer/proto"
)

// clientServices is what the server calls on its clients.
type clientServices struct {
	namer    proto.NamerClient
	exercise proto.ExerciseClient
}

// runServer listens and says on which port. The command "stop" stops it gracefully, as
// the library does that; at the end of the commands it ends.
func runServer(args []string) error {
	flags := flag.NewFlagSet("server", flag.ExitOnError)
	port := flags.Int("port", 0, "UDP port, 0 for any")
	certificate := flags.String("cert", "", "PEM file of the certificate")
	key := flags.String("key", "", "PEM file of the key")
	alpn := flags.String("alpn", "brpc/1", "ALPN protocol")
	name := flags.String("name", "go", "the server's name")
	dataBytes := flags.Int("data", 0, "size of the data in each message of a callback")
	if err := flags.Parse(args); err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(*certificate, *key)
	if err != nil {
		return err
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{*alpn}}
	listener, err := quic.ListenAddr(fmt.Sprintf("127.0.0.1:%d", *port), config, nil)
	if err != nil {
		return err
	}
	services := grpc.NewServer()
	server := brpc.NewServer(brpc.ServerConfig[clientServices]{
		ClientServiceBuilder: func(conn grpc.ClientConnInterface) clientServices {
			return clientServices{namer: proto.NewNamerClient(conn), exercise: proto.NewExerciseClient(conn)}
		},
		Server: services,
	})
	proto.RegisterGreeterServer(services, &greeter{server: server})
	proto.RegisterExerciseServer(services, &exercise{name: *name, callBack: func(ctx context.Context) (string, error) {
		client, err := server.ClientFromContext(ctx)
		if err != nil {
			return "", err
		}
		return kinds(ctx, client.exercise, make([]byte, *dataBytes))
	}})
	go func() {
		for line := range commands() {
			if line == "stop" {
				server.GracefulStop()
				say("stopped")
			}
		}
		_ = listener.Close()
		services.Stop()
	}()
	say("listening %d", listener.Addr().(*net.UDPAddr).Port)
	return server.Serve(context.Background(), listener)
}

// greeter asks the calling client for its name.
type greeter struct {
	proto.UnimplementedGreeterServer
	server *brpc.Server[clientServices]
}

func (g *greeter) Greet(ctx context.Context, _ *proto.GreetRequest) (*proto.GreetResponse, error) {
	client, err := g.server.ClientFromContext(ctx)
	if err != nil {
		return nil, err
	}
	response, err := client.namer.Name(ctx, &proto.NameRequest{})
	if err != nil {
		return nil, err
	}
	return &proto.GreetResponse{Greeting: "Hello " + response.GetName()}, nil
}
