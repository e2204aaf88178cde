// Command lossy carries IP packets between two TUN devices, and loses and delays some of
// them: TCP and UDP alike, which a relay of bytes could not. Linux only, as root.
//
// A line on the standard input such as "loss=0.01 micros=10000" sets what becomes of
// packets from then on, in each direction; at the input's end it ends.
package main

import (
	"bufio"
	"fmt"
	"math/rand"
	"os"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

const (
	maxPacket  = 65536
	queued     = 4096
	tunSetIff  = 0x400454ca
	iffTun     = 0x0001
	iffNoPi    = 0x1000
	nameLength = 16
)

// path is what packets meet now.
type path struct {
	loss  float64
	delay time.Duration
}

type packet struct {
	bytes []byte
	due   time.Time
}

var current atomic.Pointer[path]

func main() {
	if len(os.Args) != 3 {
		fmt.Println("FAILED usage: lossy <device> <device>")
		os.Exit(1)
	}
	current.Store(&path{})
	one, err := open(os.Args[1])
	if err == nil {
		var other *os.File
		if other, err = open(os.Args[2]); err == nil {
			go carry(one, other, 1)
			go carry(other, one, 2)
			fmt.Println("DONE")
			obey()
			return
		}
	}
	fmt.Println("FAILED", err)
	os.Exit(1)
}

func open(name string) (*os.File, error) {
	file, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	var request struct {
		name  [nameLength]byte
		flags uint16
		_     [22]byte
	}
	copy(request.name[:nameLength-1], name)
	request.flags = iffTun | iffNoPi
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, file.Fd(), tunSetIff, uintptr(unsafe.Pointer(&request)))
	if errno != 0 {
		return nil, errno
	}
	return file, nil
}

// carry keeps the order of packets: the delay is the same for all.
func carry(from, to *os.File, seed int64) {
	random := rand.New(rand.NewSource(seed))
	queue := make(chan packet, queued)
	go deliver(queue, to)
	buffer := make([]byte, maxPacket)
	for {
		length, err := from.Read(buffer)
		if err != nil {
			return
		}
		now := current.Load()
		if random.Float64() < now.loss {
			continue
		}
		it := packet{append([]byte(nil), buffer[:length]...), time.Now().Add(now.delay)}
		select {
		case queue <- it:
		default: // A full queue drops, as a router's does.
		}
	}
}

func deliver(queue <-chan packet, to *os.File) {
	for it := range queue {
		if wait := time.Until(it.due); wait > 0 {
			time.Sleep(wait)
		}
		_, _ = to.Write(it.bytes)
	}
}

func obey() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var word string
		var micros int64
		now := &path{}
		if _, err := fmt.Sscanf(lines.Text(), "%s loss=%g micros=%d", &word, &now.loss, &micros); err != nil {
			fmt.Println("FAILED", err)
			continue
		}
		now.delay = time.Duration(micros) * time.Microsecond
		current.Store(now)
		fmt.Println("DONE")
	}
}
