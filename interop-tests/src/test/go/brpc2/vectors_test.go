package brpc2

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

type vectors struct {
	MaxMetadata int `json:"max-metadata"`
	Vectors     []struct {
		Name, Hex, Error string
		Frame            *string
		Fields           map[string]any
	}
}

// TestVectors decodes all that docs/brpc2-vectors.json has, compares the fields, and encodes them again.
func TestVectors(t *testing.T) {
	text, err := os.ReadFile("../../../../../docs/brpc2-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all vectors
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Vectors) < 80 {
		t.Fatalf("only %d vectors", len(all.Vectors))
	}
	for _, v := range all.Vectors {
		v := v
		t.Run(v.Name, func(t *testing.T) {
			b, err := hex.DecodeString(v.Hex)
			if err != nil {
				t.Fatal(err)
			}
			f, err := decodeWhole(b, all.MaxMetadata)
			if v.Error != "" {
				if err == nil {
					t.Fatalf("is no error but %+v", f)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if v.Frame == nil {
				if f != nil {
					t.Fatalf("is not unknown but %+v", f)
				}
				return
			}
			if name := typeNames[f.typeByte()]; name != *v.Frame {
				t.Fatalf("is %s and not %s", name, *v.Frame)
			}
			if got := normal(t, fields(f)); !reflect.DeepEqual(got, v.Fields) {
				t.Fatalf("has %v and not %v", got, v.Fields)
			}
			if s, ok := f.(*Settings); ok && s.said[77] {
				return // the unknown setting is not kept
			}
			if again := hex.EncodeToString(encode(f)); again != v.Hex {
				t.Fatalf("is encoded as %s", again)
			}
		})
	}
}

func decodeWhole(b []byte, maxMetadata int) (frame, error) {
	r := newFrameReader(bytes.NewReader(b), maxMetadata, func(byte) uint64 { return 1 << 30 })
	f, err := r.next()
	if err == errUnknown {
		return nil, nil
	}
	return f, err
}

func normal(t *testing.T, v any) (again map[string]any) {
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &again)
	}
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func fields(f frame) map[string]any {
	m := map[string]any{}
	put := func(name string, on bool, v any) {
		if on {
			m[name] = v
		}
	}
	putMetadata := func(name string, md metadata) {
		entries := [][2]string{}
		for _, e := range md {
			entries = append(entries, [2]string{e.key, hex.EncodeToString(e.value)})
		}
		put(name, md != nil, entries)
	}
	switch f := f.(type) {
	case *Settings:
		put("connection-id", f.said[idConnectionID], hex.EncodeToString(f.ConnectionID))
		put("encodings", f.said[idEncodings], f.Encodings)
		for _, s := range numberSettings {
			put(s.name, f.said[s.id], *s.field(f))
		}
	case *call:
		put("number", true, f.number)
		put("method", true, f.method)
		put("path", f.path != "", f.path)
		put("timeout", f.timeout != nil, f.timeout)
		putMetadata("metadata", f.metadata)
		put("chain", f.chain != "", f.chain)
		put("encoding", f.encoding != nil, f.encoding)
		put("message", true, hex.EncodeToString(f.message))
	case *answer:
		put("number", true, f.number)
		putMetadata("headers", f.headers)
		putMetadata("trailers", f.trailers)
		put("status", f.status != 0, f.status)
		put("words", f.words != "", f.words)
		put("not-run", f.notRun, true)
		put("encoding", f.encoding != nil, f.encoding)
		put("message", true, hex.EncodeToString(f.message))
	case *headers:
		putMetadata("metadata", f.metadata)
	case *message:
		put("encoding", f.encoding != nil, f.encoding)
		put("message", true, hex.EncodeToString(f.message))
	case *cancel:
		put("number", true, f.number)
	case *credit:
		put("number", true, f.number)
		put("bytes", true, f.bytes)
	case *ping:
		put("payload", true, hex.EncodeToString(f.payload[:]))
	case *pong:
		put("payload", true, hex.EncodeToString(f.payload[:]))
	}
	return m
}
