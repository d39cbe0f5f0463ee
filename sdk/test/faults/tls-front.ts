import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import { makeCertificate, type Certificate } from './certificate.ts'

export type TlsBehaviour = 'good' | 'untrusted' | 'no TLS at all'

/** Ends TLS in front of a control plane, well or badly. */
export class TlsFront {
  readonly trusted: Certificate = makeCertificate()
  readonly #target: () => number
  readonly #sockets = new Set<Socket>()
  readonly #good: TlsServer
  readonly #untrusted: TlsServer
  readonly #server = createServer((socket) => this.#receive(socket))
  #behaviour: TlsBehaviour = 'good'
  /** Connections that came while TLS was bad. */
  refused = 0

  constructor(target: () => number) {
    this.#target = target
    this.#good = this.#terminate(this.trusted)
    this.#untrusted = this.#terminate(makeCertificate())
  }

  get url(): string {
    return `https://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}` // it listens on a port
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  /** Connections of before end. */
  behave(behaviour: TlsBehaviour): void {
    this.#behaviour = behaviour
    this.#cut()
  }

  stop(): void {
    this.#server.close()
    this.#cut()
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #receive(socket: Socket): void {
    this.#keep(socket)
    if (this.#behaviour === 'good') this.#good.emit('connection', socket)
    else {
      this.refused++
      if (this.#behaviour === 'untrusted') this.#untrusted.emit('connection', socket)
      else socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
    }
  }

  #terminate({ certificate: cert, privateKey: key }: Certificate): TlsServer {
    const server = createTlsServer({ cert, key }, (inner) => {
      const outer = connect(this.#target(), '127.0.0.1')
      this.#keep(outer)
      inner.on('error', () => outer.destroy()).on('close', () => outer.destroy())
      outer.on('close', () => inner.destroy())
      inner.pipe(outer).pipe(inner)
    })
    return server.on('tlsClientError', (_error, socket) => socket.destroy())
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket))
  }
}
