package dispute

// ImportedMerchant is the JSON form of a Merchant in an Import.
type ImportedMerchant = importedMerchant
