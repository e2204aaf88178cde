package brpc2

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
)

const (
	unaryPath  = "brpc.test.Exercise/Unary"
	streamPath = "brpc.test.Exercise/ServerStream"
	greetPath  = "brpc.test.Greeter/Greet"
	patience   = 5 * time.Second
)

// raw is a client that sends what it is told to, and notes what comes.
type raw struct {
	t       *testing.T
	quic    quic.Connection
	control quic.SendStream
	remote  *Settings
	events  chan string
	calls   chan rawCall
}

// rawCall is a CALL of the server, and the lane that it came on.
type rawCall struct {
	*call
	lane quic.Stream
}

// TestRules does what wire.md forbids, or what it allows and a peer seldom does, to the server at BRPC_TARGET.
func TestRules(t *testing.T) {
	if os.Getenv("BRPC_TARGET") == "" {
		t.Skip("there is no server at BRPC_TARGET")
	}
	for _, rule := range rules {
		rule := rule
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			r := dialRaw(t)
			defer func() { _ = r.quic.CloseWithError(0, "") }()
			rule.does(r)
			outcome := r.outcome()
			t.Logf("outcome: %s", outcome)
			if !strings.HasPrefix(outcome, rule.outcome) {
				t.Fatalf("%q instead of %q", outcome, rule.outcome)
			}
		})
	}
}

