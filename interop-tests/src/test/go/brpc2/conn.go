package brpc2

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// ALPN is the name that TLS negotiates.
const ALPN = "brpc/2"

// Codes with which a connection is closed, see End.
const (
	NoError          quic.ApplicationErrorCode = 0
	ServerShutdown   quic.ApplicationErrorCode = 0x64
	SetupTimeout     quic.ApplicationErrorCode = 0xb001
	UnexpectedStream quic.ApplicationErrorCode = 0xb003
	ProtocolError    quic.ApplicationErrorCode = 0xb004
	StreamLost       quic.ApplicationErrorCode = 0xb005
	DrainTimeout     quic.ApplicationErrorCode = 0xb006
	Stalled          quic.ApplicationErrorCode = 0xb00a
)

// First bytes of streams.
const (
	streamControl = 0x01
	streamLane    = 0x02
	streamOwn     = 0x03
	streamAnswer  = 0x04
)

const (
	setupTimeout = 10 * time.Second
	// ownCalls is how many calls this end has in flight at most, whatever the other allows: that many answer streams
	// are granted before its SETTINGS say what it allows.
	ownCalls         = 1000
	controlFrameSize = 16384
	spareFrame       = 2048
	ownLanes         = 2
)

// Conn is one connection, at either end. It is a grpc.ClientConnInterface for calls to the other end. Safe for use by
// any goroutine.
type Conn struct {
	quic        quic.Connection
	isServer    bool
	services    *Services
	idleTimeout time.Duration
	compress    bool
	pinged      func()
	local       *Settings
	remote      *Settings // set before ready is closed
	ready       chan struct{}
	control     *outbox
	slots       chan struct{} // of calls in flight to the other end
	lanes       outLanes
	pings       pings

	mu         sync.Mutex
	next       uint64 // number of a call
	outbound   map[uint64]*outCall
	inbound    map[uint64]*inCall
	lanesIn    uint64
	hasControl bool
	strays     []uint64 // cancelled before they came
	drain      drain
	cause      error // why it ended
}

// ID is the connection ID as text.
func (c *Conn) ID() string {
	id := c.local.ConnectionID
	if !c.isServer {
		id = c.remote.ConnectionID
	}
	h := hex.EncodeToString(id)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// start sets a connection up and returns it when the other end's SETTINGS are there.
func start(q quic.Connection, o Options, isServer bool, id []byte) (*Conn, error) {
	c := &Conn{quic: q, isServer: isServer, services: o.Services, idleTimeout: o.idleTimeout(), compress: o.Compress, pinged: o.Pinged,
		local: o.settings(id), ready: make(chan struct{}), outbound: map[uint64]*outCall{}, inbound: map[uint64]*inCall{}}
	c.drain.over = make(chan struct{})
	control, err := q.OpenUniStream()
	if err != nil {
		return nil, err
	}
	c.control = newOutbox(c, control)
	c.control.begin([]byte{streamControl}, c.local)
	go c.watch(o.Ended)
	go c.acceptUnidirectional()
	select {
	case <-c.ready:
	case <-time.After(setupTimeout):
		c.fail(SetupTimeout, "no SETTINGS in time")
		return nil, c.Err()
	case <-q.Context().Done():
		return nil, context.Cause(q.Context())
	}
	go c.acceptBidirectional()
	if !isServer {
		go c.keepAlive()
	}
	return c, nil
}

// watch ends all calls with the connection.
func (c *Conn) watch(ended func(*Conn)) {
	<-c.quic.Context().Done()
	c.ended(context.Cause(c.quic.Context()))
	if ended != nil {
		ended(c)
	}
}

func (c *Conn) ended(cause error) {
	c.mu.Lock()
	if c.cause == nil {
		c.cause = cause
	}
	cause = c.cause
	outbound, inbound := c.outbound, c.inbound
	c.outbound, c.inbound = map[uint64]*outCall{}, map[uint64]*inCall{}
	c.drain.finish()
	c.mu.Unlock()
	for _, call := range outbound {
		call.end(nil, status.Error(codes.Unavailable, describe(cause)), false)
		call.out.abandon()
	}
	for _, call := range inbound {
		call.lost()
	}
	c.control.abandon()
}

func describe(cause error) string {
	var closed *quic.ApplicationError
	if errors.As(cause, &closed) && closed.Remote {
		return fmt.Sprintf("remote closed connection: %#x %s", uint64(closed.ErrorCode), closed.ErrorMessage)
	}
	return fmt.Sprintf("connection closed: %v", cause)
}

// fail closes the connection with a code and words.
func (c *Conn) fail(code quic.ApplicationErrorCode, words string) {
	c.mu.Lock()
	if c.cause == nil {
		c.cause = fmt.Errorf("closed with %#x: %s", uint64(code), words)
	}
	c.mu.Unlock()
	_ = c.quic.CloseWithError(code, words)
}

// Err says why the connection ended, nil while it has not.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// Done is closed when the connection has ended.
func (c *Conn) Done() <-chan struct{} { return c.drain.over }

func isStreamError(err error) bool {
	var reset *quic.StreamError
	return errors.As(err, &reset)
}

// streamFailed closes the connection for what ended a stream too early.
func (c *Conn) streamFailed(err error, id quic.StreamID) {
	var rule *brokenRule
	switch {
	case errors.As(err, &rule):
		c.fail(ProtocolError, fmt.Sprintf("%s of stream %d", rule.words, id))
	case err == errStalled:
		c.fail(Stalled, fmt.Sprintf("stream %d: %v", id, err))
	case err == io.EOF, err == io.ErrUnexpectedEOF, isStreamError(err):
		c.fail(StreamLost, fmt.Sprintf("stream %d: %v", id, err))
	}
}

func (c *Conn) acceptUnidirectional() {
	for {
		s, err := c.quic.AcceptUniStream(c.quic.Context())
		if err != nil {
			return
		}
		go c.readUnidirectional(s, c.reader(s, c.frameLimit))
	}
}

func (c *Conn) readUnidirectional(s quic.ReceiveStream, r *frameReader) {
	first, err := r.ReadByte()
	switch {
	case err != nil:
		c.streamFailed(err, s.StreamID())
	case first == streamControl && c.isFirstControl():
		r.limit = func(byte) uint64 { return controlFrameSize }
		c.streamFailed(c.readControl(r), s.StreamID())
	case first == streamAnswer:
		c.streamFailed(c.readAnswerStream(s, r), s.StreamID())
	default:
		c.fail(UnexpectedStream, fmt.Sprintf("stream %d begins with %#x", s.StreamID(), first))
	}
}

func (c *Conn) isFirstControl() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.hasControl
	c.hasControl = true
	return !was
}

