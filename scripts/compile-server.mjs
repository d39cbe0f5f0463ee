// Loads the server once, so that its compiled code is in Node's cache: the first start is then as quick and as small as
// the next.
await import('../server/launcher.ts')
process.exit()
