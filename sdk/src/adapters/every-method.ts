import { METHODS } from '../../../lib/policy/vocabulary.ts'

/** Methods of a route that takes all of them, as far as they are worth an endpoint each before they are seen. */
export const ALL_METHODS: readonly string[] = METHODS.filter((method) => method !== 'OPTIONS')

/** A route for all methods is registered under each that Node knows. */
const EVERY_METHOD_MIN = 20

/** The methods of a route that are registered before any of its requests is seen. */
export const methodsToRegister = (methods: readonly string[]): readonly string[] =>
  methods.length >= EVERY_METHOD_MIN ? ALL_METHODS : methods
