package devserver

import (
	"fmt"
	"io"
	"time"
)

const (
	// quietFor is longer than Go needs to find that everything is built.
	quietFor    = 3 * time.Second
	signOfLife  = 10 * time.Second
	announced   = "Building a Temporal server from its sources, which takes two to five minutes the first time.\n"
	stillAtWork = "Still building, %s so far.\n"
	built       = "The Temporal server is built, after %s.\n"
)

// narrate tells about a build that takes longer than a look into the cache, until the returned function is
// told whether it succeeded.
func narrate(w io.Writer) (done func(success bool)) {
	if w == nil {
		return func(bool) {}
	}
	result, ended := make(chan bool), make(chan struct{})
	go func() {
		defer close(ended)
		tell(w, result)
	}()
	return func(success bool) {
		result <- success
		<-ended
	}
}

func tell(w io.Writer, result <-chan bool) {
	begin := time.Now()
	say := func(format string) {
		fmt.Fprintf(w, format, time.Since(begin).Round(time.Second))
	}
	select {
	case <-result:
		return
	case <-time.After(quietFor):
		fmt.Fprint(w, announced)
	}
	ticker := time.NewTicker(signOfLife)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			say(stillAtWork)
		case success := <-result:
			if success {
				say(built)
			}
			return
		}
	}
}
