// Package brpc2 is a peer of the wire brpc/2, client and server, made from docs/wire.md and docs/brpc2-vectors.json
// alone, with quic-go below and grpc-go's generated stubs above. Section names in comments are those of wire.md.
package brpc2

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// cursor reads the fields of one frame's body. The first error stays, and what is read after it is zero.
type cursor struct {
	b      []byte
	budget int // what max-metadata leaves for the metadata of this frame
	err    error
}

func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
		c.b = nil
	}
}

func (c *cursor) byte() byte {
	if len(c.b) == 0 {
		c.fail("ends too early")
		return 0
	}
	v := c.b[0]
	c.b = c.b[1:]
	return v
}

func (c *cursor) varint() uint64 {
	v, n, err := varint(c.b)
	if err != nil {
		c.fail("%v", err)
		return 0
	}
	c.b = c.b[n:]
	return v
}

var errShort = errors.New("ends too early")

// varint returns a number and how many bytes it has; errShort if it is not all there yet.
func varint(b []byte) (value uint64, n int, err error) {
	for i := 0; i < 9; i++ {
		if i == len(b) {
			return 0, 0, errShort
		}
		value |= uint64(b[i]&0x7f) << (7 * i)
		if b[i] < 0x80 {
			if b[i] == 0 && i > 0 {
				return 0, 0, errors.New("number in too many bytes")
			}
			return value, i + 1, nil
		}
	}
	return 0, 0, errors.New("number of more than 9 bytes")
}

func appendVarint(b []byte, v uint64) []byte {
	return binary.AppendUvarint(b, v)
}

func (c *cursor) bytes() []byte {
	n := c.varint()
	if n > uint64(len(c.b)) {
		c.fail("%d bytes are claimed, and %d are left", n, len(c.b))
		return nil
	}
	v := c.b[:n]
	c.b = c.b[n:]
	return v
}

func appendBytes[T string | []byte](b []byte, v T) []byte {
	return append(appendVarint(b, uint64(len(v))), v...)
}

func (c *cursor) text() string {
	v := c.bytes()
	if !utf8.Valid(v) {
		c.fail("text is not UTF-8")
		return ""
	}
	return string(v)
}

func (c *cursor) rest() []byte {
	v := c.b
	c.b = nil
	return v
}

func (c *cursor) spend(n int) {
	if c.budget -= n; c.budget < 0 {
		c.fail("metadata are %d bytes beyond max-metadata", -c.budget)
	}
}

// metadataText is text that counts against max-metadata.
func (c *cursor) metadataText() string {
	v := c.text()
	c.spend(len(v))
	return v
}
