package brpc2

import (
	"context"
	"encoding/binary"
	"sync"
	"time"
)

// drain is how far GOAWAY and DONE have got; Conn's mutex guards it.
type drain struct {
	goawaySent, goawayReceived bool
	doneSent, doneReceived     bool
	closing, isOver            bool
	isShutdown                 bool // of the whole server
	over                       chan struct{}
}

func (d *drain) finish() {
	if !d.isOver {
		d.isOver = true
		close(d.over)
	}
}

// refusesCalls says whether this end makes no new calls: a client from the first GOAWAY, a server from the client's DONE.
func (d *drain) refusesCalls(isServer bool) bool {
	if isServer {
		return d.doneReceived
	}
	return d.goawaySent || d.goawayReceived
}

// Close lets the connection end as the section Drain says, and waits for that.
func (c *Conn) Close(ctx context.Context) error {
	return c.goAway(ctx, false)
}

func (c *Conn) goAway(ctx context.Context, isShutdown bool) error {
	c.mu.Lock()
	first := !c.drain.goawaySent
	c.drain.goawaySent = true
	c.drain.isShutdown = c.drain.isShutdown || isShutdown
	if first {
		c.control.send(&goaway{})
	}
	c.mu.Unlock()
	c.advance()
	select {
	case <-c.Done():
		return nil
	case <-ctx.Done():
		c.fail(DrainTimeout, "calls in flight did not end in time")
		return ctx.Err()
	}
}

// drainFrame takes GOAWAY or DONE, and returns what is wrong with it.
func (c *Conn) drainFrame(f frame) (words string) {
	c.mu.Lock()
	d := &c.drain
	switch f.(type) {
	case *goaway:
		if d.goawayReceived {
			words = "is the second"
		}
		d.goawayReceived = true
	case *done:
		switch {
		case d.doneReceived:
			words = "is the second"
		case !d.goawaySent && !d.goawayReceived:
			words = "comes without GOAWAY"
		case !c.isServer && !d.doneSent:
			words = "comes before the client's"
		case len(c.inbound) > 0:
			words = "comes while calls of its sender are in flight"
		}
		d.doneReceived = true
	}
	c.mu.Unlock()
	if words == "" {
		c.advance()
	}
	return words
}

// advance sends DONE and closes when it is time; it is called whenever something that it looks at has changed.
func (c *Conn) advance() {
	c.mu.Lock()
	d := &c.drain
	if d.refusesCalls(c.isServer) && !d.doneSent && len(c.outbound) == 0 {
		d.doneSent = true
		c.control.send(&done{})
	}
	closes := d.goawaySent && d.doneSent && (c.isServer || d.doneReceived) && !d.closing
	d.closing = d.closing || closes
	code, words := NoError, "drained"
	if d.isShutdown {
		code, words = ServerShutdown, "server shutdown"
	}
	c.mu.Unlock()
	if closes {
		go func() {
			c.control.waitUntilWritten()
			c.fail(code, words)
		}()
	}
}

// pings is the PING that this end has sent, at most one.
type pings struct {
	one     sync.Mutex // held by who waits for an answer
	mu      sync.Mutex
	last    uint64
	waiting chan struct{} // nil when the last one was answered
}

// Ping sends a PING and waits for its PONG.
func (c *Conn) Ping(ctx context.Context) (time.Duration, error) {
	p := &c.pings
	p.one.Lock()
	defer p.one.Unlock()
	p.mu.Lock()
	if p.waiting == nil {
		p.last++
		p.waiting = make(chan struct{})
		f := &ping{}
		binary.BigEndian.PutUint64(f.payload[:], p.last)
		c.control.send(f)
	}
	waiting := p.waiting
	p.mu.Unlock()
	begin := time.Now()
	select {
	case <-waiting:
		return time.Since(begin), nil
	case <-c.Done():
		return 0, c.Err()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (p *pings) answered(payload [8]byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting == nil || binary.BigEndian.Uint64(payload[:]) != p.last {
		return false
	}
	close(p.waiting)
	p.waiting = nil
	return true
}

// keepAlive is the client's: three PINGs go in an idle time-out.
func (c *Conn) keepAlive() {
	ticks := time.NewTicker(c.idleTimeout / 3)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			_, _ = c.Ping(c.quic.Context())
		case <-c.Done():
			return
		}
	}
}