// acceptBidirectional begins when the SETTINGS are there: until then, calls of the other end stay unread.
func (c *Conn) acceptBidirectional() {
	for {
		s, err := c.quic.AcceptStream(c.quic.Context())
		if err != nil {
			return
		}
		go c.readBidirectional(s, c.reader(s, c.frameLimit))
	}
}

func (c *Conn) readBidirectional(s quic.Stream, r *frameReader) {
	first, err := r.ReadByte()
	switch {
	case err != nil:
		c.streamFailed(err, s.StreamID())
	case first == streamLane && c.isLaneAllowed():
		r.limit, r.maxMessage = func(byte) uint64 { return c.local.MaxLaneFrame }, 0
		c.streamFailed(c.readLane(newOutbox(c, s), r), s.StreamID())
	case first == streamOwn:
		c.streamFailed(c.readOwnStream(newOutbox(c, s), r), s.StreamID())
	default:
		c.fail(UnexpectedStream, fmt.Sprintf("stream %d begins with %#x, or is a lane too many", s.StreamID(), first))
	}
}

func (c *Conn) isLaneAllowed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lanesIn++
	return c.lanesIn <= c.local.MaxLanes
}

func (c *Conn) reader(s io.Reader, limit func(byte) uint64) *frameReader {
	r := newFrameReader(s, int(c.local.MaxMetadata), limit)
	r.maxMessage, r.encodings = c.local.MaxMessage, uint64(len(c.local.Encodings))
	return r
}

// frameLimit is that of streams that are neither lanes nor the control stream.
func (c *Conn) frameLimit(byte) uint64 { return c.local.MaxMetadata + spareFrame }

// unexpected is a frame that is not for this stream, or not now.
func unexpected(r *frameReader, f frame, words string) error {
	return broken(typeNames[f.typeByte()], r.start, errors.New(words))
}

// readControl reads the other end's control stream, for as long as the connection lives.
func (c *Conn) readControl(r *frameReader) error {
	for {
		f, err := r.next()
		if err == errUnknown && c.remote != nil {
			continue
		}
		if err == errUnknown {
			return broken("frame of an unknown type", r.start, errors.New("SETTINGS are first"))
		}
		if err != nil {
			return err
		}
		settings, is := f.(*Settings)
		if is == (c.remote != nil) {
			return unexpected(r, f, "SETTINGS are first, and once")
		}
		switch f := f.(type) {
		case *Settings:
			if (settings.ConnectionID == nil) != c.isServer {
				return unexpected(r, f, "the server says the connection ID, and nobody else")
			}
			c.remote = settings
			c.slots = make(chan struct{}, min(settings.MaxCalls, ownCalls))
			c.lanes.limit = int(min(settings.MaxLanes, ownLanes))
			close(c.ready)
		case *ping:
			c.control.send(&pong{f.payload})
			if c.pinged != nil {
				c.pinged()
			}
		case *pong:
			if !c.pings.answered(f.payload) {
				return unexpected(r, f, "answers no PING")
			}
		case *cancel:
			c.cancelInbound(f.number)
		case *goaway, *done:
			if words := c.drainFrame(f); words != "" {
				return unexpected(r, f, words)
			}
		default:
			return unexpected(r, f, "is not for the control stream")
		}
	}
}
