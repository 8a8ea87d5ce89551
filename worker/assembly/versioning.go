package assembly

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// deployment makes the worker one version of a Worker Deployment of Temporal, if it is to be one. It then gets
// tasks once an operator makes its version the current one. Running disputes go on with that version too
// (auto-upgrade): they live for weeks, and no build is kept running for its last dispute.
func (c Config) deployment() worker.DeploymentOptions {
	if c.Deployment == "" {
		return worker.DeploymentOptions{}
	}
	return worker.DeploymentOptions{
		UseVersioning:             true,
		Version:                   worker.WorkerDeploymentVersion{DeploymentName: c.Deployment, BuildID: c.BuildID},
		DefaultVersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	}
}
