package brpc2

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpcmetadata "google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// outCall is a call to the other end. It is a grpc.ClientStream. In flight from CALL to ANSWER; over for the
// application from the end, which may come before.
type outCall struct {
	conn   *Conn
	ctx    context.Context
	over   context.Context
	ends   context.CancelFunc
	number uint64
	own    bool
	out    *outbox
	inbox  *inbox
	credit *sendCredit

	mu         sync.Mutex
	cancelled  bool
	halfClosed bool
	isOver     bool
	hasHeader  chan struct{}
	header     metadata
	trailer    metadata
	failure    error
}

// Invoke makes a unary call: on a lane if it fits there.
func (c *Conn) Invoke(ctx context.Context, method string, request, response any, options ...grpc.CallOption) error {
	bytes, err := proto.Marshal(request.(proto.Message))
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	call, err := c.newCall(ctx, method, bytes)
	if err != nil {
		return err
	}
	if call.own {
		_ = call.sendBytes(bytes)
		_ = call.CloseSend()
	}
	err = call.RecvMsg(response)
	if err == nil {
		if err = call.RecvMsg(nil); err == nil {
			call.abandon(status.Error(codes.Internal, "more than one response"))
			err = call.failure
		}
	} else if err == io.EOF {
		err = status.Error(codes.Internal, "no response")
	}
	for _, option := range options {
		switch option := option.(type) {
		case grpc.HeaderCallOption:
			*option.HeaderAddr, _ = call.Header()
		case grpc.TrailerCallOption:
			*option.TrailerAddr = call.Trailer()
		}
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// NewStream begins a call with an own stream.
func (c *Conn) NewStream(ctx context.Context, _ *grpc.StreamDesc, method string, _ ...grpc.CallOption) (grpc.ClientStream, error) {
	return c.newCall(ctx, method, nil)
}

// newCall sends CALL: on a lane with a request that fits, on an own stream without one.
func (c *Conn) newCall(ctx context.Context, method string, request []byte) (*outCall, error) {
	frame := &call{path: strings.TrimPrefix(method, "/"), chain: outboundChain(ctx)}
	if md, ok := grpcmetadata.FromOutgoingContext(ctx); ok {
		frame.metadata = fromGRPC(md)
	}
	if cost := frame.metadata.cost() + len(frame.chain); cost > int(c.remote.MaxMetadata) {
		return nil, status.Errorf(codes.ResourceExhausted, "metadata is %d bytes, limit is %d", cost, c.remote.MaxMetadata)
	}
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, status.FromContextError(ctx.Err()).Err()
	case <-c.Done():
		return nil, status.Error(codes.Unavailable, describe(c.Err()))
	}
	o := &outCall{conn: c, ctx: ctx, inbox: newInbox(c.local.CallWindow), hasHeader: make(chan struct{})}
	o.over, o.ends = context.WithCancel(context.Background())
	if deadline, ok := ctx.Deadline(); ok {
		micros := uint64(max(0, time.Until(deadline).Microseconds()))
		frame.timeout = &micros
	}
	sent := false
	var err error
	if request != nil {
		sent, err = c.callOnLane(o, frame, request)
	}
	if !sent && err == nil {
		err = c.callOnOwnStream(o, frame)
	}
	if err != nil {
		<-c.slots
		return nil, err
	}
	o.watch()
	return o, nil
}

// watch ends the call with its context.
func (o *outCall) watch() {
	stop := context.AfterFunc(o.ctx, func() { o.abandon(status.FromContextError(o.ctx.Err()).Err()) })
	context.AfterFunc(o.over, func() { stop() })
}

func (c *Conn) callOnOwnStream(o *outCall, f *call) error {
	s, err := c.quic.OpenStreamSync(o.ctx)
	if err != nil {
		return c.notOpened(o.ctx, err)
	}
	o.own, o.number, o.credit = true, c.nextNumber(), newSendCredit(c.remote.CallWindow)
	o.out = newOutbox(c, s)
	f.number = o.number
	if err := c.register(o); err != nil {
		o.out.abandon() // the stream is unseen as long as nothing is sent
		return err
	}
	o.out.begin([]byte{streamOwn}, f)
	go func() { c.streamFailed(c.readCallee(o, c.reader(s, c.frameLimit)), s.StreamID()) }()
	return nil
}

func (c *Conn) nextNumber() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	return c.next
}

// register makes a call one that is in flight, unless the connection makes none any more.
func (c *Conn) register(o *outCall) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drain.isOver {
		return status.Error(codes.Unavailable, describe(c.cause))
	}
	if c.drain.refusesCalls(c.isServer) {
		return status.Error(codes.Unavailable, "the connection is about to end")
	}
	c.outbound[o.number] = o
	return nil
}

func (c *Conn) inFlight(number uint64) *outCall {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.outbound[number]
}

// readAnswers reads the callee's half of a lane.
func (c *Conn) readAnswers(lane *outbox, r *frameReader) error {
	for {
		f, err := r.next()
		if err == errUnknown {
			continue
		}
		if err != nil {
			return err
		}
		a, ok := f.(*answer)
		if !ok {
			return unexpected(r, f, "is not for a lane")
		}
		o := c.inFlight(a.number)
		if o == nil || o.out != lane {
			return unexpected(r, f, fmt.Sprintf("call number %d is not in flight here", a.number))
		}
		if a.status == 0 {
			o.inbox.push(&message{encoding: a.encoding, message: a.message})
		}
		o.answered(a)
	}
}