func dialRaw(t *testing.T) *raw {
	pem, err := os.ReadFile(os.Getenv("BRPC_CA"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	config := &tls.Config{RootCAs: roots, ServerName: "localhost", NextProtos: []string{ALPN}}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	q, err := quic.DialAddr(ctx, os.Getenv("BRPC_TARGET"), config, &quic.Config{MaxIncomingStreams: 1000, MaxIncomingUniStreams: 1000})
	if err != nil {
		t.Fatal(err)
	}
	r := &raw{t: t, quic: q, events: make(chan string, 100), calls: make(chan rawCall, 100)}
	if r.control, err = q.OpenUniStream(); err != nil {
		t.Fatal(err)
	}
	s, err := q.AcceptUniStream(ctx)
	if err != nil {
		t.Fatal(err)
	}
	in := newFrameReader(s, 8192, func(byte) uint64 { return controlFrameSize })
	if _, err := in.ReadByte(); err != nil {
		t.Fatal(err)
	}
	f, err := in.next()
	if err != nil {
		t.Fatal(err)
	}
	r.remote = f.(*Settings)
	go r.note(in)
	go r.accept()
	go func() {
		<-q.Context().Done()
		r.events <- describeRaw(context.Cause(q.Context()))
	}()
	return r
}

func describeRaw(cause error) string {
	if closed, is := cause.(*quic.ApplicationError); is {
		return fmt.Sprintf("CLOSED %#x %s", uint64(closed.ErrorCode), closed.ErrorMessage)
	}
	return fmt.Sprintf("CLOSED %v", cause)
}

func (r *raw) accept() {
	for {
		s, err := r.quic.AcceptStream(r.quic.Context())
		if err != nil {
			return
		}
		in := newFrameReader(s, 8192, func(byte) uint64 { return 1 << 20 })
		go func() {
			first, _ := in.ReadByte()
			for first == streamLane {
				f, err := in.next()
				if err != nil {
					return
				}
				if f, is := f.(*call); is {
					r.calls <- rawCall{f, s}
				}
			}
		}()
	}
}

// note reports the frames that say how something ended.
func (r *raw) note(in *frameReader) {
	in.maxMessage = 1 << 30
	for {
		f, err := in.next()
		if err != nil && err != errUnknown {
			return
		}
		switch f := f.(type) {
		case *answer:
			r.events <- fmt.Sprintf("ANSWER %d of %d %s", f.status, f.number, f.words)
		case *pong, *done, *goaway:
			r.events <- typeNames[f.typeByte()]
		}
	}
}

func (r *raw) outcome() string {
	select {
	case e := <-r.events:
		return e
	case <-time.After(patience):
		return "nothing"
	}
}

func (r *raw) write(s quic.SendStream, first []byte, frames ...frame) {
	for _, f := range frames {
		first = append(first, encode(f)...)
	}
	_, _ = s.Write(first)
}

func (r *raw) settled(frames ...frame) *raw {
	r.write(r.control, []byte{streamControl}, append([]frame{unsaidSettings()}, frames...)...)
	return r
}

func (r *raw) open(first byte, frames ...frame) quic.Stream {
	s, err := r.quic.OpenStream()
	if err != nil {
		r.t.Fatal(err)
	}
	r.write(s, []byte{first}, frames...)
	go r.note(newFrameReader(s, 8192, func(byte) uint64 { return 1 << 20 }))
	return s
}

func (r *raw) lane(frames ...frame) quic.Stream { return r.open(streamLane, frames...) }
func (r *raw) own(frames ...frame) quic.Stream  { return r.open(streamOwn, frames...) }

// callback makes a call whose handler calls back, and returns that call.
func (r *raw) callback() rawCall {
	r.settled().lane(&call{number: 1, path: greetPath})
	select {
	case c := <-r.calls:
		return c
	case <-time.After(patience):
		r.t.Fatal("no callback")
		return rawCall{}
	}
}

func text(s string) []byte { return append([]byte{0x0a, byte(len(s))}, s...) }

func plain(number uint64) *call {
	return &call{number: number, path: unaryPath, message: text("waiting")}
}

func uint(v uint64) *uint64 { return &v }

// unknown is a frame of a type that nobody knows.
type unknown struct{}

func (unknown) typeByte() byte             { return 0x7f }
func (unknown) appendBody(b []byte) []byte { return append(b, make([]byte, 100_000)...) }

const (
	served   = "ANSWER 0 of "
	protocol = "CLOSED 0xb004 "
	lost     = "CLOSED 0xb005 "
	stream   = "CLOSED 0xb003 "
)

var rules = []struct {
	name    string
	does    func(r *raw)
	outcome string
}{
	{"a plain call", func(r *raw) { r.settled().lane(plain(1)) }, served},
	{"call number 0", func(r *raw) { r.settled().lane(plain(0)) }, served},
	{"a gap in the numbers", func(r *raw) { r.settled().lane(plain(1 << 40)) }, served},
	{"a call before the own SETTINGS", func(r *raw) { r.lane(plain(1)); r.settled() }, served},
	{"an unknown frame before SETTINGS", func(r *raw) {
		r.write(r.control, []byte{streamControl}, unknown{}, unsaidSettings())
	}, protocol},
	{"unknown frames on the control stream, a lane and an own stream", func(r *raw) {
		r.settled(unknown{}).own(unknown{}, &call{number: 7, path: streamPath}, unknown{})
		r.lane(unknown{}, plain(1))
	}, served},
	{"a PING before SETTINGS", func(r *raw) { r.write(r.control, []byte{streamControl}, &ping{}) }, protocol},
	{"SETTINGS twice", func(r *raw) { r.settled(unsaidSettings()) }, protocol},
	{"a connection ID of the client", func(r *raw) {
		s := unsaidSettings()
		s.ConnectionID, s.said[1] = make([]byte, 16), true
		r.write(r.control, []byte{streamControl}, s)
	}, protocol},
	{"a call-window of 2^31", func(r *raw) {
		s := unsaidSettings()
		s.CallWindow, s.said[9] = 1<<31, true
		r.write(r.control, []byte{streamControl}, s)
		r.lane(plain(1))
	}, served},
	{"an encoding with an unknown name", func(r *raw) {
		s := unsaidSettings()
		s.Encodings, s.said[8] = []string{"x", "x"}, true
		r.write(r.control, []byte{streamControl}, s)
		r.lane(plain(1))
	}, served},
	{"two PINGs at once", func(r *raw) { r.settled(&ping{}, &ping{}) }, "PONG"},
	{"a PONG to nothing", func(r *raw) { r.settled(&pong{}) }, protocol},
	{"a path with two slashes", func(r *raw) { r.settled().lane(&call{number: 1, path: "a/b/c"}) }, "ANSWER 12 "},
	{"a path that ends with a slash", func(r *raw) { r.settled().lane(&call{number: 1, path: "a/b/"}) }, "ANSWER 12 "},
	{"a path that ends with its only slash", func(r *raw) { r.settled().lane(&call{number: 1, path: "a/"}) }, protocol},
	{"a path that begins with a slash", func(r *raw) { r.settled().lane(&call{number: 1, path: "/a/b"}) }, protocol},
	{"an unknown method", func(r *raw) { r.settled().lane(&call{number: 1, path: "a.B/C"}) }, "ANSWER 12 "},
	{"a call without time", func(r *raw) {
		c := plain(1)
		c.timeout = uint(0)
		r.settled().lane(c)
	}, "ANSWER 4 "},
	{"an encoding that was not offered", func(r *raw) {
		c := plain(1)
		c.encoding = uint(63)
		r.settled().lane(c)
	}, protocol},
	{"a streaming method on a lane", func(r *raw) { r.settled().lane(&call{number: 1, path: streamPath}) }, "ANSWER "},
	{"a small unary call on an own stream", func(r *raw) {
		r.settled().own(&call{number: 1, path: unaryPath}, &message{message: text("waiting")}, &halfClose{})
	}, served},
	{"a unary call with two messages", func(r *raw) {
		m := &message{message: text("waiting")}
		r.settled().own(&call{number: 1, path: unaryPath}, m, m, &halfClose{})
	}, "ANSWER 13 "},
	{"a unary call without a message", func(r *raw) { r.settled().own(&call{number: 1, path: unaryPath}, &halfClose{}) }, "ANSWER 13 "},
	{"a method number on an own stream", func(r *raw) { r.settled().own(&call{number: 1, method: 1, path: unaryPath}) }, protocol},
	{"a message in the CALL of an own stream", func(r *raw) { r.settled().own(&call{number: 1, path: unaryPath, message: text("x")}) }, protocol},
	{"a MESSAGE before CALL", func(r *raw) { r.settled().own(&message{}) }, protocol},
	{"a MESSAGE behind HALF_CLOSE", func(r *raw) {
		r.settled().own(&call{number: 1, path: unaryPath}, &message{message: text("wait")}, &halfClose{}, &message{})
	}, protocol},
	{"HALF_CLOSE twice", func(r *raw) {
		r.settled().own(&call{number: 1, path: unaryPath}, &message{message: text("wait")}, &halfClose{}, &halfClose{})
	}, protocol},
	{"a MESSAGE on a lane", func(r *raw) { r.settled().lane(&message{}) }, protocol},
	{"CREDIT of another call", func(r *raw) { r.settled().own(&call{number: 1, path: streamPath}, &credit{2, 1}) }, protocol},
	{"credit beyond 2^31 - 1", func(r *raw) { r.settled().own(&call{number: 1, path: streamPath}, &credit{1, maxCredit}) }, protocol},
	{"CANCEL of another call on an own stream", func(r *raw) { r.settled().own(&call{number: 1, path: streamPath}, &cancel{2}) }, protocol},
	{"CANCEL of a call on a lane, sent on the control stream", func(r *raw) {
		c := &call{number: 1, path: unaryPath, message: text("wait")}
		r.settled().lane(c)
		r.write(r.control, nil, &cancel{1})
	}, "ANSWER 1 "},
	{"CANCEL of nothing", func(r *raw) { r.settled(&cancel{99}).lane(&cancel{98}, plain(1)) }, served},
	{"CANCEL before the CALL", func(r *raw) {
		r.settled(&cancel{5}, &ping{})
		r.outcome()
		r.own(&call{number: 5, path: streamPath})
	}, "ANSWER 1 "},
	{"FIN behind HALF_CLOSE", func(r *raw) {
		s := r.settled().own(&call{number: 1, path: unaryPath}, &message{message: text("wait")}, &halfClose{})
		_ = s.Close()
	}, lost},
	{"FIN on a lane", func(r *raw) { _ = r.settled().lane().Close() }, lost},
	{"FIN on the control stream", func(r *raw) { _ = r.settled().control.Close() }, lost},
	{"FIN before the first byte of a bidirectional stream", func(r *raw) {
		s, _ := r.settled().quic.OpenStream()
		_ = s.Close()
	}, lost},
	{"FIN before the first byte of a unidirectional stream", func(r *raw) {
		s, _ := r.settled().quic.OpenUniStream()
		_ = s.Close()
	}, lost},
	{"RESET_STREAM", func(r *raw) { r.settled().own(&call{number: 1, path: streamPath}).CancelWrite(1) }, lost},
	{"a stream of an unknown kind", func(r *raw) { r.settled().open(9) }, stream},
	{"a unidirectional stream of an unknown kind", func(r *raw) {
		s, _ := r.settled().quic.OpenUniStream()
		_, _ = s.Write([]byte{9})
	}, stream},
	{"a second control stream", func(r *raw) {
		s, _ := r.settled().quic.OpenUniStream()
		_, _ = s.Write([]byte{streamControl})
	}, stream},
	{"an answer stream for nothing", func(r *raw) {
		s, _ := r.settled().quic.OpenUniStream()
		_, _ = s.Write([]byte{streamAnswer, 5})
	}, stream},
	{"a lane too many", func(r *raw) {
		r.settled()
		for i := uint64(0); i <= r.remote.MaxLanes; i++ {
			r.lane()
		}
	}, stream},
	{"a method number that skips one", func(r *raw) { r.settled().lane(&call{number: 1, method: 2, path: unaryPath}) }, protocol},
	{"a method number that was not defined", func(r *raw) { r.settled().lane(&call{number: 1, method: 1}) }, protocol},
	{"a call number twice on a lane", func(r *raw) {
		c := &call{number: 1, path: unaryPath, message: text("wait")}
		r.settled().lane(c, c)
	}, protocol},
	{"a frame too large for a lane", func(r *raw) {
		r.settled().lane(&call{number: 1, path: unaryPath, message: make([]byte, r.remote.MaxLaneFrame)})
	}, protocol},
	{"a message beyond the limit", func(r *raw) {
		r.settled().own(&call{number: 1, path: unaryPath}, &message{message: make([]byte, r.remote.MaxMessage+1)})
	}, "ANSWER 8 "},
	{"an empty chain", func(r *raw) { // flags, and then the fields
		s, _ := r.settled().quic.OpenStream()
		body := appendBytes(append(appendVarint(nil, 1), flag(0)|flag(3), 0), unaryPath)
		body = append(append(body, 0), text("waiting")...)
		_, _ = s.Write(append(append([]byte{streamLane}, byte(len(body)+1), typeCall), body...))
		go r.note(newFrameReader(s, 8192, func(byte) uint64 { return 1 << 20 }))
	}, served},
	{"a chain of 8 calls", func(r *raw) {
		c := plain(1)
		c.chain = strings.Repeat("a.B/C,", 7) + "a.B/C"
		r.settled().lane(c)
	}, "ANSWER 8 "},
	{"a chain of 7 calls", func(r *raw) {
		c := plain(1)
		c.chain = strings.Repeat("a.B/C,", 6) + "a.B/C"
		r.settled().lane(c)
	}, served},
	{"the connection ID of somebody else in the metadata", func(r *raw) {
		c := plain(1)
		c.metadata = metadata{{"brpc-metadata-client-id", []byte("00000000-0000-4000-8000-000000000000")}}
		r.settled().lane(c)
	}, "ANSWER 7 "},
	{"DONE without GOAWAY", func(r *raw) { r.settled(&done{}) }, protocol},
	{"GOAWAY twice", func(r *raw) { r.settled(&goaway{}, &goaway{}) }, protocol},
	{"GOAWAY and DONE of a client", func(r *raw) { r.settled(&goaway{}, &done{}) }, "DONE"},
	{"a call behind GOAWAY", func(r *raw) {
		r.settled(&goaway{}, &ping{})
		r.outcome()
		r.lane(plain(1))
	}, served},
	{"a call behind DONE", func(r *raw) {
		r.settled(&goaway{}, &done{})
		r.outcome()
		r.lane(plain(1))
	}, protocol},
	{"an ANSWER to nothing", func(r *raw) {
		c := r.callback()
		r.write(c.lane, nil, &answer{number: c.number + 1})
	}, protocol},
	{"a failure with an encoding", func(r *raw) {
		c := r.callback()
		r.write(c.lane, nil, &answer{number: c.number, status: 5, encoding: uint(0)})
	}, "ANSWER 5 "},
	{"a response in an encoding that was not offered", func(r *raw) {
		c := r.callback()
		r.write(c.lane, nil, &answer{number: c.number, encoding: uint(63)})
	}, protocol},
	{"HEADERS on a lane", func(r *raw) {
		c := r.callback()
		r.write(c.lane, nil, &headers{metadata{}})
	}, protocol},
	{"an answer stream without a MESSAGE", func(r *raw) {
		c := r.callback()
		s, _ := r.quic.OpenUniStream()
		r.write(s, appendVarint([]byte{streamAnswer}, c.number), &answer{number: c.number})
		_ = s.Close()
	}, "ANSWER 13 "},
	{"a failure on an answer stream", func(r *raw) {
		c := r.callback()
		s, _ := r.quic.OpenUniStream()
		r.write(s, appendVarint([]byte{streamAnswer}, c.number), &answer{number: c.number, status: 5})
		_ = s.Close()
	}, "ANSWER 5 "},
	{"an answer stream with two MESSAGEs", func(r *raw) {
		c := r.callback()
		s, _ := r.quic.OpenUniStream()
		r.write(s, appendVarint([]byte{streamAnswer}, c.number), &message{}, &message{}, &answer{number: c.number})
		_ = s.Close()
	}, "ANSWER 13 "},
}
