package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"brpc.test/gopeer/brpc2"
	"brpc.test/gopeer/proto"
)

// probe is an exercise that also does what the text of a request says; the tests have the same in Java:
//
//	fail       fails with NOT_FOUND, words and trailers
//	metadata   sends the request's "probe" and "probe-bin" back, as headers and as trailers
//	wait       answers when it is cancelled, if ever
//	waiting    says how many calls have begun to wait
//	cancelled  says how many of them have been cancelled
//	data       answers with as many bytes as "count" says
type probe struct {
	exercise
	waiting, cancelled atomic.Int32
}

func (p *probe) Unary(ctx context.Context, request *proto.Payload) (*proto.Payload, error) {
	switch request.GetText() {
	case "fail":
		_ = grpc.SetTrailer(ctx, metadata.Pairs("probe", "why", "probe-bin", "\x00\xff"))
		return nil, status.Error(codes.NotFound, "no such grüß")
	case "metadata":
		md, _ := metadata.FromIncomingContext(ctx)
		back := metadata.MD{"probe": md["probe"], "probe-bin": md["probe-bin"]}
		_ = grpc.SetHeader(ctx, back)
		_ = grpc.SetTrailer(ctx, back)
		return request, nil
	case "wait":
		return nil, p.wait(ctx)
	case "waiting":
		return &proto.Payload{Count: p.waiting.Load()}, nil
	case "cancelled":
		return &proto.Payload{Count: p.cancelled.Load()}, nil
	case "data":
		return &proto.Payload{Data: make([]byte, request.GetCount())}, nil
	}
	return p.exercise.Unary(ctx, request)
}

func (p *probe) wait(ctx context.Context) error {
	p.waiting.Add(1)
	<-ctx.Done()
	p.cancelled.Add(1)
	return ctx.Err()
}

func (p *probe) ServerStream(request *proto.Payload, stream proto.Exercise_ServerStreamServer) error {
	if request.GetText() == "wait" {
		if err := stream.Send(request); err != nil {
			return err
		}
		return p.wait(stream.Context())
	}
	return p.exercise.ServerStream(request, stream)
}

// probeCalls are the commands of an end that speaks brpc/2, beside those of forwardCalls:
//
//	fail, metadata        a call of that name
//	deadline <kind>       a call that waits for its deadline of half a second
//	cancel <kind>         a call that is cancelled when it waits
//	down <count>          a server stream of many messages, of which all but the first are taken after another command
//	up <count>            a client stream of many messages
//	data <bytes>          a unary call with a large answer
//	cancelled             how many of this end's calls the other has cancelled
//	ping                  a PING
//
// A kind is "unary", on a lane, or "stream", on an own stream.
type probeCalls struct {
	forwardCalls
	conn *brpc2.Conn
}

func (p *probeCalls) run(line string, lines <-chan string) {
	ctx, cancel := context.WithTimeout(context.Background(), p.timeout)
	defer cancel()
	var word, kind string
	var count int
	_, _ = fmt.Sscan(line, &word, &kind)
	_, _ = fmt.Sscan(kind, &count)
	switch word {
	case "fail":
		var trailers metadata.MD
		_, err := p.exercise.Unary(ctx, &proto.Payload{Text: "fail"}, grpc.Trailer(&trailers))
		say("failed %s %s %s", status.Code(err), status.Convert(err).Message(), text(trailers))
	case "metadata":
		p.metadata(ctx)
	case "deadline":
		ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
		defer cancel()
		result("", p.wait(ctx, kind, func() {}))
	case "cancel":
		before, _ := p.waiting(ctx)
		inner, cancel := context.WithCancel(ctx)
		result("", p.wait(inner, kind, func() {
			for now, err := before, error(nil); now == before && err == nil; now, err = p.waiting(ctx) {
			}
			cancel()
		}))
	case "down":
		p.down(ctx, count, lines)
	case "up":
		p.up(ctx, count)
	case "data":
		response, err := p.exercise.Unary(ctx, &proto.Payload{Text: "data", Count: int32(count)})
		result(fmt.Sprint(len(response.GetData())), err)
	case "cancelled":
		response, err := p.exercise.Unary(ctx, &proto.Payload{Text: word})
		result(fmt.Sprint(response.GetCount()), err)
	case "ping":
		_, err := p.conn.Ping(ctx)
		result("pong", err)
	default:
		p.forwardCalls.run(line, lines)
	}
}

func text(md metadata.MD) string {
	return fmt.Sprintf("%v %s", md["probe"], hex.EncodeToString([]byte(fmt.Sprint(md["probe-bin"]))))
}

func (p *probeCalls) metadata(ctx context.Context) {
	ctx = metadata.AppendToOutgoingContext(ctx, "probe", "one", "probe-bin", "\x00\x80\xff", "probe", "two  spaces")
	var headers, trailers metadata.MD
	_, err := p.exercise.Unary(ctx, &proto.Payload{Text: "metadata"}, grpc.Header(&headers), grpc.Trailer(&trailers))
	result(text(headers)+" "+text(trailers), err)
}

func (p *probeCalls) waiting(ctx context.Context) (int32, error) {
	response, err := p.exercise.Unary(ctx, &proto.Payload{Text: "waiting"})
	return response.GetCount(), err
}

// wait makes a call that waits, and calls when it is on its way.
func (p *probeCalls) wait(ctx context.Context, kind string, waiting func()) error {
	request := &proto.Payload{Text: "wait"}
	if kind == "unary" {
		go waiting()
		_, err := p.exercise.Unary(ctx, request)
		return err
	}
	stream, err := p.exercise.ServerStream(ctx, request)
	if err != nil {
		return err
	}
	if _, err := stream.Recv(); err != nil {
		return err
	}
	waiting()
	_, err = stream.Recv()
	return err
}

func (p *probeCalls) down(ctx context.Context, count int, lines <-chan string) {
	stream, err := p.exercise.ServerStream(ctx, &proto.Payload{Text: "s", Count: int32(count), Data: p.data})
	got := 0
	for err == nil {
		if got == 1 {
			say("started")
			<-lines
		}
		var response *proto.Payload
		if response, err = stream.Recv(); err == nil {
			err = same(response, p.data)
			got++
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	result(fmt.Sprint(got), err)
}

func (p *probeCalls) up(ctx context.Context, count int) {
	stream, err := p.exercise.ClientStream(ctx)
	for i := 0; i < count && err == nil; i++ {
		err = stream.Send(&proto.Payload{Text: "x", Data: p.data})
	}
	if err != nil && !errors.Is(err, io.EOF) {
		result("", err)
		return
	}
	response, err := stream.CloseAndRecv()
	result(fmt.Sprint(len(response.GetText())), err)
}
