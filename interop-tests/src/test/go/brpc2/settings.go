package brpc2

import "math"

// Settings is what an end tells the other before anything else.
type Settings struct {
	ConnectionID []byte // the server's only
	MaxCalls     uint64
	MaxLanes     uint64
	MaxLaneFrame uint64
	MaxMessage   uint64
	MaxMetadata  uint64
	MaxMethods   uint64
	Encodings    []string
	CallWindow   uint64

	said map[uint64]bool // which of them a frame has
}

func unsaidSettings() *Settings {
	return &Settings{MaxCalls: 100, MaxLanes: 1, MaxLaneFrame: 16384, MaxMessage: 4 << 20, MaxMetadata: 8192,
		MaxMethods: 256, CallWindow: 65536, said: map[uint64]bool{}}
}

func (*Settings) typeByte() byte { return typeSettings }

const (
	idConnectionID = 1
	idEncodings    = 8
)

// numberSetting is one whose value is a number.
type numberSetting struct {
	id       uint64
	name     string
	field    func(*Settings) *uint64
	min, max uint64
}

var numberSettings = []numberSetting{
	{2, "max-calls", func(s *Settings) *uint64 { return &s.MaxCalls }, 1, math.MaxInt64},
	{3, "max-lanes", func(s *Settings) *uint64 { return &s.MaxLanes }, 1, math.MaxInt64},
	{4, "max-lane-frame", func(s *Settings) *uint64 { return &s.MaxLaneFrame }, 1024, 1 << 20},
	{5, "max-message", func(s *Settings) *uint64 { return &s.MaxMessage }, 0, math.MaxInt64},
	{6, "max-metadata", func(s *Settings) *uint64 { return &s.MaxMetadata }, 1024, 1 << 20},
	{7, "max-methods", func(s *Settings) *uint64 { return &s.MaxMethods }, 0, math.MaxInt64},
	{9, "call-window", func(s *Settings) *uint64 { return &s.CallWindow }, 1, math.MaxInt64},
}

func (c *cursor) settings() *Settings {
	s := unsaidSettings()
	var last uint64
	for first := true; len(c.b) > 0; first = false {
		id := c.varint()
		value := &cursor{b: c.bytes()}
		if c.err != nil {
			break
		}
		if !first && id <= last {
			c.fail("setting %d behind %d", id, last)
		}
		last = id
		s.said[id] = true
		s.take(id, value)
		if value.err != nil {
			c.fail("setting %d: %v", id, value.err)
		}
	}
	return s
}

func (s *Settings) take(id uint64, value *cursor) {
	switch id {
	case idConnectionID:
		if s.ConnectionID = value.rest(); len(s.ConnectionID) != 16 {
			value.fail("a connection ID of %d bytes", len(s.ConnectionID))
		}
	case idEncodings:
		for len(value.b) > 0 {
			s.Encodings = append(s.Encodings, value.text())
		}
		if len(s.Encodings) > maxEncodings {
			value.fail("%d encodings", len(s.Encodings))
		}
	default:
		for _, setting := range numberSettings {
			if setting.id != id {
				continue
			}
			v := value.varint()
			if value.err == nil && (v < setting.min || v > setting.max || len(value.b) > 0) {
				value.fail("%s of %d, with %d bytes behind it", setting.name, v, len(value.b))
			}
			*setting.field(s) = v
		}
	}
}

func (s *Settings) appendBody(b []byte) []byte {
	if s.said[idConnectionID] {
		b = appendBytes(appendVarint(b, idConnectionID), s.ConnectionID)
	}
	for _, setting := range numberSettings {
		if setting.id > idEncodings && s.said[idEncodings] {
			var value []byte
			for _, encoding := range s.Encodings {
				value = appendBytes(value, encoding)
			}
			b = appendBytes(appendVarint(b, idEncodings), value)
		}
		if s.said[setting.id] {
			b = appendBytes(appendVarint(b, setting.id), appendVarint(nil, *setting.field(s)))
		}
	}
	return b
}
