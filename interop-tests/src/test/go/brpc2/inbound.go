package brpc2

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpcmetadata "google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const (
	maxChainCalls = 8
	maxChainBytes = 4096
	maxStrays     = 64
)

// inCall is a call of the other end. It is a grpc.ServerStream.
type inCall struct {
	conn   *Conn
	number uint64
	path   string
	own    bool
	out    *outbox
	ctx    context.Context
	cancel context.CancelFunc
	inbox  *inbox
	credit *sendCredit

	mu          sync.Mutex
	isAnswered  bool
	headersSent bool
	header      metadata
	trailer     metadata
}

type connKey struct{}

type chainKey struct{}

// FromContext returns the connection that the call of a handler came on.
func FromContext(ctx context.Context) *Conn {
	c, _ := ctx.Value(connKey{}).(*Conn)
	return c
}

// outboundChain is what a call made in a handler says of those that led to it.
func outboundChain(ctx context.Context) string {
	chain, _ := ctx.Value(chainKey{}).(string)
	return chain
}

func (c *Conn) newInCall(f *call, out *outbox, own bool) *inCall {
	in := &inCall{conn: c, number: f.number, path: f.path, own: own, out: out, inbox: newInbox(c.local.CallWindow),
		credit: newSendCredit(c.remote.CallWindow)}
	chain := f.path
	if f.chain != "" {
		chain = f.chain + "," + f.path
	}
	ctx := context.WithValue(context.WithValue(context.Background(), connKey{}, c), chainKey{}, chain)
	ctx = grpcmetadata.NewIncomingContext(ctx, f.metadata.toGRPC())
	ctx = grpc.NewContextWithServerTransportStream(ctx, unaryStream{in})
	if f.timeout != nil {
		in.ctx, in.cancel = context.WithTimeout(ctx, time.Duration(min(*f.timeout, 1<<50))*time.Microsecond)
	} else {
		in.ctx, in.cancel = context.WithCancel(ctx)
	}
	return in
}

// admit serves a call or refuses it; what it returns breaks a rule.
func (c *Conn) admit(in *inCall, f *call) (words string) {
	c.mu.Lock()
	_, twice := c.inbound[in.number]
	isDone, tooMany := c.drain.doneReceived, uint64(len(c.inbound)) >= c.local.MaxCalls
	isStray := false
	for _, number := range c.strays {
		isStray = isStray || number == in.number
	}
	if !twice && !isDone {
		c.inbound[in.number] = in
	}
	c.mu.Unlock()
	handler, known := c.services.handlers[in.path]
	chain := outboundChain(in.ctx)
	switch {
	case twice:
		return fmt.Sprintf("call number %d is in flight", in.number)
	case isDone:
		return "comes behind DONE"
	case tooMany:
		in.answer(&answer{status: uint64(codes.Unavailable), words: "too many calls in flight", notRun: true})
	case isStray:
		in.fail(codes.Canceled, "cancelled")
	case f.timeout != nil && *f.timeout == 0:
		in.fail(codes.DeadlineExceeded, "the deadline was over when the call came")
	case !known:
		in.fail(codes.Unimplemented, "unknown method "+in.path)
	case strings.Count(chain, ",") >= maxChainCalls, len(chain) > maxChainBytes:
		in.fail(codes.ResourceExhausted, "too many calls led to this one: "+chain)
	case handler.streams && !in.own:
		in.fail(codes.Internal, "a streaming call has a stream of its own")
	default:
		context.AfterFunc(in.ctx, func() {
			if in.ctx.Err() == context.DeadlineExceeded {
				in.fail(codes.DeadlineExceeded, "the deadline is over")
			}
		})
		go in.run(handler)
	}
	return ""
}

func (in *inCall) run(handler handler) {
	response, err := handler.serve(in)
	a := &answer{}
	if err == nil && response != nil {
		a.message, err = proto.Marshal(response)
	}
	if err != nil {
		s, isStatus := status.FromError(err)
		if !isStatus {
			s = status.FromContextError(err)
		}
		a = &answer{status: uint64(s.Code()), words: s.Message()}
	} else if !handler.streams && in.own {
		if err := in.SendMsg(response); err != nil {
			return
		}
		a.message = nil
	} else if !handler.streams {
		a.message, a.encoding = in.conn.compressed(a.message)
	}
	in.answer(a)
}

func (in *inCall) fail(code codes.Code, words string) {
	in.answer(&answer{status: uint64(code), words: words})
}

// cancelInbound cancels a call, now or when it comes.
func (c *Conn) cancelInbound(number uint64) {
	c.mu.Lock()
	in := c.inbound[number]
	if in == nil {
		c.strays = append(c.strays, number)
		c.strays = c.strays[max(0, len(c.strays)-maxStrays):]
	}
	c.mu.Unlock()
	if in != nil {
		in.fail(codes.Canceled, "cancelled by the caller")
	}
}

