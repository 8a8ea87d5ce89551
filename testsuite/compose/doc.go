// Package compose tests docker-compose.yml with the loader of Docker Compose, without an engine. It does not run the images;
// command cluster runs the same services as processes.
package compose
