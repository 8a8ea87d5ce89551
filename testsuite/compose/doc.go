// Package compose tests docker-compose.yml with the loader of Docker Compose, without a Docker engine. It does not test
// the images; command cluster runs the services of the file as processes. It also tests the manifests for Kubernetes and the
// units for systemd.
//
// It is a module of its own, because only it needs the loader and the types of Kubernetes:
//
//	go -C testsuite/compose test ./...
package compose
