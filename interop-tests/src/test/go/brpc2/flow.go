package brpc2

import (
	"context"
	"io"
	"sync"
)

// messageCost is what a message takes from the credit beside its bytes.
const messageCost = 64

// sendCredit is what the other end allows on one own stream.
type sendCredit struct {
	mu      sync.Mutex
	left    int64
	changed chan struct{}
}

func newSendCredit(window uint64) *sendCredit {
	return &sendCredit{left: int64(min(window, maxCredit)), changed: make(chan struct{}, 1)}
}

// spend waits for credit and takes a message's cost from it; false if the call ended before.
func (c *sendCredit) spend(over context.Context, bytes int) bool {
	for {
		c.mu.Lock()
		if c.left > 0 {
			c.left -= int64(bytes) + messageCost
			c.mu.Unlock()
			return over.Err() == nil
		}
		c.mu.Unlock()
		select {
		case <-c.changed:
		case <-over.Done():
			return false
		}
	}
}

// add is false if there is more credit than there may be.
func (c *sendCredit) add(bytes uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left += int64(bytes)
	select {
	case c.changed <- struct{}{}:
	default:
	}
	return c.left <= maxCredit
}

// inbox holds the messages of one call until the application takes them, and says when to give credit back.
type inbox struct {
	mu       sync.Mutex
	messages []*message
	end      error // behind the messages
	changed  chan struct{}
	window   int64
	granted  int64 // what the other end may still spend
	taken    int64 // what the application took and the other end has not back
}

func newInbox(window uint64) *inbox {
	return &inbox{window: int64(window), granted: int64(window), changed: make(chan struct{}, 1)}
}

// push is false for a message that comes without credit.
func (i *inbox) push(m *message) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.granted <= 0 {
		return false
	}
	i.granted -= int64(len(m.message)) + messageCost
	if i.end == nil {
		i.messages = append(i.messages, m)
	}
	i.wake()
	return true
}

// finish ends the messages, by default with io.EOF. Only the first end counts, but for one that drops messages.
func (i *inbox) finish(end error, dropMessages bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if end == nil {
		end = io.EOF
	}
	if i.end == nil || dropMessages {
		i.end = end
	}
	if dropMessages {
		i.messages = nil
	}
	i.wake()
}

func (i *inbox) wake() {
	select {
	case i.changed <- struct{}{}:
	default:
	}
}

// pop waits for a message or the end; with a message comes the credit to give back now, or 0.
func (i *inbox) pop() (*message, uint64, error) {
	for {
		i.mu.Lock()
		if len(i.messages) > 0 {
			m := i.messages[0]
			i.messages = i.messages[1:]
			i.taken += int64(len(m.message)) + messageCost
			var back int64
			if i.taken >= (i.window+1)/2 && i.end == nil {
				back, i.taken = min(i.taken, maxCredit), 0
				i.granted += back
			}
			i.mu.Unlock()
			return m, uint64(back), nil
		}
		end := i.end
		i.mu.Unlock()
		if end != nil {
			return nil, 0, end
		}
		<-i.changed
	}
}
