import type { Role } from '#lib/client/object-types.ts'

export const ROLE_WORDS: Readonly<Record<Role, { readonly label: string; readonly detail: string }>> = {
  viewer: { label: 'Viewer', detail: 'Reads everything but accounts.' },
  operator: {
    label: 'Operator',
    detail: 'Changes services, endpoints, rules, modes, scopes, grants, identities and credentials.',
  },
  administrator: { label: 'Administrator', detail: 'Also manages accounts, environments, issuers and keys.' },
}

export const ROLE_ORDER: readonly Role[] = ['viewer', 'operator', 'administrator']
/** What a role may do; empty for a word that is none. */
export const toRoleDetail = (role: string): string =>
  ROLE_ORDER.filter((each) => each === role)
    .map((each) => ROLE_WORDS[each].detail)
    .join('')

export const ROLE_OPTIONS = ROLE_ORDER.map((value) => ({ value, label: ROLE_WORDS[value].label }))