func (in *inCall) answered() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.isAnswered
}

// lost ends a call whose connection is gone.
func (in *inCall) lost() {
	in.mu.Lock()
	in.isAnswered = true
	in.mu.Unlock()
	in.over(status.Error(codes.Unavailable, "connection lost"))
}

func (in *inCall) over(err error) {
	in.cancel()
	in.inbox.finish(err, true)
}

// answer ends the call; only the first answer counts. Where the answer goes depends on where the call came.
func (in *inCall) answer(a *answer) {
	in.mu.Lock()
	if in.isAnswered {
		in.mu.Unlock()
		return
	}
	in.isAnswered = true
	a.number, a.trailers = in.number, in.trailer
	if !in.headersSent {
		a.headers = in.header
	}
	c := in.conn
	if cost := a.headers.cost() + a.trailers.cost() + len(a.words); cost > int(c.remote.MaxMetadata) {
		a = &answer{number: in.number, status: uint64(codes.ResourceExhausted),
			words: fmt.Sprintf("metadata is %d bytes, limit is %d", cost, c.remote.MaxMetadata)}
	}
	in.mu.Unlock()
	c.mu.Lock()
	delete(c.inbound, in.number)
	c.mu.Unlock()
	switch {
	case in.own:
		in.out.send(a)
		in.out.finish()
	case len(a.appendBody(nil))+1 <= int(c.remote.MaxLaneFrame):
		in.out.send(a)
	default:
		go in.answerOnStream(a)
	}
	in.over(context.Canceled)
}

func (in *inCall) answerOnStream(a *answer) {
	s, err := in.conn.quic.OpenUniStreamSync(in.conn.quic.Context())
	if err != nil {
		return
	}
	var frames []frame
	if a.headers != nil {
		frames = append(frames, &headers{a.headers})
	}
	if a.status == 0 {
		frames = append(frames, &message{encoding: a.encoding, message: a.message})
	}
	a.headers, a.encoding, a.message = nil, nil, nil
	out := newOutbox(in.conn, s)
	out.begin(appendVarint([]byte{streamAnswer}, in.number), append(frames, a)...)
	out.finish()
}

// onlyRequest takes the one request of a unary call.
func (in *inCall) onlyRequest(into any) error {
	if err := in.RecvMsg(into); err != nil {
		if err == io.EOF {
			err = status.Error(codes.Internal, "no request")
		}
		return err
	}
	if err := in.RecvMsg(nil); err != io.EOF {
		if err == nil {
			err = status.Error(codes.Internal, "more than one request")
		}
		return err
	}
	return nil
}

func (in *inCall) RecvMsg(into any) error {
	m, back, err := in.inbox.pop()
	if err != nil {
		return err
	}
	if back > 0 && in.own {
		in.mu.Lock()
		if !in.isAnswered {
			in.out.send(&credit{in.number, back})
		}
		in.mu.Unlock()
	}
	bytes, err := in.conn.decompressed(m)
	if err == nil && into != nil {
		if err = proto.Unmarshal(bytes, into.(proto.Message)); err != nil {
			err = status.Error(codes.Internal, err.Error())
		}
	}
	return err
}

func (in *inCall) SendMsg(m any) error {
	bytes, err := proto.Marshal(m.(proto.Message))
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	f := &message{}
	f.message, f.encoding = in.conn.compressed(bytes)
	if err := in.SendHeader(nil); err != nil {
		return err
	}
	in.out.waitForRoom()
	if !in.credit.spend(in.ctx, len(f.message)) {
		return status.FromContextError(in.ctx.Err()).Err()
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.isAnswered {
		return status.Error(codes.Canceled, "the call is over")
	}
	in.out.send(f)
	return nil
}

func (in *inCall) SetHeader(md grpcmetadata.MD) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.headersSent {
		return status.Error(codes.Internal, "headers are sent already")
	}
	in.header = append(in.header, fromGRPC(md)...)
	return nil
}

// SendHeader sends what there is on an own stream; on a lane it goes with the answer.
func (in *inCall) SendHeader(md grpcmetadata.MD) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.headersSent || in.isAnswered {
		return nil
	}
	in.header = append(in.header, fromGRPC(md)...)
	if in.own {
		if in.headersSent = true; in.header.cost() > int(in.conn.remote.MaxMetadata) {
			return status.Error(codes.ResourceExhausted, "metadata is beyond the limit")
		}
		if in.header != nil {
			in.out.send(&headers{in.header})
		}
	}
	return nil
}

func (in *inCall) SetTrailer(md grpcmetadata.MD) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.trailer = append(in.trailer, fromGRPC(md)...)
}

func (in *inCall) Context() context.Context { return in.ctx }
