package brpc2

import (
	"google.golang.org/grpc"
	grpcmetadata "google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// Services is what an end serves; generated code registers with it. Not changed once it is in use.
type Services struct{ handlers map[string]handler }

// handler serves one call: it returns a unary call's response, and nil for a streaming one.
type handler struct {
	streams bool
	serve   func(in *inCall) (proto.Message, error)
}

// RegisterService makes it a grpc.ServiceRegistrar.
func (s *Services) RegisterService(desc *grpc.ServiceDesc, service any) {
	if s.handlers == nil {
		s.handlers = map[string]handler{}
	}
	for _, method := range desc.Methods {
		method := method
		s.handlers[desc.ServiceName+"/"+method.MethodName] = handler{false, func(in *inCall) (proto.Message, error) {
			response, err := method.Handler(service, in.ctx, in.onlyRequest, nil)
			if err != nil {
				return nil, err
			}
			return response.(proto.Message), nil
		}}
	}
	for _, stream := range desc.Streams {
		stream := stream
		s.handlers[desc.ServiceName+"/"+stream.StreamName] = handler{true, func(in *inCall) (proto.Message, error) {
			return nil, stream.Handler(service, in)
		}}
	}
}

// unaryStream is what grpc.SetHeader and grpc.SetTrailer look for.
type unaryStream struct{ *inCall }

func (u unaryStream) Method() string { return "/" + u.path }

func (u unaryStream) SetTrailer(md grpcmetadata.MD) error {
	u.inCall.SetTrailer(md)
	return nil
}
