package brpc2

import (
	"errors"
	"fmt"
	"io"
)

// readLane reads the caller's half of a lane.
func (c *Conn) readLane(out *outbox, r *frameReader) error {
	var methods []string
	last := int64(-1)
	for {
		f, err := r.next()
		if err == errUnknown {
			continue
		}
		if err != nil {
			return err
		}
		switch f := f.(type) {
		case *cancel:
			c.cancelInbound(f.number)
		case *call:
			switch {
			case int64(f.number) <= last:
				return unexpected(r, f, fmt.Sprintf("call number %d is not above %d", f.number, last))
			case f.method > 0 && f.path != "":
				if f.method != uint64(len(methods)+1) || f.method > c.local.MaxMethods {
					return unexpected(r, f, fmt.Sprintf("defines method %d behind %d", f.method, len(methods)))
				}
				methods = append(methods, f.path)
			case f.method > uint64(len(methods)):
				return unexpected(r, f, fmt.Sprintf("method %d is not defined", f.method))
			case f.method > 0:
				f.path = methods[f.method-1]
			}
			last = int64(f.number)
			in := c.newInCall(f, out, false)
			in.inbox.push(&message{encoding: f.encoding, message: f.message})
			in.inbox.finish(nil, false)
			if words := c.admit(in, f); words != "" {
				return unexpected(r, f, words)
			}
		default:
			return unexpected(r, f, "is not for a lane")
		}
	}
}

// readOwnStream reads the caller's half of an own stream, up to its end.
func (c *Conn) readOwnStream(out *outbox, r *frameReader) error {
	var in *inCall
	for halfClosed := false; ; {
		f, err := r.next()
		if in != nil && in.answered() {
			return c.discard(r, err)
		}
		if err == errUnknown {
			continue
		}
		if err != nil {
			return err
		}
		if _, is := f.(*call); is != (in == nil) {
			return unexpected(r, f, "CALL is first, and once")
		}
		switch f := f.(type) {
		case *call:
			if f.method != 0 || f.encoding != nil || len(f.message) > 0 {
				return unexpected(r, f, "has what an own stream's has not")
			}
			in = c.newInCall(f, out, true)
			if words := c.admit(in, f); words != "" {
				return unexpected(r, f, words)
			}
		case *message:
			if halfClosed || !in.inbox.push(f) {
				return unexpected(r, f, "comes without credit, or behind HALF_CLOSE")
			}
		case *halfClose:
			if halfClosed {
				return unexpected(r, f, "comes twice")
			}
			halfClosed = true
			in.inbox.finish(nil, false)
		case *credit:
			if f.number != in.number || !in.credit.add(f.bytes) {
				return unexpected(r, f, "is not for this call, or too much")
			}
		case *cancel:
			if f.number != in.number {
				return unexpected(r, f, "is not for this call")
			}
			c.cancelInbound(f.number)
		default:
			return unexpected(r, f, "is not for a caller")
		}
	}
}

// discard reads on up to FIN, which may cut off a frame.
func (c *Conn) discard(r *frameReader, err error) error {
	var rule *brokenRule
	if err == nil || err == errUnknown || errors.As(err, &rule) {
		_, err = io.Copy(io.Discard, r.in)
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil
	}
	return err
}
