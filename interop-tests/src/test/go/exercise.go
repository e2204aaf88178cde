package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"google.golang.org/grpc"

	"brpc.test/gopeer/proto"
)

// exercise serves all four kinds of call. What it answers starts with its name, so that
// the caller sees who answered. Before it answers, it calls back if there is somebody to
// call, and ends with what came of it.
type exercise struct {
	proto.UnimplementedExerciseServer
	name     string
	callBack func(ctx context.Context) (string, error)
}

func (e *exercise) suffix(ctx context.Context) (string, error) {
	if e.callBack == nil {
		return "", nil
	}
	outcome, err := e.callBack(ctx)
	return "|" + outcome, err
}

func (e *exercise) Unary(ctx context.Context, request *proto.Payload) (*proto.Payload, error) {
	suffix, err := e.suffix(ctx)
	if err != nil {
		return nil, err
	}
	return &proto.Payload{Text: e.name + ":" + request.GetText() + suffix, Data: request.GetData()}, nil
}

func (e *exercise) ServerStream(request *proto.Payload, stream proto.Exercise_ServerStreamServer) error {
	suffix, err := e.suffix(stream.Context())
	if err != nil {
		return err
	}
	for i := int32(0); i < request.GetCount(); i++ {
		response := &proto.Payload{Text: fmt.Sprintf("%s:%s%d%s", e.name, request.GetText(), i, suffix), Data: request.GetData()}
		if err := stream.Send(response); err != nil {
			return err
		}
	}
	return nil
}

func (e *exercise) ClientStream(stream proto.Exercise_ClientStreamServer) error {
	var texts []string
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		texts = append(texts, request.GetText())
	}
	suffix, err := e.suffix(stream.Context())
	if err != nil {
		return err
	}
	return stream.SendAndClose(&proto.Payload{Text: e.name + ":" + strings.Join(texts, "+") + suffix, Count: int32(len(texts))})
}

func (e *exercise) BidiStream(stream proto.Exercise_BidiStreamServer) error {
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		suffix, err := e.suffix(stream.Context())
		if err != nil {
			return err
		}
		if err := stream.Send(&proto.Payload{Text: e.name + ":" + request.GetText() + suffix, Data: request.GetData()}); err != nil {
			return err
		}
	}
}

// kinds makes one call of each kind and returns the texts of all answers. It checks that
// data come back as they were sent.
func kinds(ctx context.Context, client proto.ExerciseClient, data []byte) (string, error) {
	parts := make([]string, 0, 4)
	for _, kind := range []func(context.Context, proto.ExerciseClient, []byte) (string, error){unary, serverStream, clientStream, bidiStream} {
		part, err := kind(ctx, client, data)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " "), nil
}

func unary(ctx context.Context, client proto.ExerciseClient, data []byte) (string, error) {
	response, err := client.Unary(ctx, &proto.Payload{Text: "u", Data: data})
	if err != nil {
		return "", err
	}
	return response.GetText(), same(response, data)
}

func serverStream(ctx context.Context, client proto.ExerciseClient, data []byte) (string, error) {
	stream, err := client.ServerStream(ctx, &proto.Payload{Text: "s", Count: 3, Data: data})
	if err != nil {
		return "", err
	}
	var texts []string
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return strings.Join(texts, ","), nil
		}
		if err != nil {
			return "", err
		}
		if err := same(response, data); err != nil {
			return "", err
		}
		texts = append(texts, response.GetText())
	}
}

func clientStream(ctx context.Context, client proto.ExerciseClient, data []byte) (string, error) {
	stream, err := client.ClientStream(ctx)
	if err != nil {
		return "", err
	}
	for _, text := range []string{"c0", "c1", "c2"} {
		if err := stream.Send(&proto.Payload{Text: text, Data: data}); err != nil {
			return "", err
		}
	}
	response, err := stream.CloseAndRecv()
	if err != nil {
		return "", err
	}
	return response.GetText(), nil
}

func bidiStream(ctx context.Context, client proto.ExerciseClient, data []byte) (string, error) {
	stream, err := client.BidiStream(ctx)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, text := range []string{"b0", "b1"} {
		if err := stream.Send(&proto.Payload{Text: text, Data: data}); err != nil {
			return "", err
		}
		response, err := stream.Recv()
		if err != nil {
			return "", err
		}
		if err := same(response, data); err != nil {
			return "", err
		}
		texts = append(texts, response.GetText())
	}
	if err := stream.CloseSend(); err != nil {
		return "", err
	}
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("expected the end of the stream, got %v", err)
	}
	return strings.Join(texts, ","), nil
}

func same(response *proto.Payload, data []byte) error {
	if !bytes.Equal(response.GetData(), data) {
		return fmt.Errorf("sent %d bytes and got other %d bytes back", len(data), len(response.GetData()))
	}
	return nil
}

// namer tells its name.
type namer struct {
	proto.UnimplementedNamerServer
	name string
}

func (n *namer) Name(context.Context, *proto.NameRequest) (*proto.NameResponse, error) {
	return &proto.NameResponse{Name: n.name}, nil
}

func register(registrar grpc.ServiceRegistrar, name string) {
	proto.RegisterNamerServer(registrar, &namer{name: name})
	proto.RegisterExerciseServer(registrar, &exercise{name: name})
}
