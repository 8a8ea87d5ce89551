// Package compose tests what docker-compose.yml says, with the loader of Docker Compose itself and without an
// engine. Whether the images do what the file wants from them is not shown here; command cluster runs the same
// topology as processes.
package compose
