package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/clarkmcc/brpc"
	"github.com/quic-go/quic-go"
	"google.golang.org/grpc"

	"brpc.test/gopeer/proto"
)

const (
	patience          = 60 * time.Second
	keepAliveInterval = 10 * time.Second
)

// echo is what either end serves.
type echo struct {
	proto.UnimplementedExerciseServer
	back func(ctx context.Context) (proto.ExerciseClient, error)
}

func (e *echo) Unary(ctx context.Context, request *proto.Payload) (*proto.Payload, error) {
	if request.GetCount() == 0 {
		return request, nil
	}
	client, err := e.back(ctx)
	if err != nil {
		return nil, err
	}
	return client.Unary(ctx, &proto.Payload{Data: request.GetData()})
}

func (e *echo) ServerStream(request *proto.Payload, stream proto.Exercise_ServerStreamServer) error {
	message := &proto.Payload{Data: request.GetData()}
	for count := request.GetCount(); count > 0; count-- {
		if err := stream.Send(message); err != nil {
			return err
		}
	}
	return nil
}

func nobody(context.Context) (proto.ExerciseClient, error) {
	return nil, errors.New("nobody to call back")
}

type server struct {
	address *net.UDPAddr
	lock    sync.Mutex
	last    proto.ExerciseClient
}

func newServer(directory, host string) (*server, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(directory, "server.pem"), filepath.Join(directory, "server.key"))
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"brpc/1"}}
	listener, err := quic.ListenAddr(host+":0", config, nil)
	if err != nil {
		return nil, err
	}
	it := &server{address: listener.Addr().(*net.UDPAddr)}
	services := grpc.NewServer()
	library := brpc.NewServer(brpc.ServerConfig[proto.ExerciseClient]{
		ClientServiceBuilder: func(conn grpc.ClientConnInterface) proto.ExerciseClient {
			client := proto.NewExerciseClient(conn)
			it.lock.Lock()
			defer it.lock.Unlock()
			it.last = client
			return client
		},
		Server: services,
	})
	proto.RegisterExerciseServer(services, &echo{back: library.ClientFromContext})
	go func() {
		if err := library.Serve(context.Background(), listener); err != nil {
			fmt.Fprintln(os.Stderr, "serve:", err)
		}
	}()
	return it, nil
}

func (s *server) port() int { return s.address.Port }

func (s *server) connect(int) error { return errors.New("a server is connected to") }

func (s *server) connectOnce() error { return s.connect(1) }

// callers knows only the client that connected last: the library has no list.
func (s *server) callers() ([]caller, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.last == nil {
		return nil, errors.New("no client")
	}
	return []caller{{s.last}}, nil
}

func (s *server) settings() map[string]string { return map[string]string{} }

type clients struct {
	target string
	config *tls.Config
	all    []caller
	state  tls.ConnectionState
}

func newClients(directory, host, port string) (*clients, error) {
	pem, err := os.ReadFile(filepath.Join(directory, "ca.pem"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("no certificate")
	}
	it := &clients{target: host + ":" + port}
	it.config = &tls.Config{
		RootCAs:    roots,
		ServerName: "localhost",
		NextProtos: []string{"brpc/1"},
		VerifyConnection: func(state tls.ConnectionState) error {
			it.state = state
			return nil
		},
	}
	return it, nil
}

func (c *clients) port() int { return 0 }

func (c *clients) dial() (*brpc.ClientConn, caller, error) {
	conn, err := brpc.Dial(c.target, c.config)
	if err != nil {
		return nil, caller{}, err
	}
	go func() {
		_ = brpc.ServeClientService[proto.ExerciseServer](make(chan struct{}), conn, func(registrar grpc.ServiceRegistrar) {
			proto.RegisterExerciseServer(registrar, &echo{back: nobody})
		})
	}()
	it := caller{proto.NewExerciseClient(conn)}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := it.exercise.Unary(ctx, &proto.Payload{Count: 1}, grpc.WaitForReady(true)); err != nil {
		_ = conn.Close()
		return nil, caller{}, err
	}
	return conn, it, nil
}

// keepAlive makes a call now and then: the library asks QUIC for no signs of life, and loses
// a connection that has its turn half a minute later.
func (c caller) keepAlive() {
	for range time.Tick(keepAliveInterval) {
		if _, err := c.call(&proto.Payload{}); err != nil {
			return
		}
	}
}

func (c *clients) connect(count int) error {
	for ; count > 0; count-- {
		_, it, err := c.dial()
		if err != nil {
			return err
		}
		c.all = append(c.all, it)
		go it.keepAlive()
	}
	return nil
}

func (c *clients) connectOnce() error {
	conn, _, err := c.dial()
	if err != nil {
		return err
	}
	return conn.Close()
}

func (c *clients) callers() ([]caller, error) { return c.all, nil }

func (c *clients) settings() map[string]string {
	version := map[uint16]string{tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3"}[c.state.Version]
	return map[string]string{"tls": version, "cipher": tls.CipherSuiteName(c.state.CipherSuite)}
}
