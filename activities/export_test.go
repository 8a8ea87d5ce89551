package activities

// Together is how long the receipt of one message waits for that of the other.
const Together = together
