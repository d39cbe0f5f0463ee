import type { ASTNode } from '@marcbachmann/cel-js'

/** Methods that evaluate what they are handed for each item of a list. */
export const LOOPS = ['all', 'exists', 'exists_one']

/** What an expression consists of. */
interface Parts {
  readonly children: readonly ASTNode[]
  /** Children that are evaluated for each item of a list. */
  readonly repeated: readonly ASTNode[]
}

const plain = (children: readonly ASTNode[]): Parts => ({ children, repeated: [] })

export function partsOf(node: ASTNode): Parts {
  switch (node.op) {
    case 'value':
    case 'id':
      return plain([])
    case '.':
    case '.?':
      return plain([node.args[0]])
    case '!_':
    case '-_':
      return plain([node.args])
    case 'map':
      return plain(node.args.flat())
    case 'call':
      return plain(node.args[1])
    case 'rcall': {
      const [name, receiver, passed] = node.args
      return LOOPS.includes(name) ? { children: [receiver], repeated: passed } : plain([receiver, ...passed])
    }
    default:
      return plain(node.args)
  }
}

/** Names of the parameters an expression refers to, as `params.name` or `params["name"]`. */
export function listParams(node: ASTNode): string[] {
  const { children, repeated } = partsOf(node)
  const named = paramOf(node)
  return [...(named === null ? [] : [named]), ...[...children, ...repeated].flatMap(listParams)]
}

function paramOf(node: ASTNode): string | null {
  if (node.op !== '.' && node.op !== '[]') return null
  const [map, member] = node.args
  if (map.op !== 'id' || map.args !== 'params') return null
  if (typeof member === 'string') return member
  return member.op === 'value' && typeof member.args === 'string' ? member.args : null
}
