import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

const known = new WeakMap<Socket, string>()

function readTraits(socket: TLSSocket): string {
  const { alpnProtocol } = socket
  return [socket.getProtocol() ?? '', socket.getCipher().name, alpnProtocol === false ? '' : alpnProtocol].join(' ')
}

/**
 * What was negotiated where TLS ends in this process: version, cipher, protocol. Empty on plain connections. It says far less
 * than a fingerprint of the ClientHello, which Node does not show.
 */
export function tlsTraitsOf(socket: Socket | undefined): string {
  if (socket === undefined || !('encrypted' in socket)) return ''
  const cached = known.get(socket)
  if (cached !== undefined) return cached
  const traits = readTraits(socket as TLSSocket) // only those have `encrypted`
  known.set(socket, traits)
  return traits
}
