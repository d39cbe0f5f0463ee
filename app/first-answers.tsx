import { dehydrate, HydrationBoundary, QueryClient, type QueryKey } from '@tanstack/react-query'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'

const ANSWER_WITHIN_MS = 1_000

/** What a page asks first: the key under which the browser looks for the answer, and how the server gets it. */
export interface FirstQuestion {
  readonly queryKey: QueryKey
  readonly queryFn: () => Promise<unknown>
}

interface FirstAnswersProps {
  readonly questions: readonly FirstQuestion[]
  readonly children: ReactNode
}

/**
 * Sends a page with the answers it begins with, so that they are seen before any script runs. Only with a document: who
 * moves within the console has answers already. What is late or refused is left to the browser, which can say why.
 */
export async function FirstAnswers({ questions, children }: FirstAnswersProps): Promise<ReactNode> {
  if (!(await isDocument())) return children
  const client = new QueryClient()
  const answers = Promise.all(
    questions.map((question) => client.query({ ...question, retry: false }).catch(() => undefined)),
  )
  await Promise.race([answers, after(ANSWER_WITHIN_MS)])
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>
}

const isDocument = async (): Promise<boolean> => (await headers()).get('accept')?.includes('text/html') === true

const after = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
