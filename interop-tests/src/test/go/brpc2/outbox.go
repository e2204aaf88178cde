package brpc2

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
)

// roomBytes is from how much on those who can wait do so.
const roomBytes = 256 << 10

// outbox is what waits to be written on one half of a stream. A goroutine writes it, so that no reader ever waits for
// a writer: every stream is always read. Safe for use by any goroutine.
type outbox struct {
	conn   *Conn
	stream quic.SendStream

	mu      sync.Mutex
	changed *sync.Cond
	pending []byte
	fin     bool // behind what is pending
	idle    bool // nothing is pending nor being written
	broken  bool
}

func newOutbox(c *Conn, stream quic.SendStream) *outbox {
	o := &outbox{conn: c, stream: stream}
	o.changed = sync.NewCond(&o.mu)
	go o.run()
	return o
}

// send queues whole frames.
func (o *outbox) send(frames ...frame) { o.begin(nil, frames...) }

// begin queues what a stream begins with, and frames.
func (o *outbox) begin(b []byte, frames ...frame) {
	for _, f := range frames {
		b = append(b, encode(f)...)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.fin && !o.broken {
		o.pending = append(o.pending, b...)
		o.idle = false
		o.changed.Broadcast()
	}
}

// finish queues FIN; nothing that is sent later goes.
func (o *outbox) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fin = true
	o.changed.Broadcast()
}

func (o *outbox) abandon() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.broken = true
	o.changed.Broadcast()
}

// waitForRoom waits until little is pending, or nothing will be written any more.
func (o *outbox) waitForRoom() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.pending) > roomBytes && !o.broken {
		o.changed.Wait()
	}
}

// waitUntilWritten waits until all that is pending has gone to QUIC.
func (o *outbox) waitUntilWritten() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for !o.idle && !o.broken {
		o.changed.Wait()
	}
}

func (o *outbox) run() {
	for {
		b, last := o.take()
		if b == nil && !last {
			return
		}
		if err := o.write(b); err != nil {
			o.abandon()
			o.conn.streamFailed(err, o.stream.StreamID())
			return
		}
		if last {
			_ = o.stream.Close()
			o.abandon()
			return
		}
	}
}

var errStalled = errors.New("nothing was taken for the idle time-out")

// take returns all that is pending, and whether FIN goes behind it.
func (o *outbox) take() ([]byte, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.pending) == 0 && !o.fin && !o.broken {
		o.idle = true
		o.changed.Broadcast()
		o.changed.Wait()
	}
	if o.broken {
		return nil, false
	}
	b := o.pending
	o.pending = nil
	o.changed.Broadcast()
	return b, o.fin
}

// write writes everything, as long as the other end takes some of it in every idle time-out.
func (o *outbox) write(b []byte) error {
	for len(b) > 0 {
		_ = o.stream.SetWriteDeadline(time.Now().Add(o.conn.idleTimeout))
		n, err := o.stream.Write(b)
		b = b[n:]
		var timeout net.Error
		switch {
		case err == nil:
		case !errors.As(err, &timeout) || !timeout.Timeout() || o.conn.quic.Context().Err() != nil:
			return err
		case n == 0:
			return errStalled
		}
	}
	return nil
}
