// The arrows of the architecture:
//   policy <- contract <- control <- server        policy <- sdk        contract <- client <- components <- app
//   policy <- evidence <- control                  store <- control     app never imports store or control
//   condition <- control, sdk
// Nothing here excludes node_modules: rules about packages would then silently hold.
const TESTS = '\\.test\\.tsx?$|^sdk/test/|-fixture\\.ts$|/arbitraries\\.ts$|^vitest\\.setup\\.ts$'

/** A room and the rooms of ours it may import besides itself. */
const ROOMS = {
  '^lib/policy/': [],
  '^lib/condition/': [],
  '^lib/contract/': ['^lib/policy/'],
  '^lib/evidence/': ['^lib/policy/', '^lib/contract/'],
  '^lib/store/': ['^lib/policy/', '^lib/contract/', '^lib/evidence/'],
  '^lib/control/': ['^lib/policy/', '^lib/condition/', '^lib/contract/', '^lib/evidence/', '^lib/store/'],
  '^lib/client/': ['^lib/policy/', '^lib/contract/'],
  '^components/': ['^lib/policy/', '^lib/contract/', '^lib/client/', '^public/'],
  '^app/': ['^lib/policy/', '^lib/contract/', '^lib/client/', '^components/', '^public/'],
  '^server/': ['^lib/policy/', '^lib/contract/', '^lib/evidence/', '^lib/store/', '^lib/control/'],
  '^sdk/src/': ['^lib/policy/', '^lib/condition/', '^sdk/package\\.json$'],
}

const OURS = '^(lib|components|app|server|sdk|demo|bench|e2e|scripts|prisma)/'

const arrows = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `arrows of ${room.slice(1, -1)}`,
  severity: 'error',
  from: { path: room, pathNot: TESTS },
  to: { path: OURS, pathNot: [room, ...allowed] },
}))

export default {
  forbidden: [
    ...arrows,
    {
      name: 'policy imports nothing',
      comment: 'It runs in services, in the browser and in the gateway: no package, and nothing of Node.',
      severity: 'error',
      from: { path: '^lib/policy/', pathNot: TESTS },
      to: { pathNot: '^lib/policy/' },
    },
    {
      name: 'sdk has no dependency',
      severity: 'error',
      from: { path: '^sdk/src/', pathNot: TESTS },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'evidence is pure',
      severity: 'error',
      from: { path: '^lib/evidence/', pathNot: TESTS },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'the browser runs nothing of Node',
      severity: 'error',
      // The route table is written by a program, which lies beside it.
      from: { path: '^(components|lib/client)/', pathNot: `${TESTS}|/write-route-table\\.ts$` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no framework in the domain',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^node_modules/(fastify|next)/', pathNot: '^node_modules/next/font/' },
    },
    {
      name: 'tests are not imported',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { path: '\\.test\\.tsx?$' },
    },
    {
      name: 'no cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
    },
    { name: 'everything resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules|^lib/store/generated|^sdk/dist' },
    includeOnly: {
      path: '^(lib|components|app|server|sdk/src|sdk/test|demo|bench|e2e|scripts|node_modules)|^[a-z:]+$',
    },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
    exclude: { path: '^\\.next|^sdk/dist/' },
  },
}
