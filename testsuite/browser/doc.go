// Package browser tests the portal in a real browser, Debian's Chromium, as the parties use it: with and without JavaScript,
// by keyboard alone, and with axe-core, which looks for barriers. It is a module of its own, because only it needs the
// browser's protocol.
package browser
