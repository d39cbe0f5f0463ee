import type { Metadata } from 'next'
import { identitiesQuery, toIdentitiesInput } from '#lib/client/identities.ts'
import { IdentitiesPage } from '@/components/identities/identities-page.tsx'
import { FirstAnswers, type FirstQuestion } from '../../../first-answers.tsx'
import { gateway } from '../../../gateway.ts'

export const metadata: Metadata = { title: 'Identities' }

const firstQuestion = (environment: string): FirstQuestion => ({
  queryKey: identitiesQuery(environment).queryKey,
  queryFn: () => gateway('listIdentities', toIdentitiesInput(environment)),
})

export default async function Page({ params }: { readonly params: Promise<{ readonly environment: string }> }) {
  const { environment } = await params
  return (
    <FirstAnswers questions={[firstQuestion(environment)]}>
      <IdentitiesPage />
    </FirstAnswers>
  )
}
