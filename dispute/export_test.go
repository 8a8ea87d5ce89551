package dispute

// ImportFile is the JSON form of an Import.
type ImportFile = importFile
