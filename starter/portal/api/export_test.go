package api

// Operation is a row of the table of operations.
type Operation struct {
	Method, Path, ID, Body string
}

// Operations is the table of operations.
func Operations() (all []Operation) {
	for _, o := range operations() {
		all = append(all, Operation{o.method, o.path, o.id, o.body})
	}
	return all
}