// readAnswerStream reads an answer that was too large for its lane.
func (c *Conn) readAnswerStream(s quic.ReceiveStream, r *frameReader) error {
	number, err := r.varint()
	if err != nil {
		return err
	}
	o := c.inFlight(number)
	if o == nil || o.own {
		c.fail(UnexpectedStream, fmt.Sprintf("stream %d answers call number %d, which is not in flight on a lane", s.StreamID(), number))
		return nil
	}
	return c.readCallee(o, r)
}

// readCallee reads the callee's half of an own stream, or an answer stream, up to its end.
func (c *Conn) readCallee(o *outCall, r *frameReader) error {
	for messages := 0; ; {
		f, err := r.next()
		if err == errUnknown {
			continue
		}
		if err != nil {
			return err
		}
		switch f := f.(type) {
		case *headers:
			if messages > 0 || !o.headersReceived(f.metadata) {
				return unexpected(r, f, "comes too late")
			}
		case *message:
			messages++
			o.headersReceived(nil)
			if !o.inbox.push(f) {
				return unexpected(r, f, "comes without credit")
			}
		case *credit:
			if !o.own || f.number != o.number || !o.credit.add(f.bytes) {
				return unexpected(r, f, "is not for this call, or too much")
			}
		case *answer:
			if f.number != o.number || len(f.message) > 0 || c.inFlight(f.number) != o {
				return unexpected(r, f, "is not for this call")
			}
			o.answered(f)
			if _, err := r.ReadByte(); err != io.EOF {
				if err == nil {
					err = unexpected(r, f, "has something behind it")
				}
				return err
			}
			return nil
		default:
			return unexpected(r, f, "is not for a callee")
		}
	}
}

// headersReceived is false if there were some already.
func (o *outCall) headersReceived(md metadata) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case <-o.hasHeader:
		return false
	default:
		o.header = md
		close(o.hasHeader)
		return true
	}
}

// answered ends the call at both ends.
func (o *outCall) answered(a *answer) {
	c := o.conn
	o.headersReceived(a.headers)
	var failure error
	if a.status != 0 {
		failure = status.Error(codes.Code(a.status), a.words)
	}
	o.end(a.trailers, failure, false)
	if o.own {
		o.out.finish()
	}
	c.mu.Lock()
	_, was := c.outbound[o.number]
	delete(c.outbound, o.number)
	c.mu.Unlock()
	if was {
		<-c.slots
	}
	c.advance()
}

// end ends the call for the application; only the first end counts.
func (o *outCall) end(trailers metadata, failure error, dropMessages bool) {
	o.mu.Lock()
	if !o.isOver {
		o.isOver, o.trailer, o.failure = true, trailers, failure
	}
	o.mu.Unlock()
	o.headersReceived(nil)
	o.inbox.finish(failure, dropMessages)
	o.ends()
}

// abandon sends CANCEL and ends the call for the application. It is in flight until its ANSWER.
func (o *outCall) abandon(failure error) {
	o.mu.Lock()
	if o.isOver {
		o.mu.Unlock()
		return
	}
	o.cancelled = true
	o.out.send(&cancel{o.number})
	if o.own {
		o.conn.control.send(&cancel{o.number})
	}
	o.mu.Unlock()
	o.end(nil, failure, true)
}

// sendIfOpen sends unless the call has gone further than that.
func (o *outCall) sendIfOpen(f frame, behindHalfClose bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.isOver || o.cancelled || (o.halfClosed && !behindHalfClose) {
		return false
	}
	_, isLast := f.(*halfClose)
	o.halfClosed = o.halfClosed || isLast
	o.out.send(f)
	return true
}

func (o *outCall) sendBytes(bytes []byte) error {
	m := &message{}
	m.message, m.encoding = o.conn.compressed(bytes)
	o.out.waitForRoom()
	if !o.credit.spend(o.over, len(m.message)) || !o.sendIfOpen(m, false) {
		return io.EOF // as grpc-go has it: RecvMsg says why
	}
	return nil
}

func (o *outCall) SendMsg(m any) error {
	bytes, err := proto.Marshal(m.(proto.Message))
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	return o.sendBytes(bytes)
}

func (o *outCall) CloseSend() error {
	o.sendIfOpen(&halfClose{}, false)
	return nil
}

func (o *outCall) RecvMsg(into any) error {
	m, back, err := o.inbox.pop()
	if err != nil {
		return err
	}
	if back > 0 && o.own {
		o.sendIfOpen(&credit{o.number, back}, true)
	}
	bytes, err := o.conn.decompressed(m)
	if err == nil && into != nil {
		if err = proto.Unmarshal(bytes, into.(proto.Message)); err != nil {
			err = status.Error(codes.Internal, err.Error())
		}
	}
	if err != nil {
		o.abandon(err)
	}
	return err
}

func (o *outCall) Header() (grpcmetadata.MD, error) {
	<-o.hasHeader
	return o.header.toGRPC(), nil
}

func (o *outCall) Trailer() grpcmetadata.MD { return o.trailer.toGRPC() }

func (o *outCall) Context() context.Context { return o.ctx }
