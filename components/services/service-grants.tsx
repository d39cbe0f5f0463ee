'use client'
import { EmptyState } from '../ui/empty-state.tsx'
import { GrantList } from '../grants/grant-list.tsx'

/** What the service may do elsewhere, and who may do what here. */
export const ServiceGrants = ({ service }: { readonly service: string }) => (
  <div className="grid gap-4">
    <GrantList
      id="held"
      title="Grants it holds"
      description="What this service may do at other services"
      filter={{ clientId: service }}
      empty={
        <EmptyState title="It holds no grant">
          Its tokens carry no scope. Grant those that the services it calls ask for.
        </EmptyState>
      }
    />
    <GrantList
      id="given"
      title="Grants on its scopes"
      description="Who may do what here"
      filter={{ service }}
      empty={
        <EmptyState title="Nobody holds a scope of this service">
          Create scopes, then grant them to the identities that call it.
        </EmptyState>
      }
    />
  </div>
)
