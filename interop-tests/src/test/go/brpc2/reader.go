package brpc2

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// errUnknown is what next returns for a frame of an unknown type, which has been skipped.
var errUnknown = errors.New("a frame of an unknown type")

// brokenRule is what the other end did, in words that name the frame and its offset.
type brokenRule struct{ words string }

func (b *brokenRule) Error() string { return b.words }

// frameReader reads the frames of one half of a stream. Only the goroutine of that half uses it.
type frameReader struct {
	in          *bufio.Reader
	offset      int64 // of what comes next
	start       int64 // of the last frame
	maxMetadata int
	limit       func(typeByte byte) uint64 // of a frame's length
	maxMessage  uint64                     // of a MESSAGE, 0 for those that limit is for
	encodings   uint64                     // how many this end has named
}

func newFrameReader(in io.Reader, maxMetadata int, limit func(byte) uint64) *frameReader {
	return &frameReader{in: bufio.NewReaderSize(in, 16<<10), maxMetadata: maxMetadata, limit: limit, encodings: maxEncodings}
}

// next returns a frame, errUnknown for one that was skipped, a brokenRule, or what the stream ended with: io.EOF only
// between two frames.
func (r *frameReader) next() (frame, error) {
	r.start = r.offset
	length, err := r.varint()
	if err != nil {
		return nil, err
	}
	if length == 0 {
		return nil, broken("frame", r.start, errors.New("length 0"))
	}
	typeByte, err := r.ReadByte()
	if err != nil {
		return nil, noEOF(err)
	}
	name, known := typeNames[typeByte]
	body := length - 1
	if !known {
		return nil, r.skip(body, errUnknown)
	}
	if typeByte == typeMessage && r.maxMessage > 0 {
		if body > r.maxMessage+2 { // its flags and an encoding are in front
			return &message{tooLarge: true}, r.skip(body, nil)
		}
	} else if limit := r.limit(typeByte); length > limit {
		return nil, broken(name, r.start, fmt.Errorf("length %d, limit %d", length, limit))
	}
	b, err := r.body(body)
	if err != nil {
		return nil, err
	}
	f, err := decode(typeByte, b, r.maxMetadata)
	if encoding := encodingOf(f); err == nil && encoding != nil && *encoding >= r.encodings {
		err = fmt.Errorf("encoding %d, and %d are known", *encoding, r.encodings)
	}
	if err != nil {
		return nil, broken(name, r.start, err)
	}
	return f, nil
}

// encodingOf is what a message is compressed with, nil if it is not, or there is none.
func encodingOf(f frame) *uint64 {
	switch f := f.(type) {
	case *call:
		return f.encoding
	case *message:
		return f.encoding
	case *answer:
		if f.status == 0 {
			return f.encoding
		}
	}
	return nil
}

// body allocates for a large frame only as it arrives.
func (r *frameReader) body(length uint64) ([]byte, error) {
	var b bytes.Buffer
	n, err := io.CopyN(&b, r.in, int64(length))
	r.offset += n
	return b.Bytes(), noEOF(err)
}

func (r *frameReader) skip(length uint64, then error) error {
	n, err := io.CopyN(io.Discard, r.in, int64(length))
	r.offset += n
	if err != nil {
		return noEOF(err)
	}
	return then
}

// varint reads a number byte by byte, and is where a stream may end.
func (r *frameReader) varint() (uint64, error) {
	var read []byte
	for {
		b, err := r.ReadByte()
		if err != nil {
			if len(read) > 0 {
				err = noEOF(err)
			}
			return 0, err
		}
		read = append(read, b)
		switch v, _, err := varint(read); err {
		case nil:
			return v, nil
		case errShort:
		default:
			return 0, broken("number", r.offset-int64(len(read)), err)
		}
	}
}

func (r *frameReader) ReadByte() (byte, error) {
	b, err := r.in.ReadByte()
	if err == nil {
		r.offset++
	}
	return b, err
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func broken(name string, at int64, err error) error {
	return &brokenRule{fmt.Sprintf("%s at %d: %v", name, at, err)}
}
