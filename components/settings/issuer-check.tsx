'use client'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { discoverIssuer } from '#lib/client/issuers.ts'
import { Button } from '../ui/button.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { toPlural } from '../ui/words.ts'

interface IssuerCheckProps {
  readonly issuer: string
  readonly jwksUri: string | undefined
}

/** Fetches what an issuer says of itself, before it is trusted. */
export function IssuerCheck({ issuer, jwksUri }: IssuerCheckProps) {
  const check = useMutation(discoverIssuer)
  const answer = useRef<HTMLDivElement>(null)
  const isAnswered = check.isSuccess || check.isError
  useEffect(() => {
    if (isAnswered) answer.current?.scrollIntoView({ block: 'nearest' })
  }, [isAnswered])
  return (
    <div className="flex flex-col gap-2">
      <Button
        size="sm"
        className="self-start"
        pending={check.isPending}
        onClick={() => {
          check.mutate({ body: { issuer, ...(jwksUri ? { jwksUri } : {}) } })
        }}
        {...(issuer === '' ? { disabledReason: 'Fill in the issuer first' } : {})}
      >
        Fetch its keys to see
      </Button>
      <div ref={answer} role="status">
        <ProblemAlert problem={check.error} />
        {check.data !== undefined && (
          <div className="rounded-lg border border-line bg-sunken px-3 py-2 text-xs">
            <p>
              {toPlural(check.data.keys.length, 'usable key')} at{' '}
              <code className="break-all">{check.data.jwksUri}</code>
            </p>
            <ul className="mt-1 text-muted">
              {check.data.keys.map(({ keyId, algorithm }) => (
                <li key={keyId}>
                  {algorithm} <code className="break-all">{keyId}</code>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </div>
  )
}
