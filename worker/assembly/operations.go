package assembly

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/streitfall/streitfall/workflows/encryption"
)

// readOperations reads what concerns the running of a worker, not its disputes.
func (c *Config) readOperations(getenv func(string) string) (faults []error) {
	c.MetricsAddr = getenv("METRICS_ADDR")
	c.Deployment, c.BuildID = getenv("TEMPORAL_DEPLOYMENT_NAME"), getenv("TEMPORAL_WORKER_BUILD_ID")
	var err error
	if c.PayloadKeys, err = encryption.ParseKeys(getenv("PAYLOAD_KEYS")); err != nil {
		faults = append(faults, fmt.Errorf("PAYLOAD_KEYS: %w", err))
	}
	if c.Log, err = LogFromEnv(getenv); err != nil {
		faults = append(faults, err)
	}
	if _, _, err := net.SplitHostPort(c.MetricsAddr); c.MetricsAddr != "" && err != nil {
		faults = append(faults, fmt.Errorf("METRICS_ADDR is %.64q; write it like :9090 or 127.0.0.1:9090", c.MetricsAddr))
	}
	return append(faults, c.deploymentFaults()...)
}

// deploymentFaults refuses half a version, and what Temporal cannot use: it joins both to one name.
func (c *Config) deploymentFaults() (faults []error) {
	if (c.Deployment == "") != (c.BuildID == "") {
		faults = append(faults, errors.New("TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID belong together; set both or none"))
	}
	if strings.ContainsAny(c.Deployment, ".:") {
		faults = append(faults, fmt.Errorf("TEMPORAL_DEPLOYMENT_NAME is %.64q; it must not contain a dot or a colon", c.Deployment))
	}
	return faults
}
