package brpc2

import (
	"context"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// outLanes are the lanes that this end has opened; its mutex also keeps the numbers on a lane rising.
type outLanes struct {
	mu    sync.Mutex
	limit int
	lanes []*outLane
	turn  int
}

type outLane struct {
	out     *outbox
	methods map[string]uint64
}

// callOnLane is false if the frame is too large for a lane.
func (c *Conn) callOnLane(o *outCall, f *call, request []byte) (bool, error) {
	l := &c.lanes
	l.mu.Lock()
	defer l.mu.Unlock()
	lane, err := c.lane(o.ctx)
	if err != nil {
		return false, err
	}
	path, number := f.path, lane.methods[f.path]
	if number > 0 {
		f.path = ""
	} else if defined := uint64(len(lane.methods)); defined < c.remote.MaxMethods {
		number = defined + 1
	}
	f.method = number
	f.message, f.encoding = c.compressed(request)
	o.out, o.number = lane.out, c.nextNumber()
	f.number = o.number
	if length := len(f.appendBody(nil)) + 1; length > int(c.remote.MaxLaneFrame) {
		f.path, f.method, f.message, f.encoding = path, 0, nil, nil
		return false, nil
	}
	if err := c.register(o); err != nil {
		return false, err
	}
	if number > 0 {
		lane.methods[path] = number
	}
	lane.out.send(f)
	return true, nil
}

// lane returns the lane whose turn it is, and opens it if need be.
func (c *Conn) lane(ctx context.Context) (*outLane, error) {
	l := &c.lanes
	l.turn = (l.turn + 1) % l.limit
	if l.turn < len(l.lanes) {
		return l.lanes[l.turn], nil
	}
	s, err := c.quic.OpenStreamSync(ctx)
	if err != nil {
		return nil, c.notOpened(ctx, err)
	}
	lane := &outLane{newOutbox(c, s), map[string]uint64{}}
	lane.out.begin([]byte{streamLane})
	l.lanes = append(l.lanes, lane)
	go func() {
		r := c.reader(s, func(byte) uint64 { return c.local.MaxLaneFrame })
		r.maxMessage = 0
		c.streamFailed(c.readAnswers(lane.out, r), s.StreamID())
	}()
	return lane, nil
}

func (c *Conn) notOpened(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return status.FromContextError(ctx.Err()).Err()
	}
	return status.Error(codes.Unavailable, describe(err))
}
