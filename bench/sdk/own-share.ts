/** How much of a process's time is the middleware's own, by V8's sampling profiler: the same whatever the machine does meanwhile. */
import { Session, type Profiler } from 'node:inspector/promises'

const SAMPLING_INTERVAL_MICROSECONDS = 200

export interface OwnShare {
  readonly samples: number
  /** Of the samples in which the process was not idle. */
  readonly own: number
}

type Owner = 'middleware' | 'other'

/** Node and the engine work for whoever called them. */
function ownerOf(
  { functionName, url }: Profiler.ProfileNode['callFrame'],
  caller: Owner,
  isOwn: (url: string) => boolean,
): Owner {
  if (functionName === '(garbage collector)' || functionName === '(program)') return 'other'
  if (url === '' || url.startsWith('node:')) return caller
  return isOwn(url) ? 'middleware' : 'other'
}

function count({ nodes }: Profiler.Profile, isOwn: (url: string) => boolean): OwnShare {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const hits = { middleware: 0, other: 0 }
  const visit = (node: Profiler.ProfileNode, caller: Owner): void => {
    if (node.callFrame.functionName === '(idle)') return
    const owner = ownerOf(node.callFrame, caller, isOwn)
    hits[owner] += node.hitCount ?? 0
    for (const id of node.children ?? []) {
      const child = byId.get(id)
      if (child !== undefined) visit(child, owner)
    }
  }
  const [root] = nodes
  if (root !== undefined) visit(root, 'other')
  const samples = hits.middleware + hits.other
  return { samples, own: hits.middleware / samples }
}

/** Profiles this process until the answer is called. */
export async function profileOwnShare(isOwn: (url: string) => boolean): Promise<() => Promise<OwnShare>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_MICROSECONDS })
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    return count(profile, isOwn)
  }
}
