/** The lines a service team adds, per framework. */
export const SDK_INSTALL = 'npm install @stepgate/node'

export const SDK_LINES = {
  express: `import { createStepgate } from '@stepgate/node'
import { protectExpress } from '@stepgate/node/express'

const stepgate = createStepgate()
protectExpress(app, stepgate)   // right after express()
await stepgate.started          // before app.listen(…)`,
  fastify: `import { createStepgate } from '@stepgate/node'
import { stepgateFastify } from '@stepgate/node/fastify'

const stepgate = createStepgate()
await app.register(stepgateFastify, { stepgate })   // before the first route
await stepgate.started                              // before app.listen(…)`,
  'node-http': `import { createStepgate } from '@stepgate/node'
import { guard } from '@stepgate/node/node-http'

const stepgate = createStepgate()
const readOrder = guard(stepgate, 'GET', '/orders/:orderId', handler)
await stepgate.started   // before server.listen(…)`,
} as const

export type SdkFramework = keyof typeof SDK_LINES
export const SDK_FRAMEWORKS = [
  { value: 'express', label: 'Express 4 and 5' },
  { value: 'fastify', label: 'Fastify 5' },
  { value: 'node-http', label: 'node:http' },
] as const satisfies readonly { readonly value: SdkFramework; readonly label: string }[]
