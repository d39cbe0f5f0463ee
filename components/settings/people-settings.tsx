'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { accountsQuery, reinviteAccount, updateAccount } from '#lib/client/accounts.ts'
import type { Account, AccountInvitation } from '#lib/client/object-types.ts'
import { useHasRole, useRoleGate, useSession } from '../shell/session-context.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { MenuItem } from '../ui/menu.tsx'
import { MoreMenu } from '../ui/more-menu.tsx'
import { Panel } from '../ui/panel.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { complain, toast } from '../ui/toast.ts'
import { ROLE_WORDS } from './role-words.ts'

const InviteDialog = dynamic(async () => (await import('./account-dialogs.tsx')).InviteDialog, { ssr: false })
const AccountDialog = dynamic(async () => (await import('./account-dialogs.tsx')).AccountDialog, { ssr: false })
const InvitationDialog = dynamic(async () => (await import('./account-dialogs.tsx')).InvitationDialog, { ssr: false })

type Open =
  | { readonly what: 'invite' }
  | { readonly what: 'edit' | 'disable'; readonly account: Account }
  | { readonly what: 'invitation'; readonly invitation: AccountInvitation }
  | null

const SIGN_IN_WORDS: Readonly<Record<Account['signIn'], string>> = {
  password: 'password',
  oidc: 'single sign-on',
  invited: 'invited, not yet signed in',
}

function AccountItem({ account, onOpen }: { readonly account: Account; readonly onOpen: (open: Open) => void }) {
  const { account: own } = useSession()
  const update = useMutation(updateAccount)
  const reinvite = useMutation(reinviteAccount)
  const isOwn = own.id === account.id
  const enable = () => {
    update.mutate(
      { params: { id: account.id }, ifMatch: account.version, body: { disabled: false } },
      {
        onSuccess: ({ name }) => {
          toast.success(`${name} may sign in again`)
        },
        onError: complain,
      },
    )
  }
  const makeLink = () => {
    reinvite.mutate(
      { params: { id: account.id } },
      {
        onSuccess: (invitation) => {
          onOpen({ what: 'invitation', invitation })
        },
        onError: complain,
      },
    )
  }
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-2.5 sm:grid-cols-[minmax(0,1fr)_auto_auto]">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 font-medium">
          {account.name}
          {isOwn && <Badge>You</Badge>}
          {account.disabled && <Badge tone="denied">Disabled</Badge>}
        </p>
        <p className="text-xs break-words text-muted">
          {account.email} · {SIGN_IN_WORDS[account.signIn]} · last seen <RelativeTime at={account.lastSeenAt} />
        </p>
      </div>
      <span className="max-sm:col-start-1 max-sm:row-start-2">
        <Badge title={ROLE_WORDS[account.role].detail}>{ROLE_WORDS[account.role].label}</Badge>
      </span>
      <MoreMenu label={`More about ${account.name}`}>
        <MenuItem
          onSelect={() => {
            onOpen({ what: 'edit', account })
          }}
        >
          Change name or role
        </MenuItem>
        <MenuItem
          onSelect={makeLink}
          {...(account.signIn === 'oidc' ? { disabledReason: 'Signs in through the identity provider' } : {})}
        >
          {account.signIn === 'invited' ? 'Make a new invitation link' : 'Make a link to choose a new password'}
        </MenuItem>
        <MenuItem
          danger={!account.disabled}
          onSelect={
            account.disabled
              ? enable
              : () => {
                  onOpen({ what: 'disable', account })
                }
          }
          {...(isOwn ? { disabledReason: 'This is your own account' } : {})}
        >
          {account.disabled ? 'Enable' : 'Disable'}
        </MenuItem>
      </MoreMenu>
    </li>
  )
}

function DisableDialog({ account, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  const update = useMutation(updateAccount)
  const confirm = () => {
    update.mutate(
      { params: { id: account.id }, ifMatch: account.version, body: { disabled: true } },
      {
        onSuccess: ({ name }) => {
          toast.success(`${name} is disabled`)
          onClose()
        },
      },
    )
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={`Disable ${account.name}?`}
      confirm="Disable"
      danger
      pending={update.isPending}
      problem={update.error}
      onConfirm={confirm}
    >
      {account.email} is signed out everywhere and can no longer sign in; API tokens of the account stop working. It can
      be enabled again.
    </ConfirmDialog>
  )
}

/** Accounts of those who may sign in. */
export function PeopleSettings() {
  const isAllowed = useHasRole('administrator')
  const gate = useRoleGate('administrator')
  const { data, error, refetch } = useQuery({ ...accountsQuery(), enabled: isAllowed })
  const [open, setOpen] = useState<Open>(null)
  const close = () => {
    setOpen(null)
  }
  return (
    <Panel
      id="people"
      title="People"
      description="A role counts from the next request on"
      flush
      actions={
        <Button
          size="sm"
          icon={UserPlus}
          onClick={() => {
            setOpen({ what: 'invite' })
          }}
          {...gate}
        >
          Invite
        </Button>
      }
    >
      {!isAllowed ? (
        <EmptyState title="Administrators see the accounts">{gate.disabledReason}</EmptyState>
      ) : data === undefined ? (
        <div className="p-4">
          {error === null ? (
            <SkeletonLines lines={4} />
          ) : (
            <ProblemAlert problem={error} onRetry={() => void refetch()} />
          )}
        </div>
      ) : (
        <ul className="divide-y divide-line">
          {data.items.map((account) => (
            <AccountItem key={account.id} account={account} onOpen={setOpen} />
          ))}
        </ul>
      )}
      {open?.what === 'invite' && (
        <InviteDialog
          onClose={close}
          onInvited={(invitation) => {
            setOpen({ what: 'invitation', invitation })
          }}
        />
      )}
      {open?.what === 'edit' && (
        <AccountDialog account={open.account} onClose={close} onReload={() => void refetch()} />
      )}
      {open?.what === 'disable' && <DisableDialog account={open.account} onClose={close} />}
      {open?.what === 'invitation' && <InvitationDialog invitation={open.invitation} onClose={close} />}
    </Panel>
  )
}
