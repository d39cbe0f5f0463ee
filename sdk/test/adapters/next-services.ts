/** An application of Next's App Router: written to a folder of its own, built by `next build`, and served in this process. */
import { build as bundle } from 'esbuild'
import makeNextServer from 'next'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { dirname, join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Stepgate, StepgateDecision } from '../../src/index.ts'
import {
  Behaviour,
  listen,
  nameOf,
  templateOf,
  type RunningService,
  type ServiceKind,
  type ServiceRoute,
} from './service-kind.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** How handlers inside Next's bundles reach the service that runs them. */
const SERVICE = Symbol.for('stepgate next service of tests')

class NextService {
  readonly stepgate: Stepgate
  readonly behaviour = new Behaviour()
  readonly #routes: readonly ServiceRoute[]

  constructor(stepgate: Stepgate, routes: readonly ServiceRoute[]) {
    this.stepgate = stepgate
    this.#routes = routes
  }

  run(name: string, stepgate: StepgateDecision | null): Response {
    const route = this.#routes.find((each) => nameOf(each) === name)
    if (route === undefined) throw new Error(`there is no ${name}`)
    const answer = this.behaviour.run(route, stepgate)
    if (route.answer !== 'stream') return Response.json(answer)
    return new Response(Readable.toWeb(Readable.from(this.behaviour.stream())) as ReadableStream) // Node's is the web's
  }
}

const folderOf = (route: ServiceRoute): string =>
  templateOf(route)
    .replace(/:([^/]+)/g, '[$1]')
    .replace(/(?<=.)\/$/, '')

function programOf(folder: string, library: string, routes: readonly ServiceRoute[]): string {
  const methods = routes.map(({ method }) => method).join(', ')
  const handlers = routes.map(
    (route) => `  ${route.method}: (request, { stepgate }) => service().run('${nameOf(route)}', stepgate),`,
  )
  return [
    `import { protectRoute } from '${library}'`,
    `const service = () => globalThis[Symbol.for('${SERVICE.description ?? ''}')]`,
    `export const { ${methods} } = protectRoute(() => service().stepgate, '${folder}', {`,
    ...handlers,
    '})',
  ].join('\n')
}

async function writeApplication(directory: string, routes: readonly ServiceRoute[]): Promise<void> {
  const library = join(directory, 'stepgate-next.js')
  await bundle({
    entryPoints: [join(root, 'sdk/src/next.ts')],
    outfile: library,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  })
  await writeFile(join(directory, 'package.json'), '{"type":"module"}')
  await writeFile(
    join(directory, 'next.config.mjs'),
    `export default { turbopack: { root: ${JSON.stringify(root)} }, typescript: { ignoreBuildErrors: true } }`,
  )
  for (const [folder, inside] of Map.groupBy(routes, folderOf)) {
    const file = join(directory, 'app', folder, 'route.js')
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, programOf(folder, relative(dirname(file), library), inside))
  }
}

async function buildApplication(directory: string): Promise<void> {
  const env = { ...process.env, NODE_ENV: 'production' as const, NEXT_TELEMETRY_DISABLED: '1' }
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/next/dist/bin/next'), 'build'], {
    cwd: directory,
    env,
  })
}

const possibleOf = (routes: readonly ServiceRoute[]): ServiceRoute[] => routes.filter(({ method }) => method !== 'ALL')

/** Answers where it was built: inside the repository, where Next finds itself. */
async function build(routes: readonly ServiceRoute[]): Promise<string> {
  const cache = join(root, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const directory = await mkdtemp(join(cache, 'stepgate-next-'))
  await writeApplication(directory, possibleOf(routes))
  await buildApplication(directory)
  return directory
}

async function serve(directory: string, stepgate: Stepgate, routes: readonly ServiceRoute[]): Promise<RunningService> {
  const service = new NextService(stepgate, possibleOf(routes))
  Object.assign(globalThis, { [SERVICE]: service })
  const server = makeNextServer({
    dev: false,
    dir: directory,
    quiet: true,
  })
  await server.prepare()
  const answer = server.getRequestHandler()
  const listener: RequestListener = (request, response) => void answer(request, response)
  const running = await listen(listener, service.behaviour)
  const close = async (): Promise<void> => {
    await running.close()
    await server.close()
    await rm(directory, { recursive: true, force: true })
  }
  return { ...running, close }
}

export const NEXT_KIND: ServiceKind = {
  name: 'Next 16',
  framework: 'next',
  cannot: {
    all: 'it knows no such route',
    address: 'it tells no connection',
    discovery: 'it loads a route when it is asked for',
    override: 'there is no middleware',
    preflight: 'it answers OPTIONS by itself, without headers of CORS',
    'path as sent': 'a Request has its path normalised',
  },
  build: async (routes) => {
    const directory = await build(routes)
    return (stepgate, served) => serve(directory, stepgate, served)
  },
  start: async (stepgate, routes) => serve(await build(routes), stepgate, routes),
}
