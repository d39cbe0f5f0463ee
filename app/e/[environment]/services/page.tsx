import type { Metadata } from 'next'
import { servicesQuery, toServicesInput } from '#lib/client/services.ts'
import { ServicesPage } from '@/components/services/services-page.tsx'
import { FirstAnswers, type FirstQuestion } from '../../../first-answers.tsx'
import { gateway } from '../../../gateway.ts'

export const metadata: Metadata = { title: 'Services' }

const firstQuestion = (environment: string): FirstQuestion => ({
  queryKey: servicesQuery(environment).queryKey,
  queryFn: () => gateway('listServices', toServicesInput(environment)),
})

export default async function Page({ params }: { readonly params: Promise<{ readonly environment: string }> }) {
  const { environment } = await params
  return (
    <FirstAnswers questions={[firstQuestion(environment)]}>
      <ServicesPage />
    </FirstAnswers>
  )
}
