package brpc2

import (
	"fmt"
	"strings"
)

// Types of frames.
const (
	typeSettings  = 0x01
	typeGoaway    = 0x02
	typePing      = 0x03
	typePong      = 0x04
	typeDone      = 0x05
	typeCall      = 0x10
	typeAnswer    = 0x11
	typeHeaders   = 0x12
	typeMessage   = 0x13
	typeHalfClose = 0x14
	typeCancel    = 0x15
	typeCredit    = 0x16
)

var typeNames = map[byte]string{
	typeSettings: "SETTINGS", typeGoaway: "GOAWAY", typePing: "PING", typePong: "PONG", typeDone: "DONE",
	typeCall: "CALL", typeAnswer: "ANSWER", typeHeaders: "HEADERS", typeMessage: "MESSAGE",
	typeHalfClose: "HALF_CLOSE", typeCancel: "CANCEL", typeCredit: "CREDIT",
}

// flag returns the bit of a flag that wire.md gives by its number.
func flag(n int) byte { return 1 << n }

const (
	maxPath      = 1024
	maxEncodings = 64
	maxCredit    = 1<<31 - 1
)

// frame is one of the types below.
type frame interface {
	typeByte() byte
	appendBody(b []byte) []byte
}

type (
	call struct {
		number, method uint64
		path           string
		timeout        *uint64 // microseconds
		metadata       metadata
		chain          string
		encoding       *uint64
		message        []byte
	}
	answer struct {
		number            uint64
		headers, trailers metadata
		status            uint64
		words             string
		notRun            bool
		encoding          *uint64
		message           []byte
	}
	headers struct{ metadata metadata }
	message struct {
		encoding *uint64
		message  []byte
		tooLarge bool // the receiver has skipped it
	}
	cancel    struct{ number uint64 }
	credit    struct{ number, bytes uint64 }
	ping      struct{ payload [8]byte }
	pong      struct{ payload [8]byte }
	goaway    struct{}
	done      struct{}
	halfClose struct{}
)

func (*call) typeByte() byte      { return typeCall }
func (*answer) typeByte() byte    { return typeAnswer }
func (*headers) typeByte() byte   { return typeHeaders }
func (*message) typeByte() byte   { return typeMessage }
func (*cancel) typeByte() byte    { return typeCancel }
func (*credit) typeByte() byte    { return typeCredit }
func (*ping) typeByte() byte      { return typePing }
func (*pong) typeByte() byte      { return typePong }
func (*goaway) typeByte() byte    { return typeGoaway }
func (*done) typeByte() byte      { return typeDone }
func (*halfClose) typeByte() byte { return typeHalfClose }

// encode returns a whole frame.
func encode(f frame) []byte {
	body := f.appendBody(nil)
	b := appendVarint(make([]byte, 0, len(body)+6), uint64(len(body)+1))
	return append(append(b, f.typeByte()), body...)
}

// decode returns what a body means, nil for a type that is unknown.
func decode(typeByte byte, body []byte, maxMetadata int) (frame, error) {
	c := &cursor{b: body, budget: maxMetadata}
	var f frame
	switch typeByte {
	case typeSettings:
		f = c.settings()
	case typeGoaway:
		f = &goaway{}
	case typeDone:
		f = &done{}
	case typePing:
		f = &ping{c.payload()}
	case typePong:
		f = &pong{c.payload()}
	case typeCall:
		f = c.call()
	case typeAnswer:
		f = c.answer()
	case typeHeaders:
		f = &headers{c.metadata()}
	case typeMessage:
		f = c.message()
	case typeHalfClose:
		f = &halfClose{}
	case typeCancel:
		f = &cancel{c.varint()}
	case typeCredit:
		f = c.credit()
	default:
		return nil, nil
	}
	if c.err == nil && len(c.b) > 0 {
		c.fail("has %d bytes behind its end", len(c.b))
	}
	return f, c.err
}

func (c *cursor) flags(known byte) byte {
	flags := c.byte()
	if flags&^known != 0 {
		c.fail("has unknown flags %#x", flags&^known)
	}
	return flags
}

func (c *cursor) encoding() *uint64 {
	v := c.varint()
	if v >= maxEncodings {
		c.fail("encoding %d", v)
	}
	return &v
}

func (c *cursor) call() *call {
	f := &call{number: c.varint()}
	flags := c.flags(flag(0) | flag(1) | flag(2) | flag(3) | flag(4))
	f.method = c.varint()
	if flags&flag(0) != 0 {
		f.path = c.text()
		if c.err == nil && !isPath(f.path) {
			c.fail("%q is no path", f.path)
		}
	} else if f.method == 0 {
		c.fail("has neither method nor path")
	}
	if flags&flag(1) != 0 {
		v := c.varint()
		f.timeout = &v
	}
	if flags&flag(2) != 0 {
		f.metadata = c.metadata()
	}
	if flags&flag(3) != 0 {
		f.chain = c.metadataText()
	}
	if flags&flag(4) != 0 {
		f.encoding = c.encoding()
	}
	f.message = c.rest()
	return f
}

