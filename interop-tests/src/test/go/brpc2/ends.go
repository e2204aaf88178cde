package brpc2

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Options is how an end is set up.
type Options struct {
	TLS         *tls.Config
	Services    *Services
	IdleTimeout time.Duration // 30 s by default
	Compress    bool          // sends messages compressed, if the other end takes that
	Window      uint64        // the call-window, 256 KiB by default
	Ended       func(*Conn)   // called when a connection has ended, if set
	Pinged      func()        // called when a PING has come, if set
}

func (o Options) idleTimeout() time.Duration {
	if o.IdleTimeout == 0 {
		return 30 * time.Second
	}
	return o.IdleTimeout
}

// settings is what an end made with the options says.
func (o Options) settings(id []byte) *Settings {
	s := unsaidSettings()
	s.ConnectionID, s.MaxCalls, s.MaxLanes, s.Encodings, s.CallWindow = id, 1000, 4, []string{"gzip"}, 256<<10
	if o.Window > 0 {
		s.CallWindow = o.Window
	}
	for _, n := range []uint64{2, 3, idEncodings, 9} {
		s.said[n] = true
	}
	s.said[idConnectionID] = id != nil
	return s
}

// config grants streams as the section Credit for streams says.
func (o Options) config() (*tls.Config, *quic.Config) {
	t := o.TLS.Clone()
	t.NextProtos = []string{ALPN}
	s := o.settings(nil)
	return t, &quic.Config{
		MaxIdleTimeout:        o.idleTimeout(),
		MaxIncomingStreams:    int64(s.MaxLanes + s.MaxCalls),
		MaxIncomingUniStreams: ownCalls + 1,
	}
}

// Dial connects and returns when calls can be made both ways.
func Dial(ctx context.Context, target string, o Options) (*Conn, error) {
	t, config := o.config()
	q, err := quic.DialAddr(ctx, target, t, config)
	if err != nil {
		return nil, err
	}
	return start(q, o, false, nil)
}

// Server accepts connections. Safe for use by any goroutine.
type Server struct {
	listener *quic.Listener
	options  Options

	mu       sync.Mutex
	conns    map[*Conn]bool
	stopping bool
}

// Listen begins to accept connections.
func Listen(address string, o Options) (*Server, error) {
	t, config := o.config()
	config.RequireAddressValidation = func(net.Addr) bool { return true }
	listener, err := quic.ListenAddr(address, t, config)
	if err != nil {
		return nil, err
	}
	s := &Server{listener: listener, options: o, conns: map[*Conn]bool{}}
	go s.accept()
	return s, nil
}

// Port is where the server listens.
func (s *Server) Port() int { return s.listener.Addr().(*net.UDPAddr).Port }

func (s *Server) accept() {
	for {
		q, err := s.listener.Accept(context.Background())
		if err != nil {
			return
		}
		go s.serve(q)
	}
}

func (s *Server) serve(q quic.Connection) {
	if s.isStopping() {
		_ = q.CloseWithError(ServerShutdown, "server shutdown")
		return
	}
	c, err := start(q, s.options, true, newID())
	if err != nil {
		return
	}
	s.mu.Lock()
	s.conns[c] = true
	s.mu.Unlock()
	if s.isStopping() {
		go func() { _ = c.goAway(context.Background(), true) }()
	}
	<-c.Done()
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}

// Connections returns those that are set up.
func (s *Server) Connections() []*Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections()
}

func (s *Server) connections() []*Conn {
	var all []*Conn
	for c := range s.conns {
		all = append(all, c)
	}
	return all
}

func (s *Server) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// newID is a random UUID.
func newID() []byte {
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// Shutdown lets all connections end as the section Drain says, and then closes the socket.
func (s *Server) Shutdown(ctx context.Context) {
	s.mu.Lock()
	s.stopping = true
	conns := s.connections()
	s.mu.Unlock()
	var all sync.WaitGroup
	for _, c := range conns {
		c := c
		all.Add(1)
		go func() {
			defer all.Done()
			_ = c.goAway(ctx, true)
		}()
	}
	all.Wait()
	_ = s.listener.Close()
}

// compressed is a message as it is sent.
func (c *Conn) compressed(m []byte) ([]byte, *uint64) {
	if !c.compress {
		return m, nil
	}
	for i, encoding := range c.remote.Encodings {
		if encoding == "gzip" {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			_, _ = w.Write(m)
			_ = w.Close()
			index := uint64(i)
			return b.Bytes(), &index
		}
	}
	return m, nil
}

// decompressed is a message as the application takes it; the only encoding that this end offers is gzip.
func (c *Conn) decompressed(m *message) ([]byte, error) {
	limit := c.local.MaxMessage
	b := m.message
	if m.encoding != nil {
		r, err := gzip.NewReader(bytes.NewReader(b))
		if err == nil {
			b, err = io.ReadAll(io.LimitReader(r, int64(limit)+1))
		}
		if err != nil {
			return nil, status.Errorf(codes.Internal, "gzip: %v", err)
		}
	}
	if m.tooLarge || uint64(len(b)) > limit {
		return nil, status.Errorf(codes.ResourceExhausted, "a message is larger than %d bytes", limit)
	}
	return b, nil
}
