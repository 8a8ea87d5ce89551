// Package portal tells merchants of their disputes through a webhook of their dispute app. What a merchant's
// engineers need to know of it, the payload above all, stands in README.md beside this file.
package portal
