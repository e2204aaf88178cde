package brpc2

import (
	"sort"
	"strings"

	grpcmetadata "google.golang.org/grpc/metadata"
)

// entry is one key and one value of metadata.
type entry struct {
	key   string
	value []byte
}

// metadata is what the section of that name says. The values of one key are in order.
type metadata []entry

const entryCost = 32

var reserved = map[string]bool{
	"grpc-status": true, "grpc-message": true, "grpc-timeout": true,
	"grpc-encoding": true, "grpc-accept-encoding": true, "brpc-call-chain": true,
}

func (m metadata) cost() int {
	n := 0
	for _, e := range m {
		n += len(e.key) + len(e.value) + entryCost
	}
	return n
}

func (m metadata) append(b []byte) []byte {
	b = appendVarint(b, uint64(len(m)))
	for _, e := range m {
		b = appendBytes(appendBytes(b, e.key), e.value)
	}
	return b
}

func (c *cursor) metadata() metadata {
	m := metadata{}
	for n := c.varint(); n > 0 && c.err == nil; n-- {
		key, value := string(c.bytes()), c.bytes()
		c.spend(len(key) + len(value) + entryCost)
		if !isKey(key) {
			c.fail("%q is no key of metadata", key)
		}
		if !isBinary(key) && !isPrintable(value) {
			c.fail("the value of %s is not printable", key)
		}
		m = append(m, entry{key, value})
	}
	return m
}

func isBinary(key string) bool {
	return strings.HasSuffix(key, "-bin")
}

func isKey(key string) bool {
	for _, r := range key {
		if !strings.ContainsRune("0123456789abcdefghijklmnopqrstuvwxyz_-.", r) {
			return false
		}
	}
	return key != "" && key != "-bin" && !reserved[key]
}

func isPrintable(value []byte) bool {
	for _, b := range value {
		if b < 0x20 || b > 0x7e {
			return false
		}
	}
	return true
}

// toGRPC and fromGRPC change between the wire's metadata and grpc-go's, which have the same keys and raw bytes.
func (m metadata) toGRPC() grpcmetadata.MD {
	md := grpcmetadata.MD{}
	for _, e := range m {
		md.Append(e.key, string(e.value))
	}
	return md
}

func fromGRPC(md grpcmetadata.MD) metadata {
	keys := make([]string, 0, len(md))
	for key := range md {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	var m metadata
	for _, key := range keys {
		for _, value := range md[key] {
			if isKey(key) && (isBinary(key) || isPrintable([]byte(value))) {
				m = append(m, entry{key, []byte(value)})
			}
		}
	}
	return m
}
