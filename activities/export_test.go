package activities

// CompanyWithin is how long the receipt of one message waits for that of the other.
const CompanyWithin = companyWithin
