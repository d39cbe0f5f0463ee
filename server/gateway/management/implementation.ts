import type { z } from 'zod'
import type { RouteContract, RouteName, Routes } from '#lib/contract/routes.ts'
import type { Actor } from '#lib/control/actor.ts'
import type { ControlContext } from '#lib/control/context.ts'
import type { Authentication } from '#lib/control/session/authenticate.ts'
import type { Client } from '#lib/control/session/create-session.ts'

/** Text of any length, sent while it is made. */
export interface TextStream {
  readonly mediaType: string
  readonly fileName: string
  readonly chunks: AsyncIterable<string>
}

type IsVersioned<Route extends RouteContract> = Route['method'] extends 'GET' ? false : Route['ifMatch']

/** One request of a route, parsed by its contract. */
export interface Call<Name extends RouteName> {
  readonly ctx: ControlContext
  readonly client: Client
  readonly params: z.output<Routes[Name]['params']>
  readonly query: z.output<Routes[Name]['query']>
  readonly body: Routes[Name]['body'] extends z.ZodType ? z.output<Routes[Name]['body']> : undefined
  /** From If-Match. */
  readonly version: IsVersioned<Routes[Name]> extends true ? number : undefined
  readonly actor: Routes[Name]['access'] extends 'anyone' ? null : Actor
  readonly authentication: Routes[Name]['access'] extends 'anyone' ? null : Authentication
}

export type Answer<Name extends RouteName> = z.input<Routes[Name]['response']>
export type Implementation<Name extends RouteName> = (
  call: Call<Name>,
) => Promise<z.input<Routes[Name]['response']> extends string ? TextStream : Answer<Name>>

/** Every route of the contract has one: a missing one does not compile. */
export type Implementations = { readonly [Name in RouteName]: Implementation<Name> }
