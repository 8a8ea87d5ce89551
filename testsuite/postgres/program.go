package postgres

import (
	"cmp"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrMissing means that PostgreSQL is not installed, or not where Start looks for it.
var ErrMissing = errors.New("found no postgres and initdb on PATH, in /usr/lib/postgresql/*/bin or /usr/local/bin; " +
	"on Debian and Ubuntu: apt-get install postgresql")

// programs are the programs of one installation of PostgreSQL.
type programs struct {
	postgres, initdb string
}

// installed are the folders off PATH in which packages install PostgreSQL.
var installed = []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/bin"}

func findPrograms() (programs, error) {
	folders := []string{""} // PATH
	for _, pattern := range installed {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			return programs{}, err
		}
		slices.SortFunc(matches, func(a, b string) int { return cmp.Compare(version(b), version(a)) })
		folders = append(folders, matches...)
	}
	for _, folder := range folders {
		postgres, err := exec.LookPath(filepath.Join(folder, "postgres"))
		if err != nil {
			continue
		}
		if initdb, err := exec.LookPath(filepath.Join(folder, "initdb")); err == nil {
			return programs{postgres: postgres, initdb: initdb}, nil
		}
	}
	return programs{}, ErrMissing
}

// version returns the number in a path such as /usr/lib/postgresql/17/bin, or 0.
func version(folder string) int {
	name := filepath.Base(filepath.Dir(folder))
	number, err := strconv.Atoi(name[strings.LastIndexByte(name, '-')+1:])
	if err != nil {
		return 0
	}
	return number
}
