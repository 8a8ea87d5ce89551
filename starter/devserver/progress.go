package devserver

import (
	"fmt"
	"io"
	"time"
)

const (
	// cacheTime is longer than Go needs to find that everything is built.
	cacheTime        = 3 * time.Second
	progressInterval = 10 * time.Second
)

// reportProgress reports on a build that takes longer than cacheTime, until done is called.
func reportProgress(w io.Writer) (done func(success bool)) {
	if w == nil {
		return func(bool) {}
	}
	result, reported := make(chan bool), make(chan struct{})
	go func() {
		defer close(reported)
		report(w, result)
	}()
	return func(success bool) {
		result <- success
		<-reported
	}
}

func report(w io.Writer, result <-chan bool) {
	start := time.Now()
	select {
	case <-result:
		return
	case <-time.After(cacheTime):
		fmt.Fprintln(w, "Building a Temporal server from its sources, which takes two to five minutes the first time.")
	}
	for {
		select {
		case <-time.After(progressInterval):
			fmt.Fprintf(w, "Still building, %s so far.\n", time.Since(start).Round(time.Second))
		case success := <-result:
			if success {
				fmt.Fprintf(w, "The Temporal server is built, after %s.\n", time.Since(start).Round(time.Second))
			}
			return
		}
	}
}