func isPath(path string) bool {
	slash := strings.IndexByte(path, '/')
	return len(path) <= maxPath && slash > 0 && slash < len(path)-1
}

func (f *call) appendBody(b []byte) []byte {
	var flags byte
	set := func(n int, on bool) {
		if on {
			flags |= flag(n)
		}
	}
	set(0, f.path != "")
	set(1, f.timeout != nil)
	set(2, f.metadata != nil)
	set(3, f.chain != "")
	set(4, f.encoding != nil)
	b = appendVarint(append(appendVarint(b, f.number), flags), f.method)
	if f.path != "" {
		b = appendBytes(b, f.path)
	}
	if f.timeout != nil {
		b = appendVarint(b, *f.timeout)
	}
	if f.metadata != nil {
		b = f.metadata.append(b)
	}
	if f.chain != "" {
		b = appendBytes(b, f.chain)
	}
	if f.encoding != nil {
		b = appendVarint(b, *f.encoding)
	}
	return append(b, f.message...)
}

func (c *cursor) answer() *answer {
	f := &answer{number: c.varint()}
	flags := c.flags(flag(0) | flag(1) | flag(2) | flag(3) | flag(4) | flag(5))
	failed := flags&flag(2) != 0
	if !failed && flags&(flag(3)|flag(5)) != 0 {
		c.fail("has words or not-run, and no status")
	}
	if flags&flag(0) != 0 {
		f.headers = c.metadata()
	}
	if flags&flag(1) != 0 {
		f.trailers = c.metadata()
	}
	if failed {
		if f.status = c.varint(); f.status < 1 || f.status > 16 {
			c.fail("status %d", f.status)
		}
	}
	if flags&flag(3) != 0 {
		f.words = c.metadataText()
	}
	f.notRun = flags&flag(5) != 0
	if flags&flag(4) != 0 {
		f.encoding = c.encoding()
	}
	if f.message = c.rest(); failed && len(f.message) > 0 {
		c.fail("has a status and a message")
	}
	return f
}

func (f *answer) appendBody(b []byte) []byte {
	var flags byte
	set := func(n int, on bool) {
		if on {
			flags |= flag(n)
		}
	}
	set(0, f.headers != nil)
	set(1, f.trailers != nil)
	set(2, f.status != 0)
	set(3, f.words != "")
	set(4, f.encoding != nil)
	set(5, f.notRun)
	b = append(appendVarint(b, f.number), flags)
	if f.headers != nil {
		b = f.headers.append(b)
	}
	if f.trailers != nil {
		b = f.trailers.append(b)
	}
	if f.status != 0 {
		b = appendVarint(b, f.status)
	}
	if f.words != "" {
		b = appendBytes(b, f.words)
	}
	if f.encoding != nil {
		b = appendVarint(b, *f.encoding)
	}
	return append(b, f.message...)
}

func (c *cursor) message() *message {
	f := &message{}
	if c.flags(flag(4)) != 0 {
		f.encoding = c.encoding()
	}
	f.message = c.rest()
	return f
}

func (f *message) appendBody(b []byte) []byte {
	if f.encoding == nil {
		return append(append(b, 0), f.message...)
	}
	return append(appendVarint(append(b, flag(4)), *f.encoding), f.message...)
}

func (c *cursor) credit() *credit {
	f := &credit{c.varint(), c.varint()}
	if c.err == nil && (f.bytes < 1 || f.bytes > maxCredit) {
		c.fail("credit of %d bytes", f.bytes)
	}
	return f
}

func (c *cursor) payload() (payload [8]byte) {
	if len(c.b) < 8 {
		c.fail("payload of %d bytes", len(c.b))
		return
	}
	c.b = c.b[copy(payload[:], c.b):]
	return
}

func (f *headers) appendBody(b []byte) []byte { return f.metadata.append(b) }
func (f *cancel) appendBody(b []byte) []byte  { return appendVarint(b, f.number) }
func (f *credit) appendBody(b []byte) []byte  { return appendVarint(appendVarint(b, f.number), f.bytes) }
func (f *ping) appendBody(b []byte) []byte    { return append(b, f.payload[:]...) }
func (f *pong) appendBody(b []byte) []byte    { return append(b, f.payload[:]...) }
func (*goaway) appendBody(b []byte) []byte    { return b }
func (*done) appendBody(b []byte) []byte      { return b }
func (*halfClose) appendBody(b []byte) []byte { return b }

func (f *call) String() string { return fmt.Sprintf("call %d of %s", f.number, f.path) }
