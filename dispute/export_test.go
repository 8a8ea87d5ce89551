package dispute

// ImportFile is an import in JSON.
type ImportFile = importFile
