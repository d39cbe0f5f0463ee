#!/usr/bin/env node
// Prisma downloads a native schema engine unless it is told of one. Migrations here are applied by lib/store/migrate.ts
// and the client needs no engine, so this stands in for it. It fails on purpose: a stand-in that succeeded would let
// `prisma migrate deploy` report success without applying anything.
process.stderr.write('The native schema engine is not used here: run "npm run migrate".\n')
process.exit(1)
