import type { Message } from '../shared/messages.ts'
import { RecentMap } from '../shared/recent-map.ts'
import { recordId } from '../shared/record-id.ts'

const MESSAGES_KEPT = 300

/** What was sent, and with which words. */
export class Outbox {
  readonly #messages = new RecentMap<Message>(MESSAGES_KEPT)
  readonly #templates = new Map<string, string>([
    ['order-placed', 'Thank you, order {orderId} is on its way to the warehouse.'],
    ['order-shipped', 'Order {orderId} has left the warehouse.'],
    ['order-cancelled', 'Order {orderId} is cancelled.'],
    ['order-returned', 'Your return of order {orderId} is refunded.'],
    ['receipt', 'Receipt for order {orderId}.'],
  ])

  send(kind: Message['kind'], to: string, template: string, orderId: string): Message {
    const body = (this.#templates.get(template) ?? template).replace('{orderId}', orderId)
    const message: Message = { id: recordId('msg'), kind, to, template, body, sentAt: new Date().toISOString() }
    this.#messages.set(message.id, message)
    return message
  }

  find(id: string): Message | undefined {
    return this.#messages.get(id)
  }

  newest(limit: number): Message[] {
    return this.#messages.values().slice(-limit).reverse()
  }

  templates(): Record<string, string> {
    return Object.fromEntries(this.#templates)
  }

  /** False for a template nobody uses. */
  setTemplate(name: string, words: string): boolean {
    if (!this.#templates.has(name)) return false
    this.#templates.set(name, words)
    return true
  }
}
