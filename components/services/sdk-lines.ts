/** The lines a service team adds, per framework. */
export const SDK_INSTALL = 'npm install @stepgate/node'

export const SDK_LINES = {
  express: `import { createStepgate } from '@stepgate/node'
import { protectExpress } from '@stepgate/node/express'

protectExpress(app, createStepgate())   // right after express()`,
  fastify: `import { createStepgate } from '@stepgate/node'
import { stepgateFastify } from '@stepgate/node/fastify'

await app.register(stepgateFastify, { stepgate: createStepgate() })`,
  'node-http': `import { createStepgate } from '@stepgate/node'
import { guard } from '@stepgate/node/node-http'

const readOrder = guard(createStepgate(), 'GET', '/orders/:orderId', handler)`,
} as const

export type SdkFramework = keyof typeof SDK_LINES
export const SDK_FRAMEWORKS = [
  { value: 'express', label: 'Express 4 and 5' },
  { value: 'fastify', label: 'Fastify 5' },
  { value: 'node-http', label: 'node:http' },
] as const satisfies readonly { readonly value: SdkFramework; readonly label: string }[]
