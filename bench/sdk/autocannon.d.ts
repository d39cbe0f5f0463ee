declare module 'autocannon' {
  interface Options {
    readonly url: string
    readonly connections: number
    /** Seconds. */
    readonly duration: number
    readonly headers?: Readonly<Record<string, string>>
    readonly requests?: readonly {
      readonly path: string
      readonly method?: 'GET' | 'POST'
      readonly headers: Readonly<Record<string, string>>
      readonly body?: string
    }[]
  }
  interface Result {
    readonly non2xx: number
    readonly errors: number
    readonly '3xx': number
    /** Seconds. */
    readonly duration: number
    readonly requests: { readonly average: number; readonly total: number }
  }
  export default function autocannon(options: Options): Promise<Result>
}
