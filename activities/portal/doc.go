// Package portal sends the messages of a dispute to the webhook of the merchant's dispute app. README.md in this folder
// documents payloads, signatures and answers for the merchant's engineers.
package portal
