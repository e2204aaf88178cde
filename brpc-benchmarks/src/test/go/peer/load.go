package main

import (
	"context"
	"crypto/rand"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"brpc.test/gopeer/proto"
)

// caller calls the other end of one connection.
type caller struct {
	exercise proto.ExerciseClient
}

func (c caller) call(request *proto.Payload) (int, error) {
	response, err := c.exercise.Unary(context.Background(), request)
	return len(response.GetData()), err
}

func (c caller) stream(request *proto.Payload) (int, error) {
	stream, err := c.exercise.ServerStream(context.Background(), request)
	if err != nil {
		return 0, err
	}
	bytes := 0
	for count := request.GetCount(); count > 0; count-- {
		message, err := stream.Recv()
		if err != nil {
			return bytes, err
		}
		bytes += len(message.GetData())
	}
	return bytes, nil
}

// tally is what one goroutine has counted.
type tally struct {
	latencies []time.Duration
	bytes     int
	failure   error
}

func run(callers []caller, arguments map[string]string) (map[string]string, error) {
	data := make([]byte, number(arguments, "bytes"))
	if _, err := rand.Read(data); err != nil {
		return nil, err
	}
	request := &proto.Payload{Data: data}
	call := caller.call
	switch arguments["kind"] {
	case "nested":
		request.Count = 1
	case "stream":
		request.Count = int32(number(arguments, "messages"))
		call = caller.stream
	}
	before := usage(false)
	begun := time.Now()
	length := time.Duration(number(arguments, "millis")) * time.Millisecond
	var tallies []*tally
	if rate := number(arguments, "rate"); rate > 0 {
		tallies = openLoop(callers, request, call, rate, begun, length)
	} else {
		tallies = closedLoop(callers, request, call, number(arguments, "inflight"), begun.Add(length))
	}
	return summary(tallies, time.Since(begun), before), nil
}

type callFunction = func(caller, *proto.Payload) (int, error)

func closedLoop(callers []caller, request *proto.Payload, call callFunction, inFlight int, deadline time.Time) []*tally {
	var group sync.WaitGroup
	tallies := make([]*tally, inFlight)
	for i := range tallies {
		it := &tally{}
		tallies[i] = it
		lane := callers[i%len(callers)]
		group.Add(1)
		go func() {
			defer group.Done()
			for it.failure == nil && time.Now().Before(deadline) {
				begun := time.Now()
				it.count(lane, request, call, begun)
			}
		}()
	}
	group.Wait()
	return tallies
}

// openLoop counts each call's latency from when it should have begun.
func openLoop(callers []caller, request *proto.Payload, call callFunction, rate int, begun time.Time, length time.Duration) []*tally {
	var group sync.WaitGroup
	tallies := make([]*tally, int(length.Seconds())*rate)
	for i := range tallies {
		due := begun.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		it := &tally{}
		tallies[i] = it
		lane := callers[i%len(callers)]
		group.Add(1)
		go func() {
			defer group.Done()
			it.count(lane, request, call, due)
		}()
	}
	group.Wait()
	return tallies
}

func (t *tally) count(lane caller, request *proto.Payload, call callFunction, begun time.Time) {
	bytes, err := call(lane, request)
	if err != nil {
		t.failure = err
		return
	}
	t.latencies = append(t.latencies, time.Since(begun))
	t.bytes += bytes
}

func summary(tallies []*tally, elapsed time.Duration, before map[string]string) map[string]string {
	var latencies []time.Duration
	bytes, errors := 0, 0
	values := usageSince(before)
	for _, it := range tallies {
		latencies = append(latencies, it.latencies...)
		bytes += it.bytes
		if it.failure != nil {
			errors++
			values["failure"] = strings.Join(strings.Fields(strings.ReplaceAll(it.failure.Error(), "=", "_")), "_")
		}
	}
	sort.Slice(latencies, func(i, j int) bool { return latencies[i] < latencies[j] })
	at := func(share float64) string {
		if len(latencies) == 0 {
			return "0"
		}
		return strconv.FormatInt(int64(latencies[int(share*float64(len(latencies)-1))]), 10)
	}
	values["calls"] = strconv.Itoa(len(latencies))
	values["bytes"] = strconv.Itoa(bytes)
	values["errors"] = strconv.Itoa(errors)
	values["nanos"] = strconv.FormatInt(int64(elapsed), 10)
	values["p50"], values["p99"], values["p999"], values["max"] = at(0.5), at(0.99), at(0.999), at(1)
	return values
}

func dial(it end, arguments map[string]string) (map[string]string, error) {
	before := usage(false)
	begun := time.Now()
	deadline := begun.Add(time.Duration(number(arguments, "millis")) * time.Millisecond)
	var group sync.WaitGroup
	tallies := make([]*tally, number(arguments, "inflight"))
	for i := range tallies {
		lane := &tally{}
		tallies[i] = lane
		group.Add(1)
		go func() {
			defer group.Done()
			for lane.failure == nil && time.Now().Before(deadline) {
				begun := time.Now()
				if lane.failure = it.connectOnce(); lane.failure == nil {
					lane.latencies = append(lane.latencies, time.Since(begun))
				}
			}
		}()
	}
	group.Wait()
	return summary(tallies, time.Since(begun), before), nil
}

func usage(collect bool) map[string]string {
	if collect {
		runtime.GC()
	}
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return map[string]string{
		"cpu":       strconv.FormatInt(used.Utime.Nano()+used.Stime.Nano(), 10),
		"allocated": strconv.FormatUint(memory.TotalAlloc, 10),
		"heap":      strconv.FormatUint(memory.HeapAlloc, 10),
		"rss":       strconv.Itoa(rss()),
	}
}

func usageSince(before map[string]string) map[string]string {
	now := usage(false)
	for _, name := range []string{"cpu", "allocated"} {
		now[name] = strconv.Itoa(number(now, name) - number(before, name))
	}
	return now
}

func rss() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(status), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			kilobytes, _ := strconv.Atoi(fields[1])
			return kilobytes << 10
		}
	}
	return 0
}
