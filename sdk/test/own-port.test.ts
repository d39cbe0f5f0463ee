import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { TestControlPlane } from './control-plane.ts'

const plane = new TestControlPlane()
const servers: Server[] = []

const listen = async (port: number): Promise<Server> => {
  const server = createServer()
  servers.push(server)
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return server
}
const portOf = (url: string): number => Number(new URL(url).port)

afterEach(async () => {
  for (const server of servers.splice(0)) server.close()
  await plane.kill()
})

it('is one that is not handed out to whoever asks for any', async () => {
  await plane.start()
  const other = await listen(0)
  expect(portOf(plane.url)).toBeLessThan((other.address() as { readonly port: number }).port)
  expect(portOf(plane.url)).toBeLessThan(32_768)
})

it('is the same after an outage, though somebody else has had it for a moment', async () => {
  const { url } = await plane.start()
  await plane.kill()
  const other = await listen(portOf(url))
  const back = plane.start()
  await new Promise((resolve) => setTimeout(resolve, 50))
  other.close()
  expect((await back).url).toBe(url)
})
